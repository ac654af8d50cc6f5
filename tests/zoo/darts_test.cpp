// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// DARTS-V2 (Liu et al. 2019) in the space and written as cells of its own: parameters and multiply-adds to the last one.
#include "hwnas/zoo/darts.hpp"

#include <gtest/gtest.h>

#include "zoo/darts_v2.hpp"
#include "zoo/figures.hpp"

namespace hwnas {
namespace darts_test {
using zoo_test::Costs;
using zoo_test::costs_of;
using zoo_test::DartsV2;
using zoo_test::largest;
using zoo_test::set_darts_v2;

constexpr Costs on_cifar{528'359'040, 3'349'342};

TEST(Darts, V2OnCifarMatchesInTheSpace) {
  Architecture<zoo::Darts> a;
  set_darts_v2(a);
  EXPECT_EQ(costs_of(a), on_cifar);
}
TEST(Darts, V2OnCifarMatchesAsCells) {
  EXPECT_EQ((largest<zoo::DartsSpace<Shape{3, 32, 32}, 10, 36, 20, DartsV2>>()), on_cifar);
}
TEST(Darts, V2OnImageNetMatchesAsCells) {
  EXPECT_EQ((largest<zoo::DartsImageNetSpace<Shape{3, 224, 224}, 1000, 48, 14, DartsV2>>()),
            (Costs{529'911'552, 4'718'752}));
}
TEST(Darts, DecisionsBelongToTheTwoCells) {
  const auto decided = decisions<zoo::Darts>;
  // A cell has 2 + 3 + 4 + 5 edges, and three nodes that choose their inputs.
  ASSERT_EQ(decided.size(), 2U * (14 + 3));
  EXPECT_EQ(decided.front().label, "normal/node1/from0");
  EXPECT_EQ(decided.back().label, "reduce/node4/from4");
}
TEST(Darts, OnlyTheEdgesOfChosenInputsAreActive) {
  Architecture<zoo::Darts> a;
  EXPECT_TRUE(a.is_active("normal/node2/from0"));
  EXPECT_TRUE(a.is_active("normal/node2/from1"));
  EXPECT_FALSE(a.is_active("normal/node2/from2"));
  ASSERT_TRUE(a.set("normal/node2/inputs", 2));
  EXPECT_FALSE(a.is_active("normal/node2/from0"));
  EXPECT_TRUE(a.is_active("normal/node2/from2"));
}

}  // namespace darts_test
}  // namespace hwnas
