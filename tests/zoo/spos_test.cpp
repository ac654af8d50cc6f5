// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// The network that Single Path One-Shot (Guo et al. 2020) published, multiply-adds and parameters to the last one.
#include "hwnas/zoo/spos.hpp"

#include <gtest/gtest.h>

#include "zoo/figures.hpp"

namespace hwnas {
namespace spos_test {
using zoo_test::chosen;
using zoo_test::Costs;
using zoo_test::costs_of;
using Space = zoo::SposShuffleNetV2;

constexpr int k3 = 0, k5 = 1, k7 = 2, x = 3;

TEST(SposShuffleNetV2, MatchesThePublishedArchitecture) {
  const auto published = chosen<Space>({k7, k5, k3, k5,                  //
                                        k7, k3, k7, k3,                  //
                                        k7, k3, k7, x, k3, k3, k3, k3,   //
                                        x, k7, x, x});
  EXPECT_EQ(costs_of(published), (Costs{322'918'720, 3'558'464}));
}
TEST(SposShuffleNetV2, DecidesAtTwentyBlocks) {
  ASSERT_EQ(decisions<Space>.size(), 20U);
  EXPECT_EQ(decisions<Space>.front().label, "block1");
  EXPECT_EQ(decisions<Space>.back().label, "block20");
  EXPECT_EQ(decisions<Space>.front().count, 4);
}

}  // namespace spos_test
}  // namespace hwnas
