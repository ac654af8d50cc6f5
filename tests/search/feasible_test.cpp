// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Feasible: uniform, and never outside.
#include "hwnas/search/feasible.hpp"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/zoo/nasbench201.hpp"
#include "hwnas/zoo/proxylessnas.hpp"

namespace feasible_test {

using namespace hwnas;
using Space = zoo::NasBench201;
using A = Architecture<Space>;
constexpr FlopsProfiler<Space> flops;
constexpr ParamsProfiler<Space> params;
constexpr MemoryProfiler<Space> memory;

/// Latencies with many digits: nothing divides them, so that grids round.
struct Formula {
  using key = OperatorKey;
  [[nodiscard]] Result<Milliseconds> predict(const OperatorKey& of) const {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : of.text()) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return Milliseconds{0.1 + static_cast<double>(hash % 1'000'003) / 3e5};
  }
};
const LatencyProfiler<Space, Formula>& latency() {
  static const LatencyProfiler<Space, Formula> profiler{Formula{}};
  return profiler;
}

/// The cost that a share of all architectures does not exceed.
template <class P>
typename P::unit quantile_of(const P& profiler, double share) {
  std::vector<std::int64_t> costs;
  for_each_architecture<typename P::space>([&](const auto& a) { costs.push_back(profiler.ticks(a)); });
  const auto at = costs.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(costs.size() - 1));
  std::nth_element(costs.begin(), at, costs.end());
  return P::unit::from_ticks(*at);
}

/// Pearson's statistic of draws against the enumerated set, as a standard normal deviate (Wilson and Hilferty 1931).
template <class... P>
double deviate(const Within<P>&... budgets) {
  const Feasible inside{budgets...};
  std::map<A, int> times;
  for_each_architecture<Space>([&](const A& a) {
    if (((budgets.lo.ticks() <= budgets.profiler.ticks(a) && budgets.profiler.ticks(a) <= budgets.hi.ticks()) && ...)) {
      times[a] = 0;
    }
  });
  const std::size_t draws = 40 * times.size();
  Rng rng{2026};
  for (std::size_t i = 0; i < draws; ++i) {
    const auto found = times.find(inside(rng));
    if (found == times.end()) return 1e9;
    ++found->second;
  }
  double chi = 0;
  for (const auto& [a, n] : times) chi += (n - 40.0) * (n - 40.0) / 40;
  const double freedom = static_cast<double>(times.size()) - 1;
  EXPECT_GT(freedom, 5);
  return (std::cbrt(chi / freedom) - (1 - 2 / (9 * freedom))) / std::sqrt(2 / (9 * freedom));
}
// Four deviations: one in 30,000 by chance, and the seed is fixed. Too even is as suspicious as too uneven.
template <class... P>
void expect_uniform(const Within<P>&... budgets) {
  EXPECT_LT(std::abs(deviate(budgets...)), 4);
}

TEST(Feasible, IsUniformUnderOneBudget) {
  for (const double share : {0.01, 0.3, 0.9}) {
    expect_uniform(Within{flops, 0_FLOPs, quantile_of(flops, share)});
    expect_uniform(Within{latency(), 0_ms, quantile_of(latency(), share)});
  }
  expect_uniform(Within{latency(), quantile_of(latency(), 0.4), quantile_of(latency(), 0.45)});
  expect_uniform(Within{memory, 0_B, quantile_of(memory, 0.3)});
}

TEST(Feasible, IsUniformUnderSeveralBudgets) {
  expect_uniform(Within{flops, 0_FLOPs, quantile_of(flops, 0.5)}, Within{latency(), 0_ms, quantile_of(latency(), 0.3)});
  expect_uniform(Within{params, quantile_of(params, 0.2), quantile_of(params, 0.8)},
                 Within{latency(), 0_ms, quantile_of(latency(), 0.2)}, Within{memory, 0_B, quantile_of(memory, 0.6)});
}

// Uniformity itself would not pass for draws of another distribution.
TEST(Feasible, TheTestOfUniformityTellsDistributionsApart) {
  std::map<A, int> times;
  Rng rng{1};
  const Flops budget = quantile_of(flops, 0.3);
  for_each_architecture<Space>([&](const A& a) {
    if (flops.profile(a) <= budget) times[a] = 0;
  });
  std::size_t draws = 0;
  while (draws < 40 * times.size()) {  // decision by decision, rejected outside: another distribution where some are tight
    typename A::values_type values{};
    for (std::size_t d = 0; d < values.size(); ++d) {
      values[d] = static_cast<std::uint8_t>(std::min(rng.below(6), std::uint64_t{4}));
    }
    const auto found = times.find(A::from_values(values));
    if (found == times.end()) continue;
    ++found->second;
    ++draws;
  }
  double chi = 0;
  for (const auto& [a, n] : times) chi += (n - 40.0) * (n - 40.0) / 40;
  EXPECT_GT(chi, 2 * static_cast<double>(times.size()));
}

// Ten million draws in all; the program benchmarks/search repeats them on other spaces.
TEST(Feasible, NeverDrawsOutside) {
  Rng rng{3};
  const auto count_outside = [&](const auto& profiler, const auto& budget, int draws) {
    const Feasible inside{Within{profiler, decltype(budget){}, budget}};
    int outside = 0;
    for (int i = 0; i < draws; ++i) outside += profiler.ticks(inside(rng)) > budget.ticks() ? 1 : 0;
    return outside;
  };
  for (const double share : {0.001, 0.05, 0.2, 0.7}) {
    EXPECT_EQ(count_outside(latency(), quantile_of(latency(), share), 1'500'000), 0);
    EXPECT_EQ(count_outside(flops, quantile_of(flops, share), 500'000), 0);
  }
  const FlopsProfiler<zoo::ProxylessNas> proxyless;
  EXPECT_EQ(count_outside(proxyless, proxyless.range().min + 20_MFLOPs, 1'000'000), 0);
  EXPECT_EQ(count_outside(proxyless, 300_MFLOPs, 1'000'000), 0);
}

TEST(Feasible, MutatesAndCrossesOnlyInside) {
  const Feasible inside{Within{flops, 0_FLOPs, quantile_of(flops, 0.05)},
                        Within{latency(), 0_ms, quantile_of(latency(), 0.2)}};
  Rng rng{5};
  A a = inside(rng);
  for (int i = 0; i < 20'000; ++i) {
    a = rng.below(2) == 0 ? mutated(inside, a, rng) : crossed(inside, a, inside(rng), rng);
    ASSERT_TRUE(inside.contains(a));
  }
}

TEST(Feasible, OfBudgetsThatNothingMeetsIsAnError) {
  const Flops least = flops.range().min;
  try {
    const Feasible inside{Within{flops, 0_FLOPs, least - 1_FLOPs}};
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, Error::Code::infeasible);
    EXPECT_NE(error.message.find(fmt::format("nearest reachable: above {}", least)), std::string::npos)
        << error.message;
  }
  // Each can be kept alone, both cannot.
  EXPECT_NO_THROW(Feasible(Within{flops, 0_FLOPs, least}));
  try {
    const Feasible inside{Within{flops, 0_FLOPs, least}, Within{params, params.range().max, params.range().max}};
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, Error::Code::infeasible);
    EXPECT_NE(error.message.find("no architecture meets all budgets"), std::string::npos) << error.message;
  }
}

}  // namespace feasible_test
