// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Convolution blocks against figures computed by hand.
#include "hwnas/op/conv.hpp"

#include <gtest/gtest.h>

#include "hwnas/op/elementary.hpp"
#include "op/figures.hpp"

namespace hwnas {
namespace conv_test {
using op_test::count_of;
using op_test::Figures;
using op_test::figures_of;
using op_test::net_of;
using op_test::nth;

TEST(Conv, ThreeByThreeKeepsTheShape) {
  EXPECT_EQ(figures_of<Conv3x3>({16, 8, 8}), (Figures{{16, 8, 8}, 8 * 8 * 16 * 16 * 9, 16 * 16 * 9 + 2 * 16}));
}
TEST(Conv, OddKernelsKeepTheShape) {
  EXPECT_EQ(figures_of<Conv1x1>({6, 5, 7}), (Figures{{6, 5, 7}, 35 * 36, 36 + 12}));
  EXPECT_EQ(figures_of<Conv5x5>({6, 5, 7}), (Figures{{6, 5, 7}, 35 * 36 * 25, 36 * 25 + 12}));
  EXPECT_EQ(figures_of<Conv7x7>({6, 5, 7}), (Figures{{6, 5, 7}, 35 * 36 * 49, 36 * 49 + 12}));
}
TEST(Conv, OptionsComeInAnyOrder) {
  const Figures stem{{32, 112, 112}, 112 * 112 * 32 * 3 * 9, 32 * 3 * 9 + 64};
  EXPECT_EQ((figures_of<Conv<Kernel<3>, Stride<2>, Out<32>>>({3, 224, 224})), stem);
  EXPECT_EQ((figures_of<Conv<Out<32>, Kernel<3>, Stride<2>>>({3, 224, 224})), stem);
}
TEST(Conv, GroupsDivideTheWork) {
  EXPECT_EQ((figures_of<Conv<Kernel<3>, Groups<4>, Out<8>>>({16, 4, 4})),
            (Figures{{8, 4, 4}, 16 * 8 * 4 * 9, 8 * 4 * 9 + 16}));
}
TEST(Conv, DilationPadsSoThatTheShapeStays) {
  EXPECT_EQ((figures_of<Conv<Kernel<3>, Dilation<2>>>({2, 9, 9})), (Figures{{2, 9, 9}, 81 * 4 * 9, 36 + 4}));
}
TEST(Conv, PaddingZeroShrinksTheImage) {
  EXPECT_EQ((figures_of<Conv<Kernel<3>, Padding<0>>>({1, 8, 6})), (Figures{{1, 6, 4}, 24 * 9, 9 + 2}));
}
TEST(Conv, WithoutNormalisationThereIsABias) {
  EXPECT_EQ((figures_of<Conv<Kernel<1>, Norm<None>, Out<5>>>({3, 2, 2})), (Figures{{5, 2, 2}, 4 * 15, 15 + 5}));
}
TEST(Conv, BiasIsAsAsked) {
  EXPECT_EQ((figures_of<Conv<Kernel<1>, Norm<None>, Bias<false>, Out<5>>>({3, 2, 2})), (Figures{{5, 2, 2}, 60, 15}));
  EXPECT_EQ((figures_of<Conv<Kernel<1>, Bias<true>, Out<5>>>({3, 2, 2})), (Figures{{5, 2, 2}, 60, 15 + 5 + 10}));
}
TEST(Conv, NormalisationWithoutAffineHasNoParameters) {
  EXPECT_EQ((figures_of<Conv<Kernel<1>, Affine<false>>>({4, 1, 1})), (Figures{{4, 1, 1}, 16, 16}));
}
TEST(Conv, ActivationComesLastUnlessPreAct) {
  EXPECT_EQ(net_of<Conv3x3>({4, 4, 4}).nodes().back().primitive.kind, PrimitiveKind::activation);
  const Net before = net_of<Conv<Kernel<3>, PreAct>>({4, 4, 4});
  EXPECT_EQ(before.nodes().front().primitive.kind, PrimitiveKind::activation);
  EXPECT_EQ(before.nodes().back().primitive.kind, PrimitiveKind::normalisation);
  EXPECT_EQ(count_of(before, PrimitiveKind::activation), 1);
}
TEST(Conv, ActivationIsTheOneNamed) {
  EXPECT_EQ(nth(net_of<Conv<Act<HSwish>>>({4, 4, 4}), PrimitiveKind::activation).activation, Activation::hswish);
  EXPECT_EQ(count_of(net_of<Conv<Act<None>>>({4, 4, 4}), PrimitiveKind::activation), 0);
}
TEST(Conv, SeveralValuesAreChosenInTheOrderTheyAreWritten) {
  using Choice = Conv<Kernel<3, 5>, Out<8, 16, 24>>;
  EXPECT_EQ(figures_of<Choice>({4, 2, 2}, {1, 2}), (Figures{{24, 2, 2}, 4 * 24 * 4 * 25, 24 * 4 * 25 + 48}));
  EXPECT_EQ(figures_of<Choice>({4, 2, 2}, {0, 1}), (Figures{{16, 2, 2}, 4 * 16 * 4 * 9, 16 * 4 * 9 + 32}));
}
TEST(DepthwiseSeparable, IsADepthwiseAndAPointwiseConvolution) {
  EXPECT_EQ((figures_of<DepthwiseSeparable<Kernel<3>, Stride<2>, Out<64>>>({32, 56, 56})),
            (Figures{{64, 28, 28}, 28 * 28 * (32 * 9 + 32 * 64), 32 * 9 + 64 + 32 * 64 + 128}));
}
TEST(DepthwiseSeparable, ItsFirstConvolutionIsDepthwise) {
  const Net net = net_of<DepthwiseSeparable<>>({8, 4, 4});
  EXPECT_TRUE(nth(net, PrimitiveKind::convolution, 0).depthwise());
  EXPECT_FALSE(nth(net, PrimitiveKind::convolution, 1).depthwise());
}
TEST(Conv, FaultOfAKernelThatDoesNotFit) {
  EXPECT_EQ((net_of<Conv<Kernel<5>, Padding<0>>>({4, 4, 8}).fault().code), FaultCode::kernel_exceeds_input);
}
TEST(Conv, FaultOfGroupsThatDoNotDivide) {
  EXPECT_EQ((net_of<Conv<Groups<3>>>({4, 8, 8}).fault().code), FaultCode::groups_must_divide_channels);
  EXPECT_EQ((net_of<Conv<Groups<4>, Out<6>>>({4, 8, 8}).fault().code), FaultCode::groups_must_divide_channels);
}
TEST(Conv, FaultOfAStrideThatIsNotPositive) {
  EXPECT_EQ((net_of<Conv<Stride<0>>>({4, 8, 8}).fault().code), FaultCode::stride_must_be_positive);
}

}  // namespace conv_test
}  // namespace hwnas
