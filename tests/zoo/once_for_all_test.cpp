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
TEST(MobileNetV3Ofa, EachResolutionCostsWhatItDoesAlone) {
  using Resolutions = Input<zoo::MobileNetV3OfaNetwork<10>, Shape{3, 64, 64}, Shape{3, 72, 72}, Shape{3, 96, 96}>;
  const auto expect_alike = [](auto resolution, auto alone) {
    using Alone = decltype(alone);
    Rng rng{3};
    for (int i = 0; i < 50; ++i) {
      const auto b = Uniform<Alone>{}(rng);
      typename Architecture<Resolutions>::values_type values{};
      values[0] = static_cast<std::uint8_t>(resolution);
      std::ranges::copy(b.values(), values.begin() + 1);
      const auto a = Architecture<Resolutions>::from_values(values);
      EXPECT_EQ(costs_of(a), costs_of(b));
      EXPECT_EQ(MemoryProfiler<Resolutions>{}.profile(a), MemoryProfiler<Alone>{}.profile(b));
    }
  };
  expect_alike(0, Input<zoo::MobileNetV3OfaNetwork<10>, Shape{3, 64, 64}>{});
  expect_alike(1, Input<zoo::MobileNetV3OfaNetwork<10>, Shape{3, 72, 72}>{});
  expect_alike(2, Input<zoo::MobileNetV3OfaNetwork<10>, Shape{3, 96, 96}>{});
}

}  // namespace once_for_all_test
}  // namespace hwnas
