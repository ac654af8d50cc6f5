// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Cells of NAS-Bench-201 (Dong and Yang 2020) with the same operation on every edge.
#include "hwnas/zoo/nasbench201.hpp"

#include <gtest/gtest.h>

#include "zoo/figures.hpp"

namespace hwnas {
namespace nasbench201_test {
using zoo_test::chosen;
using zoo_test::Costs;
using zoo_test::costs_of;
using Space = zoo::NasBench201;

Architecture<Space> all_edges(int op) { return chosen<Space>({op, op, op, op, op, op}); }

TEST(NasBench201, AllThreeByThree) { EXPECT_EQ(costs_of(all_edges(3)), (Costs{220'119'680, 1'531'546})); }
TEST(NasBench201, AllOneByOne) { EXPECT_EQ(costs_of(all_edges(2)), (Costs{31'376'000, 241'306})); }
TEST(NasBench201, OperationsWithoutWeightsCostTheSame) {
  for (int op : {0, 1, 4}) EXPECT_EQ(costs_of(all_edges(op)), (Costs{7'783'040, 73'306})) << "operation " << op;
}
TEST(NasBench201, EveryEdgeCostsTheSame) {
  for (std::size_t edge = 0; edge < 6; ++edge) {
    Architecture<Space>::values_type values{};
    values[edge] = 3;
    EXPECT_EQ(costs_of(Architecture<Space>::from_values(values)),
              (Costs{7'783'040 + (220'119'680 - 7'783'040) / 6, 73'306 + (1'531'546 - 73'306) / 6}));
  }
}
TEST(NasBench201, OneCellDecidesForAllFifteen) {
  ASSERT_EQ(decisions<Space>.size(), 6U);
  EXPECT_EQ(decisions<Space>[0].label, "cell/node1/from0");
  EXPECT_EQ(decisions<Space>[5].label, "cell/node3/from2");
  EXPECT_EQ(decisions<Space>[0].names[4], "avg_pool_3x3");
}

}  // namespace nasbench201_test
}  // namespace hwnas
