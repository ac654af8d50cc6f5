// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/space/architectures.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <range/v3/algorithm/count_if.hpp>
#include <range/v3/range/access.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/filter.hpp>
#include <range/v3/view/take.hpp>
#include <range/v3/view/transform.hpp>

#include "hwnas/core.hpp"

namespace architectures_test {

using namespace hwnas;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Repeat<Block, 0, 2>, Block>, Shape{3, 8, 8}>;
constexpr FlopsProfiler<Space> flops;

TEST(Architectures, GivesEveryArchitectureInTheOrderOfEnumeration) {
  std::vector<Architecture<Space>> enumerated;
  for_each_architecture<Space>([&](const auto& a) { enumerated.push_back(a); });
  EXPECT_EQ(architectures<Space> | ranges::to<std::vector>(), enumerated);
}

TEST(Architectures, ComposeWithViews) {
  const auto within = [](const auto& a) { return flops.profile(a) <= 500_kFLOPs; };
  const auto counted = ranges::count_if(architectures<Space>, within);
  EXPECT_EQ(count_within(flops, 0_FLOPs, 500_kFLOPs), (Bounds{counted, counted}));
  const auto costs = architectures<Space> | ranges::views::filter(within) | ranges::views::take(3) |
                     ranges::views::transform([](const auto& a) { return flops.profile(a); }) |
                     ranges::to<std::vector>();
  EXPECT_EQ(costs.size(), 3U);
}

TEST(Architectures, BeginInASpaceLargerThanMemory) {
  using Large = Input<Sequential<Conv<Out<8>>, Repeat<Block, 60, 60>>, Shape{3, 8, 8}>;
  EXPECT_EQ(*ranges::begin(architectures<Large>), Architecture<Large>{});
}

}  // namespace architectures_test
