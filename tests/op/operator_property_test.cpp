// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Random options and shapes: what an operator costs follows from its primitives and obeys the papers' formulas.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/fbnet.hpp"
#include "hwnas/op/mbconv.hpp"
#include "hwnas/op/shuffle_block.hpp"
#include "op/figures.hpp"

namespace hwnas {
namespace operator_property_test {
using op_test::Figures;

/// Builds with options made at run time: the same function that spaces call with options resolved from types.
template <class Op>
Net built(Shape in, OperatorOptions options) {
  if (options.out == same) options.out = in.c;
  Net net{in};
  Op::build(net, in, options);
  return net;
}
Figures figures(const Net& net) {
  Figures f{.out = net.shape()};
  for (const GraphNode& node : net.nodes()) {
    f.flops += costs_of(node.primitive).flops;
    f.params += costs_of(node.primitive).params;
  }
  return f;
}
Shape any_shape() { return {2 * *rc::gen::inRange(1, 20), *rc::gen::inRange(1, 33), *rc::gen::inRange(1, 33)}; }
OperatorOptions any_options() {
  return {.expand = *rc::gen::inRange(1, 7),
          .kernel = 2 * *rc::gen::inRange(0, 4) + 1,
          .stride = *rc::gen::inRange(1, 4),
          .out = 2 * *rc::gen::inRange(0, 20)};
}
int strided(int size, int stride) { return (size + stride - 1) / stride; }
Shape expected_shape(Shape in, const OperatorOptions& o) {
  return {o.out == same ? in.c : o.out, strided(in.h, o.stride), strided(in.w, o.stride)};
}

TEST(Conv, RandomOnesFollowTheFormula) {
  EXPECT_TRUE(rc::check([] {
    const Shape in = any_shape();
    const OperatorOptions o = any_options();
    const Shape out = expected_shape(in, o);
    const std::int64_t weights = std::int64_t{in.c} * out.c * o.kernel * o.kernel;
    RC_ASSERT(figures(built<Conv<>>(in, o)) == (Figures{out, weights * out.h * out.w, weights + 2 * out.c}));
  }));
}
TEST(MBConv, RandomOnesFollowTheFormula) {
  EXPECT_TRUE(rc::check([] {
    const Shape in = any_shape();
    const OperatorOptions o = any_options();
    const Shape out = expected_shape(in, o);
    const std::int64_t hidden = std::int64_t{in.c} * o.expand;
    const std::int64_t expansion = o.expand == 1 ? 0 : in.c * hidden;
    const std::int64_t after = hidden * o.kernel * o.kernel + hidden * out.c;
    const std::int64_t norms = 2 * ((o.expand == 1 ? 1 : 2) * hidden + out.c);
    RC_ASSERT(figures(built<MBConv<1>>(in, o)) ==
              (Figures{out, expansion * in.h * in.w + after * out.h * out.w, expansion + after + norms}));
  }));
}
TEST(MBConv, IsAnFBNetBlockWithoutGroups) {
  EXPECT_TRUE(rc::check([] {
    const Shape in = any_shape();
    const OperatorOptions o = any_options();
    RC_ASSERT(figures(built<MBConv<1>>(in, o)) == figures(built<FBNetBlock<1>>(in, o)));
  }));
}
TEST(MBConv, SqueezeExciteAddsTwoSmallConvolutions) {
  EXPECT_TRUE(rc::check([] {
    const Shape in = any_shape();
    OperatorOptions o = any_options();
    const Figures plain = figures(built<MBConv<1>>(in, o));
    o.squeeze.ratio = *rc::gen::inRange(1, 9);
    o.squeeze.of_input = *rc::gen::arbitrary<bool>();
    o.squeeze.divisor = *rc::gen::element(1, 8);
    const Figures with = figures(built<MBConv<1>>(in, o));
    const int hidden = in.c * o.expand;
    const int base = (o.squeeze.of_input ? in.c : hidden) / o.squeeze.ratio;
    const int squeezed = make_divisible(base < 1 ? 1 : base, o.squeeze.divisor);
    RC_ASSERT(with.out == plain.out);
    RC_ASSERT(with.flops - plain.flops == 2LL * hidden * squeezed);
    RC_ASSERT(with.params - plain.params == 2LL * hidden * squeezed + hidden + squeezed);
  }));
}
TEST(ShuffleUnits, GiveTheShapeTheyAreAskedFor) {
  EXPECT_TRUE(rc::check([] {
    const Shape in = any_shape();
    OperatorOptions o = any_options();
    o.stride = *rc::gen::inRange(1, 3);
    // Two branches: at stride 2 the projection takes the input's channels, so the output must have more.
    o.out = o.stride == 1 ? in.c : in.c + 2 * *rc::gen::inRange(1, 20);
    for (const Net& net : {built<ShuffleBlock<>>(in, o), built<ShuffleXception<>>(in, o)}) {
      RC_ASSERT(!net.fault());
      RC_ASSERT(net.shape() == expected_shape(in, o));
    }
  }));
}
TEST(MakeDivisible, IsAMultipleWithinTenPercentBelow) {
  EXPECT_TRUE(rc::check([] {
    const int value = *rc::gen::inRange(1, 3000);
    const int divisor = *rc::gen::inRange(1, 33);
    const int made = make_divisible(value, divisor);
    RC_ASSERT(made % divisor == 0);
    RC_ASSERT(made * 10 >= value * 9);
    RC_ASSERT(made < value + 2 * divisor);
  }));
}

}  // namespace operator_property_test
}  // namespace hwnas
