// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Operators that are one primitive, leaf operators, and options.
#include "hwnas/op/elementary.hpp"

#include <gtest/gtest.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/leaf.hpp"
#include "op/figures.hpp"

namespace hwnas {
namespace elementary_test {
using op_test::Figures;
using op_test::figures_of;
using op_test::net_of;

TEST(Elementary, IdentityHasNoPrimitive) { EXPECT_TRUE(net_of<Identity>({3, 4, 4}).nodes().empty()); }
TEST(Elementary, ZeroKeepsTheShapeAndZerosTakeOptions) {
  EXPECT_EQ(figures_of<Zero>({3, 5, 5}), (Figures{{3, 5, 5}, 0, 0}));
  EXPECT_EQ((figures_of<Zeros<Stride<2>, Out<6>>>({3, 5, 5})), (Figures{{6, 3, 3}, 0, 0}));
}
TEST(Elementary, GlobalAvgPoolGivesOnePixel) {
  EXPECT_EQ(figures_of<GlobalAvgPool>({3, 5, 7}), (Figures{{3, 1, 1}, 0, 0}));
}
TEST(Elementary, PoolingsPadHalfTheKernel) {
  EXPECT_EQ((figures_of<MaxPool<Kernel<3>, Stride<2>>>({24, 112, 112})), (Figures{{24, 56, 56}, 0, 0}));
  EXPECT_EQ((figures_of<AvgPool<Kernel<2>, Stride<2>, Padding<0>>>({24, 8, 8})), (Figures{{24, 4, 4}, 0, 0}));
}
TEST(Elementary, FlattenMakesOneVector) { EXPECT_EQ(figures_of<Flatten>({3, 4, 5}), (Figures{{60, 1, 1}, 0, 0})); }
TEST(Elementary, LinearHasABiasByDefault) {
  EXPECT_EQ(figures_of<Linear<10>>({64, 1, 1}), (Figures{{10, 1, 1}, 640, 650}));
  EXPECT_EQ((figures_of<Linear<10, Bias<false>>>({64, 1, 1})), (Figures{{10, 1, 1}, 640, 640}));
}
TEST(Elementary, FaultOfALinearLayerOnAnImage) {
  EXPECT_EQ(net_of<Linear<10>>({64, 2, 2}).fault().code, FaultCode::linear_needs_flat_input);
}
TEST(Elementary, BatchNormHasTwoParametersAChannel) {
  EXPECT_EQ(figures_of<BatchNorm>({64, 2, 2}), (Figures{{64, 2, 2}, 0, 128}));
}
TEST(Elementary, ActivationsCostNothingButInNnisCount) {
  EXPECT_EQ(figures_of<ReLU>({4, 3, 3}), (Figures{{4, 3, 3}, 0, 0}));
  EXPECT_EQ(costs_of(net_of<ReLU>({4, 3, 3}).nodes()[0].primitive).nni_extra, 36);
  EXPECT_EQ(costs_of(net_of<HSwish>({4, 3, 3}).nodes()[0].primitive).nni_extra, 0);
}
TEST(Elementary, ChannelShuffleNeedsGroupsThatDivide) {
  EXPECT_FALSE(net_of<ChannelShuffle<2>>({6, 2, 2}).fault());
  EXPECT_EQ(net_of<ChannelShuffle<4>>({6, 2, 2}).fault().code, FaultCode::shuffle_must_divide);
}

struct Doubling : LeafOperator<Doubling> {
  static constexpr Shape shape(Shape in) { return {2 * in.c, in.h, in.w}; }
  static constexpr Flops flops(Shape in) { return Flops{in.elements() * 7}; }
  static constexpr Params params(Shape in) { return Params{in.c + 1}; }
};
TEST(LeafOperator, HasItsOwnFormulas) {
  EXPECT_EQ(figures_of<Doubling>({5, 3, 3}), (Figures{{10, 3, 3}, 5 * 9 * 7, 6}));
}
TEST(LeafOperator, TellsItselfApartByItsType) {
  const Net net = net_of<Doubling>({5, 3, 3});
  ASSERT_EQ(net.nodes().size(), 1U);
  EXPECT_EQ(net.nodes()[0].primitive.leaf->type, &type_tag<Doubling>);
}

TEST(MakeDivisible, RoundsToTheNearestMultiple) {
  EXPECT_EQ(make_divisible(60, 8), 64);
  EXPECT_EQ(make_divisible(72, 8), 72);
  EXPECT_EQ(make_divisible(75, 8), 72);
}
TEST(MakeDivisible, NeverLosesMoreThanATenth) {
  EXPECT_EQ(make_divisible(11, 8), 16);  // 8 would be less than 0.9 * 11
  EXPECT_EQ(make_divisible(18, 8), 24);  // 16 would be less than 0.9 * 18
  EXPECT_EQ(make_divisible(17, 8), 16);
}
TEST(MakeDivisible, GivesAtLeastTheDivisor) { EXPECT_EQ(make_divisible(3, 8), 8); }
TEST(MakeDivisible, OneChangesNothing) { EXPECT_EQ(make_divisible(11, 1), 11); }

TEST(Options, OutIsTheInputsChannelsByDefault) {
  EXPECT_EQ(resolve_options<Conv<Kernel<3>>>({12, 4, 4}, {}).out, 12);
  EXPECT_EQ((resolve_options<Conv<Kernel<3>, Out<same>>>({12, 4, 4}, {}).out), 12);
}
TEST(Options, TheLastOfTwoEqualOptionsHolds) {
  EXPECT_EQ((resolve_options<Conv<Kernel<3>, Kernel<5>>>({12, 4, 4}, {}).kernel), 5);
}

}  // namespace elementary_test
}  // namespace hwnas
