// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// FBNet's networks (Wu et al. 2019). The published multiply-adds count the last pooling too: head channels * 49.
#include "hwnas/zoo/fbnet.hpp"

#include <cstdint>

#include <gtest/gtest.h>

#include "hwnas/latency/kernel_trellis.hpp"
#include "zoo/figures.hpp"

namespace hwnas {
namespace fbnet_test {
using zoo_test::chosen;
using zoo_test::costs_of;

// Candidates by kernel and expansion; g has groups.
constexpr int k3e1 = 0, k3e1g = 1, k3e3 = 2, k3e6 = 3, k5e1 = 4, k5e1g = 5, k5e3 = 6, k5e6 = 7, s = 8;

/// In millions, without batch-norm and biases: what the published figures count.
double weights_of(const auto& a) {
  std::int64_t sum = 0;
  for (const DetectedKernel& detected : detected_kernels(a, {})) {
    const Primitive& p = detected.kernel.main();
    if (p.kind == PrimitiveKind::convolution) sum += hwnas::costs_of(p).params;
    if (p.kind == PrimitiveKind::linear) sum += hwnas::costs_of(p).params - p.out.c;
  }
  return static_cast<double>(sum) / 1e6;
}
constexpr double rounding = 0.000006;

using WithHeadOfA = zoo::FbNetSpace<Shape{3, 224, 224}, 1000, zoo::FbNetAWidths>;

TEST(FbNet, AMatchesThePublishedFigures) {
  const auto a = chosen<WithHeadOfA>({s,                          //
                                      k3e3, k3e1, s, s,           //
                                      k5e6, k3e3, k5e1, k3e3,     //
                                      k5e6, k5e3, k5e1g, k5e6,    //
                                      k3e6, k5e1g, k5e3, k3e1g,   //
                                      k5e6, k5e6, k5e3, k5e6,     //
                                      k5e6});
  EXPECT_EQ(costs_of(a).flops, 244'452'664);
  EXPECT_EQ(costs_of(a).flops + 1504 * 49, 244'526'360);  // 244.52636 M
  EXPECT_NEAR(weights_of(a), 4.27029, rounding);
}
TEST(FbNet, BMatchesThePublishedFigures) {
  const auto b = chosen<zoo::FbNet>({k3e1,                      //
                                     k3e6, k5e1, k3e1, k3e1,    //
                                     k5e6, k5e3, k3e6, k5e6,    //
                                     k5e6, k5e6, s, k5e3,       //
                                     k5e6, k3e1, k5e1, k5e3,    //
                                     k5e6, k5e1, k5e6, k5e6,    //
                                     k3e6});
  EXPECT_EQ(costs_of(b).flops, 291'004'424);
  EXPECT_EQ(costs_of(b).flops + 1984 * 49, 291'101'640);  // 291.10164 M
  EXPECT_NEAR(weights_of(b), 4.76667, rounding);
}
TEST(FbNet, CMatchesThePublishedFigures) {
  const auto c = chosen<zoo::FbNet>({k3e1,                      //
                                     k3e6, s, k3e1, k3e1,       //
                                     k5e6, k5e3, k5e6, k3e6,    //
                                     k5e6, k5e3, k5e6, k5e6,    //
                                     k5e6, k5e6, k5e6, k5e3,    //
                                     k5e6, k5e6, k5e6, k5e6,    //
                                     k3e6});
  EXPECT_EQ(costs_of(c).flops, 378'136'224);
  EXPECT_EQ(costs_of(c).flops + 1984 * 49, 378'233'440);  // 378.23344 M
  EXPECT_NEAR(weights_of(c), 5.52542, rounding);
}
TEST(FbNet, SkipThatKeepsTheShapeIsFree) {
  // Skipping the last three blocks of a stage one after another makes the network smaller each time.
  Architecture<zoo::FbNet> a;
  const auto all = costs_of(a);
  ASSERT_TRUE(a.set("block3", s));
  // MBConv1, kernel 3, 24 channels at 56 x 56, without the first 1 x 1.
  EXPECT_EQ(all.flops - costs_of(a).flops, 3136 * (24 * 9 + 24 * 24));
}
TEST(FbNet, SkipThatChangesTheShapeIsAConvolution) {
  Architecture<zoo::FbNet> a;
  const auto block = costs_of(a);
  ASSERT_TRUE(a.set("block2", s));
  // 16 -> 24 channels, 112 -> 56: the block's depthwise convolution and projection against one 1 x 1 convolution.
  EXPECT_EQ(block.flops - costs_of(a).flops, 3136 * (16 * 9 + 16 * 24) - 3136 * 16 * 24);
}

}  // namespace fbnet_test
}  // namespace hwnas
