// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// The operations of NAS-Bench-201's and DARTS's cells against figures computed by hand.
#include <gtest/gtest.h>

#include "hwnas/op/darts.hpp"
#include "hwnas/op/nasbench201.hpp"
#include "op/figures.hpp"

namespace hwnas {
namespace cells_test {
using op_test::count_of;
using op_test::Figures;
using op_test::figures_of;
using op_test::net_of;
using op_test::nth;

TEST(NasBench201Ops, ThreeCostNothing) {
  const Figures free{{16, 32, 32}, 0, 0};
  EXPECT_EQ(figures_of<nb201::NoneOp>({16, 32, 32}), free);
  EXPECT_EQ(figures_of<nb201::SkipConnect>({16, 32, 32}), free);
  EXPECT_EQ(figures_of<nb201::AvgPool3x3>({16, 32, 32}), free);
}
TEST(NasBench201Ops, ConvolutionsAreReluConvolutionNorm) {
  EXPECT_EQ(figures_of<nb201::NorConv<3>>({16, 32, 32}), (Figures{{16, 32, 32}, 1024 * 16 * 16 * 9, 16 * 16 * 9 + 32}));
  EXPECT_EQ(figures_of<nb201::NorConv<1>>({16, 32, 32}), (Figures{{16, 32, 32}, 1024 * 16 * 16, 16 * 16 + 32}));
  const Net net = net_of<nb201::NorConv<3>>({16, 32, 32});
  EXPECT_EQ(net.nodes()[0].primitive.kind, PrimitiveKind::activation);
  EXPECT_EQ(net.nodes()[2].primitive.kind, PrimitiveKind::normalisation);
}
TEST(NasBench201Ops, PoolingDoesNotCountThePadding) {
  EXPECT_FALSE(nth(net_of<nb201::AvgPool3x3>({4, 4, 4}), PrimitiveKind::pooling).count_include_pad);
}
TEST(NasBench201Ops, NamesAreTheBenchmarks) {
  EXPECT_EQ(candidate_name<nb201::NoneOp>(), "none");
  EXPECT_EQ(candidate_name<nb201::SkipConnect>(), "skip_connect");
  EXPECT_EQ(candidate_name<nb201::NorConv<1>>(), "nor_conv_1x1");
  EXPECT_EQ(candidate_name<nb201::NorConv<3>>(), "nor_conv_3x3");
  EXPECT_EQ(candidate_name<nb201::AvgPool3x3>(), "avg_pool_3x3");
}
TEST(NasBench201Reduction, ShortcutIsPoolingAndAConvolutionWithoutNorm) {
  EXPECT_EQ((figures_of<nb201::Reduction<Stride<2>, Out<32>>>({16, 32, 32})),
            (Figures{{32, 16, 16}, 256 * (16 * 32 * 9 + 32 * 32 * 9 + 16 * 32),
                     16 * 32 * 9 + 64 + 32 * 32 * 9 + 64 + 16 * 32}));
}

TEST(DartsOps, SeparableConvolutionIsAppliedTwice) {
  EXPECT_EQ(figures_of<darts::SepConv<3>>({36, 32, 32}),
            (Figures{{36, 32, 32}, 2 * 1024 * (36 * 9 + 36 * 36), 2 * (36 * 9 + 36 * 36 + 72)}));
}
TEST(DartsOps, SeparableConvolutionStridesOnce) {
  EXPECT_EQ((figures_of<darts::SepConv<5, Stride<2>>>({36, 32, 32})).flops, 2 * 256 * (36 * 25 + 36 * 36));
}
TEST(DartsOps, DilatedConvolutionKeepsTheShape) {
  EXPECT_EQ(figures_of<darts::DilConv<5>>({36, 8, 8}),
            (Figures{{36, 8, 8}, 64 * (36 * 25 + 36 * 36), 36 * 25 + 36 * 36 + 72}));
  EXPECT_EQ(nth(net_of<darts::DilConv<5>>({36, 8, 8}), PrimitiveKind::convolution).dilation, 2);
}
TEST(DartsOps, DilatedConvolutionStrides) {
  EXPECT_EQ((figures_of<darts::DilConv<3, Stride<2>>>({36, 8, 8})).out, (Shape{36, 4, 4}));
}
TEST(DartsOps, PoolingsAndNoneCostNothing) {
  const Figures halved{{36, 16, 16}, 0, 0};
  EXPECT_EQ(figures_of<darts::MaxPool3x3<Stride<2>>>({36, 32, 32}), halved);
  EXPECT_EQ(figures_of<darts::AvgPool3x3<Stride<2>>>({36, 32, 32}), halved);
  EXPECT_EQ(figures_of<darts::NoneOp<Stride<2>>>({36, 32, 32}), halved);
}
TEST(DartsOps, SkipIsNothingAtStrideOne) {
  EXPECT_TRUE(net_of<darts::SkipConnect<>>({36, 8, 8}).nodes().empty());
}
TEST(DartsOps, SkipIsAFactorizedReduceAtStrideTwo) {
  EXPECT_EQ(figures_of<darts::SkipConnect<Stride<2>>>({36, 8, 8}), (Figures{{36, 4, 4}, 16 * 36 * 36, 36 * 36 + 72}));
}
TEST(DartsOps, WithoutAffineNormHasNoParameters) {
  EXPECT_EQ((figures_of<darts::DilConv<3, Affine<false>>>({8, 4, 4})).params, 8 * 9 + 64);
}
TEST(FactorizedReduce, SecondHalfLooksOnePixelFurther) {
  const Net net = net_of<darts::FactorizedReduce<Out<48>>>({36, 8, 8});
  EXPECT_EQ(nth(net, PrimitiveKind::convolution, 0).offset, 0);
  EXPECT_EQ(nth(net, PrimitiveKind::convolution, 1).offset, 1);
  EXPECT_EQ(net.shape(), (Shape{48, 4, 4}));
  EXPECT_EQ((figures_of<darts::FactorizedReduce<Out<48>>>({36, 8, 8})).params, 36 * 48 + 96);
}
TEST(FactorizedReduce, FaultOfAnOddImage) {
  EXPECT_EQ((net_of<darts::FactorizedReduce<Out<48>>>({36, 7, 7}).fault().code), FaultCode::concat_of_different_sizes);
}

}  // namespace cells_test
}  // namespace hwnas
