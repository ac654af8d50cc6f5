// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/core/statistics.hpp"

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace hwnas {
namespace statistics_test {
using Values = std::vector<double>;

TEST(Mean, AveragesAndIsUndefinedWithoutData) {
  EXPECT_DOUBLE_EQ(mean(Values{1, 2, 6}), 3);
  EXPECT_TRUE(std::isnan(mean(Values{})));
}

TEST(SampleDeviation, DividesByOneLessThanTheCount) {
  EXPECT_DOUBLE_EQ(sample_deviation(Values{2, 4, 4, 4, 5, 5, 7, 9}), std::sqrt(32.0 / 7));
  EXPECT_TRUE(std::isnan(sample_deviation(Values{1})));
}

TEST(Quantile, IsOfTypeSeven) {  // R: quantile(c(15, 20, 35, 40, 50), c(.05, .3, .4, .5, 1))
  const Values values{50, 15, 40, 20, 35};
  EXPECT_DOUBLE_EQ(quantile(values, 0.05), 16);
  EXPECT_DOUBLE_EQ(quantile(values, 0.3), 23);
  EXPECT_DOUBLE_EQ(quantile(values, 0.4), 29);
  EXPECT_DOUBLE_EQ(quantile(values, 0.5), 35);
  EXPECT_DOUBLE_EQ(quantile(values, 1), 50);
}

TEST(Quantile, RefusesWhatIsNoProbability) {
  EXPECT_THROW((void)quantile(Values{1}, 1.5), std::invalid_argument);
  EXPECT_THROW((void)quantile(Values{1}, std::nan("")), std::invalid_argument);
}

TEST(Quantile, OfBadDataIsUndefined) {
  EXPECT_TRUE(std::isnan(quantile(Values{}, 0.5)));
  EXPECT_TRUE(std::isnan(quantile(Values{1, std::nan("")}, 0.5)));
}

TEST(Median, AveragesTheMiddleTwo) {
  EXPECT_DOUBLE_EQ(median(Values{4, 1, 3, 2}), 2.5);
  EXPECT_DOUBLE_EQ(median(Values{9, 1, 3}), 3);
}

TEST(ConformalRank, RoundsUpAndKeepsWholeNumbers) {
  EXPECT_EQ(conformal_rank(9, 0.9), 9u);
  EXPECT_EQ(conformal_rank(8, 0.9), 9u);  // too few
  EXPECT_EQ(conformal_rank(10, 0.9), 10u);
  EXPECT_EQ(conformal_rank(99, 0.55), 55u);  // 100 * 0.55 is a little more than 55 in binary
}

TEST(Ranks, ShareTheMeanAmongTies) { EXPECT_EQ(ranks(Values{10, 20, 10, 5}), (Values{2.5, 4, 2.5, 1})); }

TEST(Spearman, MatchesAWorkedExample) {
  // IQ and hours of television, ten people: sum of squared rank differences 194, so 1 - 6 * 194 / (10 * 99).
  const Values iq{106, 86, 100, 101, 99, 103, 97, 113, 112, 110}, hours{7, 0, 27, 50, 28, 29, 20, 12, 6, 17};
  EXPECT_NEAR(spearman(iq, hours), 1 - 6 * 194.0 / 990, 1e-12);
}

TEST(Spearman, HandlesTies) {  // ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5)
  EXPECT_NEAR(spearman(Values{1, 2, 2, 3}, Values{1, 2, 3, 4}), 4.5 / std::sqrt(22.5), 1e-12);
}

TEST(KendallTau, MatchesWorkedExamples) {
  EXPECT_DOUBLE_EQ(kendall_tau(Values{1, 2, 3, 4}, Values{1, 2, 3, 4}), 1);
  EXPECT_DOUBLE_EQ(kendall_tau(Values{1, 2, 3, 4}, Values{4, 3, 2, 1}), -1);
  // 12 against 2, 1 | 4, 3 | ...: pairs (2,1) and (4,3) are discordant, 8 of 10 agree: (8 - 2) / 10.
  EXPECT_DOUBLE_EQ(kendall_tau(Values{1, 2, 3, 4, 5}, Values{2, 1, 4, 3, 5}), 0.6);
  // Ties: of 6 pairs, x ties one; 5 agree: 5 / sqrt(5 * 6).
  EXPECT_NEAR(kendall_tau(Values{1, 2, 2, 3}, Values{1, 2, 3, 4}), 5 / std::sqrt(30.0), 1e-12);
}

TEST(Correlation, IsUndefinedWithoutSpread) {
  for (const auto correlation : {kendall_tau, spearman, pearson}) {
    EXPECT_TRUE(std::isnan(correlation(Values{1, 1, 1}, Values{1, 2, 3})));
    EXPECT_TRUE(std::isnan(correlation(Values{}, Values{})));
    EXPECT_TRUE(std::isnan(correlation(Values{1, std::nan("")}, Values{1, 2})));
    EXPECT_THROW((void)correlation(Values{1}, Values{1, 2}), std::invalid_argument);
  }
}

/// Tau-b by its definition.
double slow_kendall(const Values& x, const Values& y) {
  double balance = 0, untied_x = 0, untied_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const int a = (x[i] > x[j]) - (x[i] < x[j]), b = (y[i] > y[j]) - (y[i] < y[j]);
      balance += a * b;
      untied_x += a != 0;
      untied_y += b != 0;
    }
  }
  return balance / std::sqrt(untied_x * untied_y);
}
/// Average ranks by counting, and the textbook formula.
double slow_spearman(const Values& x, const Values& y) {
  const auto rank = [](const Values& values, std::size_t i) {
    double below = 0, equal = 0;
    for (const double value : values) below += value < values[i], equal += value == values[i];
    return below + (equal + 1) / 2;
  };
  double xx = 0, yy = 0, xy = 0;
  const double middle = (static_cast<double>(x.size()) + 1) / 2;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double a = rank(x, i) - middle, b = rank(y, i) - middle;
    xx += a * a, yy += b * b, xy += a * b;
  }
  return xy / std::sqrt(xx * yy);
}
void expect_same(double fast, double slow) {
  RC_ASSERT((std::isnan(fast) && std::isnan(slow)) || std::abs(fast - slow) < 1e-10);
}

/// Few distinct values, so that there are ties of every kind.
Values tied_values(std::size_t n) {
  const auto value = rc::gen::map(rc::gen::inRange(-6, 7), [](int i) { return i / 2.0; });
  return *rc::gen::container<Values>(n, value);
}

TEST(KendallTau, EqualsItsDefinition) {
  EXPECT_TRUE(rc::check([] {
    const std::size_t n = *rc::gen::inRange<std::size_t>(2, 60);
    const Values x = tied_values(n), y = tied_values(n);
    expect_same(kendall_tau(x, y), slow_kendall(x, y));
  }));
}

TEST(Spearman, EqualsItsDefinition) {
  EXPECT_TRUE(rc::check([] {
    const std::size_t n = *rc::gen::inRange<std::size_t>(2, 60);
    const Values x = tied_values(n), y = tied_values(n);
    expect_same(spearman(x, y), slow_spearman(x, y));
  }));
}

TEST(RankCorrelations, DoNotChangeUnderIncreasingMaps) {
  EXPECT_TRUE(rc::check([] {
    const Values x = tied_values(20), y = tied_values(20);
    Values mapped = y;
    for (double& value : mapped) value = std::exp(value);
    expect_same(kendall_tau(x, mapped), kendall_tau(x, y));
    expect_same(spearman(x, mapped), spearman(x, y));
  }));
}

TEST(BootstrapInterval, CoversTheMeanAsOftenAsItSays) {
  // 300 samples of 40 uniforms; the percentile interval of a mean covers a little less than its level.
  Rng rng{11};
  int covered = 0;
  for (int repeat = 0; repeat < 300; ++repeat) {
    Values sample(40);
    for (double& value : sample) value = rng.uniform();
    const Interval interval = bootstrap_interval(sample, mean, rng, {.level = 0.9, .resamples = 300});
    covered += interval.low <= 0.5 && 0.5 <= interval.high;
  }
  EXPECT_GE(covered, 250);
  EXPECT_LE(covered, 288);
}

TEST(BootstrapInterval, DrawsWholePairs) {
  Rng rng{3};
  Values x;
  for (int i = 0; i < 30; ++i) x.push_back(i);
  EXPECT_EQ(bootstrap_interval(x, x, kendall_tau, rng), (Interval{1, 1}));
}

TEST(BootstrapInterval, RepeatsWithItsSeed) {
  Rng first{5}, second{5};
  const Values values{1, 4, 2, 8, 5, 7};
  EXPECT_EQ(bootstrap_interval(values, median, first), bootstrap_interval(values, median, second));
}

TEST(BootstrapInterval, OfNothingIsUndefined) {
  Rng rng{1};
  EXPECT_TRUE(std::isnan(bootstrap_interval(Values{}, mean, rng).low));
  EXPECT_THROW((void)bootstrap_interval(Values{1}, mean, rng, {.level = 2}), std::invalid_argument);
}

}  // namespace statistics_test
}  // namespace hwnas
