// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Labels met again: the cases that naive rules get wrong, against brute force.
#include "profile/check_space.hpp"

namespace shared_labels_test {

using namespace hwnas;
using C = LayerChoice<Conv3x3, Conv5x5>;
template <class... Nodes>
using On = Input<Sequential<Nodes...>, Shape{4, 8, 8}>;

TEST(SharedLabel, MetFirstUnderAConditionThenAlways) {
  using Space = On<LayerChoice<Identity, Named<"x", C>>, Named<"x", C>>;
  static_assert(space_size<Space> == 4);
  brute_force::check_space<Space>();
}

TEST(SharedLabel, MetEarlyOnOneBranchAndLateOnTheOther) {
  using Space = On<LayerChoice<Named<"x", C>, Identity>, Named<"y", C>, Named<"x", C>>;
  static_assert(space_size<Space> == 8);
  brute_force::check_space<Space>();
}

TEST(SharedLabel, InsideAChoiceThatIsMetAgainOnSeveralShapes) {
  using Outer = Named<"y", LayerChoice<Named<"x", C>, Identity>>;
  using Space = On<Outer, Conv<Kernel<3>, Out<4, 8>>, Outer>;
  static_assert(space_size<Space> == 6);
  brute_force::check_space<Space>();
}

TEST(SharedLabel, OfAnOperatorWithTwoDecidingOptions) {
  using Block = Named<"b", MBConv<one_of<1, 2>, Kernel<3, 5>>>;
  using Space = On<Block, C, Block, LayerChoice<Block, Identity>, Block>;
  static_assert(space_size<Space> == 16);
  brute_force::check_space<Space>();
}

TEST(SharedLabel, OfWidthsThatAreMetAgain) {
  using Width = Named<"w", Conv<Kernel<1>, Out<4, 8>>>;
  brute_force::check_space<On<Width, C, Width, Repeat<Width, 0, 2>, Conv<Out<4>>>>();
}

TEST(SharedLabel, OfARepeat) {
  using Depth = Named<"d", Repeat<Conv3x3, 0, 2>>;
  using Space = On<Depth, MaxPool<Stride<2>>, Depth>;
  static_assert(space_size<Space> == 3);
  brute_force::check_space<Space>();
}

TEST(SharedLabel, InEqualCellsKeepsTheStatesOfOneCell) {
  using Cell =
      Named<"cell",
            hwnas::Cell<Node<From<0, C>>, Node<From<0, C>, From<1, C>>, Node<From<0, C>, From<1, C>, From<2, C>>>>;
  using Space =
      On<Repeat<Cell, 5>, Conv<Stride<2>, Out<8>>, Repeat<Cell, 5>, Conv<Stride<2>, Out<16>>, Repeat<Cell, 5>>;
  static_assert(space_size<Space> == 64);
  static_assert(Compiled<Space>::shape().states.size() == 6);
  brute_force::check_space<Space>();
}

// Eight widths that are all met again decide every shape in between.
using Widths = Out<2, 4, 6, 8>;
template <fixed_string Label>
using Wide = Named<Label, Conv<Kernel<1>, Widths>>;
using Forward = Sequential<Wide<"a">, Wide<"b">, Wide<"c">, Wide<"d">, Wide<"e">, Wide<"f">, Wide<"g">, Wide<"h">>;
using TooLong = Input<Sequential<Forward, Forward>, Shape{3, 8, 8}>;

TEST(SharedLabel, RememberedTooLongLeavesProfilesOfSingleArchitectures) {
  static_assert(!Compiled<TooLong>::has_automaton);
  const auto tree = reference::read_type<TooLong>();
  Rng rng{3};
  for (int i = 0; i < 20; ++i) {
    Architecture<TooLong> a;
    reference::Choices choices;
    for (const Decision& d : decisions<TooLong>) {
      const int choice = static_cast<int>(rng.below(4));
      a.set(d.label, choice).value();
      choices[std::string{d.label}] = choice;
    }
    const reference::Network network = reference::Interpreter{choices}.run(tree);
    EXPECT_EQ(FlopsProfiler<TooLong>{}.profile(a).value(), network.flops);
    EXPECT_EQ(ParamsProfiler<TooLong>{}.profile(a).value(), network.params);
    EXPECT_EQ(MemoryProfiler<TooLong>{}.profile(a).value(), 4 * network.peak);
  }
}

}  // namespace shared_labels_test
