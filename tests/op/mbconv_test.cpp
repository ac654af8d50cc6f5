// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Inverted residuals and squeeze-excite against figures computed by hand.
#include "hwnas/op/mbconv.hpp"

#include <gtest/gtest.h>

#include "hwnas/op/elementary.hpp"
#include "op/figures.hpp"

namespace hwnas {
namespace mbconv_test {
using op_test::count_of;
using op_test::Figures;
using op_test::figures_of;
using op_test::net_of;
using op_test::nth;

TEST(MBConv, IsExpansionDepthwiseProjection) {
  // 16 -> 96 at 112 x 112, depthwise 3 x 3 of stride 2, 96 -> 24 at 56 x 56: the second block of MobileNetV2.
  const std::int64_t flops = 112 * 112 * 16 * 96 + 56 * 56 * (96 * 9 + 96 * 24);
  EXPECT_EQ((figures_of<MBConv<6, Stride<2>, Out<24>>>({16, 112, 112})),
            (Figures{{24, 56, 56}, flops, 16 * 96 + 96 * 9 + 96 * 24 + 2 * (96 + 96 + 24)}));
}
TEST(MBConv, ExpansionOneHasNoExpandConv) {
  EXPECT_EQ(count_of(net_of<MBConv<1, Out<16>>>({32, 8, 8}), PrimitiveKind::convolution), 2);
  EXPECT_EQ((figures_of<MBConv<1, Out<16>>>({32, 8, 8})),
            (Figures{{16, 8, 8}, 64 * (32 * 9 + 32 * 16), 32 * 9 + 32 * 16 + 2 * (32 + 16)}));
}
TEST(MBConv, ShortcutOnlyWhereTheShapeStays) {
  EXPECT_EQ(count_of(net_of<MBConv<3>>({8, 8, 8}), PrimitiveKind::add), 1);
  EXPECT_EQ(count_of(net_of<MBConv<3, Out<12>>>({8, 8, 8}), PrimitiveKind::add), 0);
  EXPECT_EQ(count_of(net_of<MBConv<3, Stride<2>>>({8, 8, 8}), PrimitiveKind::add), 0);
}
TEST(MBConv, ShortcutCanBeLeftOut) {
  EXPECT_EQ(count_of(net_of<MBConv<3, Shortcut<false>>>({8, 8, 8}), PrimitiveKind::add), 0);
}
TEST(MBConv, OnOnePixelStrideTwoHasNoShortcut) {
  // The shape stays there, but the published blocks look at the stride.
  EXPECT_EQ(count_of(net_of<MBConv<3, Stride<2>>>({8, 1, 1}), PrimitiveKind::add), 0);
}
TEST(MBConv, ProjectionHasNoActivation) {
  const Net net = net_of<MBConv<6, Out<24>>>({16, 4, 4});
  EXPECT_EQ(count_of(net, PrimitiveKind::activation), 2);
  EXPECT_EQ(net.nodes().back().primitive.kind, PrimitiveKind::normalisation);
}
TEST(MBConv, ActivatesWithReLU6ByDefault) {
  EXPECT_EQ(nth(net_of<MBConv<6>>({4, 4, 4}), PrimitiveKind::activation).activation, Activation::relu6);
  EXPECT_EQ(nth(net_of<MBConv<6, Act<HSwish>>>({4, 4, 4}), PrimitiveKind::activation).activation, Activation::hswish);
}
TEST(MBConv, HiddenWidthIsMadeDivisible) {
  // 3 * 20 = 60 becomes 64 when it must be divisible by 8.
  EXPECT_EQ(nth(net_of<MBConv<3, Divisor<8>>>({20, 4, 4}), PrimitiveKind::convolution).out.c, 64);
  EXPECT_EQ(nth(net_of<MBConv<3>>({20, 4, 4}), PrimitiveKind::convolution).out.c, 60);
}
TEST(MBConv, HiddenWidthCanBeANumber) {
  EXPECT_EQ(nth(net_of<MBConv<1, Hidden<184>>>({80, 4, 4}), PrimitiveKind::convolution).out.c, 184);
}
TEST(MBConv, ExpansionIsItsFirstDecision) {
  using Choice = MBConv<one_of<3, 4, 6>, Kernel<3, 5, 7>>;
  EXPECT_EQ(figures_of<Choice>({8, 4, 4}, {2, 1}), (figures_of<MBConv<6, Kernel<5>>>({8, 4, 4})));
  EXPECT_EQ(figures_of<Choice>({8, 4, 4}, {0, 2}), (figures_of<MBConv<3, Kernel<7>>>({8, 4, 4})));
}

TEST(SqueezeExcite, OfMobileNetV3IsAQuarterOfTheScaledChannels) {
  // 40 * 3 = 120 channels, squeezed to make_divisible(30, 8) = 32; both convolutions have biases.
  const Figures plain = figures_of<MBConv<3>>({40, 14, 14});
  const Figures squeezed = figures_of<MBConv<3, SqueezeExcite<4>>>({40, 14, 14});
  EXPECT_EQ(squeezed.flops - plain.flops, 2 * 120 * 32);
  EXPECT_EQ(squeezed.params - plain.params, 2 * 120 * 32 + 32 + 120);
}
TEST(SqueezeExcite, OfEfficientNetIsAQuarterOfTheBlocksInput) {
  using EfficientNet = SqueezeExcite<4, OfInput, Divisor<1>, Act<Swish>, Gate<Sigmoid>>;
  const Figures plain = figures_of<MBConv<6, Act<Swish>>>({40, 14, 14});
  const Figures squeezed = figures_of<MBConv<6, Act<Swish>, EfficientNet>>({40, 14, 14});
  EXPECT_EQ(squeezed.flops - plain.flops, 2 * 240 * 10);
  EXPECT_EQ(squeezed.params - plain.params, 2 * 240 * 10 + 10 + 240);
}
TEST(SqueezeExcite, GatesWithTheFunctionNamed) {
  const auto gate_of = [](const Net& net) { return nth(net, PrimitiveKind::activation, 1).activation; };
  EXPECT_EQ(gate_of(net_of<SqueezeExcite<4>>({32, 4, 4})), Activation::hsigmoid);
  EXPECT_EQ(gate_of(net_of<SqueezeExcite<4, Gate<Sigmoid>>>({32, 4, 4})), Activation::sigmoid);
  EXPECT_EQ(nth(net_of<SqueezeExcite<4, Act<Swish>>>({32, 4, 4}), PrimitiveKind::activation).activation,
            Activation::swish);
}
TEST(SqueezeExcite, AsAnOperatorKeepsTheShape) {
  EXPECT_EQ(figures_of<SqueezeExcite<4>>({64, 7, 7}), (Figures{{64, 7, 7}, 2 * 64 * 16, 2 * 64 * 16 + 16 + 64}));
}
TEST(SqueezeExcite, SqueezesToAtLeastOneChannel) {
  EXPECT_EQ((figures_of<SqueezeExcite<16, Divisor<1>>>({4, 2, 2})), (Figures{{4, 2, 2}, 2 * 4, 2 * 4 + 1 + 4}));
}
TEST(SqueezeExcite, ComesAfterTheDepthwiseConvolution) {
  const Net net = net_of<MBConv<6, SqueezeExcite<4>>>({16, 4, 4});
  EXPECT_EQ(nth(net, PrimitiveKind::scale).in.c, 96);
  EXPECT_EQ(nth(net, PrimitiveKind::convolution, 4).in.c, 96);  // the projection, after the two of the squeeze
}

}  // namespace mbconv_test
}  // namespace hwnas
