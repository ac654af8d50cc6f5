// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/meta/type_name.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"
#include "hwnas/space/nodes.hpp"
#include "hwnas/zoo/proxylessnas.hpp"

namespace {  // the name of a type in an anonymous namespace is its own alone
struct Local {};
template <class>
struct LocalOf {};
}  // namespace

namespace type_name_test {

using namespace hwnas;

// One spelling for all compilers: files name candidates by it.
TEST(TypeName, IsWhatOneWrites) {
  EXPECT_EQ((type_name<MBConv<6, Kernel<3>>>), "MBConv<6, Kernel<3>>");
  EXPECT_EQ((type_name<Residual<MBConv<one_of<3, 6>, Kernel<3, 5>>>>), "Residual<MBConv<one_of<3, 6>, Kernel<3, 5>>>");
  EXPECT_EQ((type_name<Sequential<Residual<Conv<Out<8>>>, Identity>>), "Sequential<Residual<Conv<Out<8>>>, Identity>");
  EXPECT_EQ((type_name<Repeat<MBConv<one_of<3, 6>>, 1, 3>>), "Repeat<MBConv<one_of<3, 6>>, 1, 3>");
  EXPECT_NE((type_name<MBConv<one_of<3, 6>>>), (type_name<MBConv<one_of<3, 4>>>));
  EXPECT_EQ((type_name<Sequential<MBConv<6>, MBConv<one_of<3, 6>>>>), "Sequential<MBConv<6>, MBConv<one_of<3, 6>>>");
  EXPECT_EQ((type_name<zoo::Place>), "Place");
  EXPECT_EQ(type_name<Local>, "Local");
  EXPECT_EQ(type_name<int>, "int");
  // Letters that begin a spelling which is dropped are kept where nothing follows.
  EXPECT_EQ(type_name<std::chrono::hours>.substr(0, 3), "std");
}
static_assert(type_name<Conv<Kernel<3>, Stride<2>>> == "Conv<Kernel<3>, Stride<2>>");

TEST(TypeName, NamesCandidatesInFull) {
  EXPECT_EQ((type_name<MBConv<one_of<3, 4, 6>, Kernel<3, 5, 7>, SqueezeExcite<4>>>),
            "MBConv<one_of<3, 4, 6>, Kernel<3, 5, 7>, SqueezeExcite<4>>");
  EXPECT_EQ((type_name<MBConv<one_of<3, 6>, Affine<false>, Bias<true>, Act<HSwish>>>),
            "MBConv<one_of<3, 6>, Affine<false>, Bias<true>, Act<HSwish>>");
  EXPECT_EQ((type_name<Conv<Act<None>, Norm<None>>>), "Conv<Act<None>, Norm<None>>");
  EXPECT_EQ((type_name<LayerChoice<MBConv<one_of<3, 6>>, Identity>>), "LayerChoice<MBConv<one_of<3, 6>>, Identity>");
  EXPECT_EQ((type_name<From<0, MBConv<one_of<3, 6>>>>), "From<0, MBConv<one_of<3, 6>>>");
  EXPECT_EQ((type_name<Repeat<MBConv<6>, 2>>), "Repeat<MBConv<6>, 2>");
  EXPECT_EQ(type_name<Sequential<>>, "Sequential<>");
}
// Labels and shapes, which compilers write in ways of their own, and never the same for two types.
TEST(TypeName, WritesValuesOfClassesAsOneDoes) {
  EXPECT_EQ((type_name<Named<"ab", MBConv<6>>>), "Named<\"ab\", MBConv<6>>");
  EXPECT_EQ((type_name<LayerChoice<Named<"ab", MBConv<one_of<3, 6>>>, Identity>>),
            "LayerChoice<Named<\"ab\", MBConv<one_of<3, 6>>>, Identity>");
  EXPECT_NE((type_name<Named<"ab", MBConv<one_of<3, 6>>>>), (type_name<Named<"ac", MBConv<one_of<3, 6>>>>));
  EXPECT_EQ((type_name<Input<MBConv<one_of<3, 6>>, Shape{3, 8, 8}>>), "Input<MBConv<one_of<3, 6>>, Shape{3, 8, 8}>");
}
// Three brackets and more, of an even and an odd number: "> >" is the first half of "> > >".
TEST(TypeName, ClosesWithoutSpaces) {
  EXPECT_EQ((type_name<Sequential<Conv<Out<8>>>>), "Sequential<Conv<Out<8>>>");
  EXPECT_EQ((type_name<Residual<Sequential<Conv<Out<8>>>>>), "Residual<Sequential<Conv<Out<8>>>>");
  EXPECT_EQ((type_name<Sum<Residual<Sequential<Conv<Out<8>>>>>>), "Sum<Residual<Sequential<Conv<Out<8>>>>>");
  EXPECT_EQ((type_name<LocalOf<LocalOf<Local>>>), "LocalOf<LocalOf<Local>>");
}

}  // namespace type_name_test

struct one_of_those {};
struct one_of_t_of_mine {};
namespace my_hwnas {
struct Operator {};
}  // namespace my_hwnas

TEST(TypeName, ReplacesOnlyWholeWords) {
  EXPECT_EQ(hwnas::type_name<one_of_those>, "one_of_those");
  EXPECT_EQ(hwnas::type_name<one_of_t_of_mine>, "one_of_t_of_mine");
  EXPECT_EQ(hwnas::type_name<my_hwnas::Operator>, "my_hwnas::Operator");
}
