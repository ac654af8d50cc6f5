// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "hwnas/latency/proxy/monotonicity.hpp"
#include "latency/proxy_world.hpp"

namespace proxy_monotonicity_test {

using namespace hwnas;
using hwnas::testing::World;

TEST(RankMatrix, IsOneForMonotoneDevicesAndMinusOneForReversedOnes) {
  Eigen::MatrixXd latencies(6, 3);
  latencies.col(0) << 1, 2, 3, 4, 5, 6;
  latencies.col(1) = latencies.col(0).array().exp();
  latencies.col(2) = 10 - latencies.col(0).array();
  const RankMatrix rho = rank_matrix(latencies, spearman), tau = rank_matrix(latencies, kendall_tau);
  EXPECT_DOUBLE_EQ(rho.value(0, 1), 1);
  EXPECT_DOUBLE_EQ(tau.value(2, 1), -1);
  EXPECT_DOUBLE_EQ(rho.value(2, 2), 1);
}

TEST(RankMatrix, LeavesOutWhatEitherDeviceHasNotMeasured) {
  Eigen::MatrixXd latencies(5, 2);
  latencies << 1, 1, 2, 2, 3, 3, 4, 0.1, 5, 5;
  latencies(3, 0) = std::numeric_limits<double>::quiet_NaN();
  const RankMatrix rho = rank_matrix(latencies, spearman);
  EXPECT_EQ(rho.common(0, 1), 4);
  EXPECT_EQ(rho.common(0, 0), 4);
  EXPECT_DOUBLE_EQ(rho.value(0, 1), 1);
}

TEST(RankMatrix, UnknownWherePairsHaveNothingInCommon) {
  Eigen::MatrixXd latencies = Eigen::MatrixXd::Constant(4, 2, std::numeric_limits<double>::quiet_NaN());
  latencies(0, 0) = latencies(1, 0) = latencies(2, 1) = latencies(3, 1) = 1;
  EXPECT_TRUE(std::isnan(rank_matrix(latencies, spearman).value(0, 1)));
}

TEST(RankInterval, HoldsTheCorrelationOfThePair) {
  const World world{200, 2, 0.05};
  Rng rng{1};
  const Interval interval =
      rank_interval(world.latency.col(0), world.latency.col(1), spearman, rng, {.resamples = 300});
  const double rho = rank_matrix(world.latency, spearman).value(0, 1);
  EXPECT_LT(interval.low, rho);
  EXPECT_GT(interval.high, rho);
}

TEST(SimilarityOrder, BringsTwinsTogether) {
  const World world{200, 3, 0.0};
  Eigen::MatrixXd six(200, 6);  // devices a b c, then their twins
  six << world.latency, 2 * world.latency;
  const auto order = similarity_order(rank_matrix(six, spearman).value);
  ASSERT_EQ(order.size(), 6U);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto at = [&](std::size_t device) { return std::find(order.begin(), order.end(), device) - order.begin(); };
    EXPECT_EQ(std::abs(at(i) - at(i + 3)), 1);
  }
}

}  // namespace proxy_monotonicity_test
