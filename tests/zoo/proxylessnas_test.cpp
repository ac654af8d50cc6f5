// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// The networks that were released with ProxylessNAS (Cai et al. 2019), multiply-adds and parameters to the last one.
#include "hwnas/zoo/proxylessnas.hpp"

#include <gtest/gtest.h>

#include "zoo/figures.hpp"

namespace hwnas {
namespace proxylessnas_test {
using zoo_test::chosen;
using zoo_test::Costs;
using zoo_test::costs_of;

// Candidates by kernel and expansion, and "skipped".
constexpr int k33 = 0, k36 = 1, k53 = 2, k56 = 3, k73 = 4, k76 = 5, skip = 6;

template <class Widths>
using On = zoo::ProxylessNasSpace<Shape{3, 224, 224}, 1000, Widths>;

TEST(ProxylessNas, MobileMatchesTheReleasedNetwork) {
  const auto mobile = chosen<On<zoo::ProxylessMobileWidths>>({k53, k33, skip, skip,  //
                                                               k73, k33, k53, k53,    //
                                                               k76, k53, k53, k53,    //
                                                               k56, k53, k53, k53,    //
                                                               k76, k76, k73, k73,    //
                                                               k76});
  EXPECT_EQ(costs_of(mobile), (Costs{320'427'584, 4'080'512}));
}
TEST(ProxylessNas, CpuMatchesTheReleasedNetwork) {
  const auto cpu = chosen<On<zoo::ProxylessCpuWidths>>({k36, k33, k33, k33,    //
                                                         k36, k33, k33, k53,    //
                                                         k36, k33, skip, skip,  //
                                                         k56, k33, k33, k33,    //
                                                         k56, k53, k53, k33,    //
                                                         k56});
  EXPECT_EQ(costs_of(cpu), (Costs{439'243'864, 4'361'648}));
}
TEST(ProxylessNas, GpuMatchesTheReleasedNetwork) {
  const auto gpu = chosen<On<zoo::ProxylessGpuWidths>>({k53, skip, skip, skip,  //
                                                         k73, k33, skip, skip,   //
                                                         k76, k53, skip, skip,   //
                                                         k56, k33, k53, skip,    //
                                                         k76, k76, k76, k56,     //
                                                         k76});
  EXPECT_EQ(costs_of(gpu), (Costs{465'260'160, 7'119'848}));
}
TEST(ProxylessNas, OnlyBlocksThatKeepTheirShapeCanBeSkipped) {
  int skippable = 0;
  for (const Decision& d : decisions<zoo::ProxylessNas>) skippable += d.count == 7 ? 1 : 0;
  EXPECT_EQ(skippable, 15);
  EXPECT_EQ(decisions<zoo::ProxylessNas>.size(), 21U);
}
TEST(ProxylessNas, SkippingABlockCostsNothing) {
  using Space = zoo::ProxylessNas;
  Architecture<Space> a;
  const Costs all = costs_of(a);
  ASSERT_TRUE(a.set("block2", skip));
  const Costs less = costs_of(a);
  // MBConv3, kernel 3, 24 channels at 56 x 56.
  EXPECT_EQ(all.flops - less.flops, 3136 * (24 * 72 + 72 * 9 + 72 * 24));
  EXPECT_EQ(all.params - less.params, 24 * 72 + 72 * 9 + 72 * 24 + 2 * (72 + 72 + 24));
}

}  // namespace proxylessnas_test
}  // namespace hwnas
