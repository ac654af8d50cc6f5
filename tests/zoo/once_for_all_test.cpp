// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Decisions of once-for-all's MobileNetV3 space, and its resolutions.
#include "hwnas/zoo/once_for_all.hpp"

#include <gtest/gtest.h>

#include "zoo/figures.hpp"

namespace hwnas {
namespace once_for_all_test {
using zoo_test::Costs;
using zoo_test::costs_of;
using Space = zoo::MobileNetV3Ofa;

TEST(MobileNetV3Ofa, FirstCandidatesAreTheSmallestNetwork) {
  EXPECT_EQ(costs_of(Architecture<Space>{}), (Costs{121'278'672, 3'410'792}));
}
TEST(MobileNetV3Ofa, LastCandidatesAreTheLargestNetwork) {
  Architecture<Space>::values_type values;
  values.fill(2);
  EXPECT_EQ(costs_of(Architecture<Space>::from_values(values)), (Costs{566'170'656, 7'664'760}));
}
TEST(MobileNetV3Ofa, BlocksBeyondTheDepthAreInactive) {
  Architecture<Space> a;
  EXPECT_TRUE(a.is_active("stage1/1/0/kernel"));
  EXPECT_FALSE(a.is_active("stage1/1/1/kernel"));
  ASSERT_TRUE(a.set("stage1/1/depth", 1));
  EXPECT_TRUE(a.is_active("stage1/1/1/kernel"));
  EXPECT_FALSE(a.is_active("stage1/1/2/kernel"));
}
TEST(MobileNetV3Ofa, DecidesDepthKernelAndExpansion) {
  EXPECT_EQ(decisions<Space>.size(), 45U);
  const Decision& depth = decisions<Space>[static_cast<std::size_t>(find_decision<Space>("stage3/1/depth"))];
  EXPECT_EQ(depth.values[0], 1);
  EXPECT_EQ(depth.values[2], 3);
  const Decision& kernel = decisions<Space>[static_cast<std::size_t>(find_decision<Space>("stage3/0/kernel"))];
  EXPECT_EQ(kernel.values[2], 7);
}
#ifndef __clang__  // past its default limit of constexpr steps, as zoo/once_for_all.hpp says
TEST(MobileNetV3Ofa, ResolutionIsADecision) {
  using Resolutions = zoo::MobileNetV3OfaResolutions;
  EXPECT_EQ(space_size<Resolutions>, 4 * space_size<Space>);
  Architecture<Resolutions> a;
  ASSERT_TRUE(a.set("resolution", 3));
  EXPECT_EQ(costs_of(a), (Costs{121'278'672, 3'410'792}));
  ASSERT_TRUE(a.set("resolution", 0));
  EXPECT_EQ(costs_of(a).params, 3'410'792);
  EXPECT_LT(costs_of(a).flops, 50'000'000);
}
#endif

}  // namespace once_for_all_test
}  // namespace hwnas
