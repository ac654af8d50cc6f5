// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  check_space<Space>(): everything that the library says of a space against brute force.
#pragma once

#include <cmath>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "space/reference/interpreter.hpp"
#include "space/reference/read_type.hpp"

namespace brute_force {

using namespace hwnas;

/// All architectures of a space with their networks, by brute force, in lexicographic order.
template <class Space>
struct Truth {
  using Values = typename Architecture<Space>::values_type;
  std::map<Values, reference::Network> networks;
  std::map<std::string, int> counts;
  std::vector<Values> order;

  Truth() {
    const auto all = reference::enumerate(reference::read_type<Space>());
    counts = all.counts;
    for (const reference::Network& network : all.networks) networks.emplace(values_of(network.met), network);
    EXPECT_EQ(networks.size(), all.networks.size());
    for (const auto& [values, network] : networks) order.push_back(values);
  }
  static Values values_of(const reference::Choices& met) {
    Values values{};
    for (const auto& [label, choice] : met) {
      const int d = find_decision<Space>(label);
      if (d < 0) {
        ADD_FAILURE() << "the space has no label " << label;
      } else {
        values[static_cast<std::size_t>(d)] = static_cast<std::uint8_t>(choice);
      }
    }
    return values;
  }
  static reference::Choices choices_of(const Values& values) {
    reference::Choices choices;
    for (std::size_t d = 0; d < values.size(); ++d) choices[std::string{decisions<Space>[d].label}] = values[d];
    return choices;
  }
};

/// A random generator with a few conveniences; separate from the library's.
struct Dice {
  std::mt19937_64 engine{12345};
  std::int64_t between(std::int64_t lo, std::int64_t hi) {
    return std::uniform_int_distribution<std::int64_t>{lo, hi}(engine);
  }
  double real() { return std::uniform_real_distribution<double>{0.05, 1.0}(engine); }
};

/// A profiler with its costs by brute force, in the order of Truth::order.
template <class P>
struct Metric {
  using Unit = typename P::unit;
  P profiler;
  std::vector<std::int64_t> costs;

  template <class Space>
  Metric(const Truth<Space>& truth, auto&& cost_of) {
    for (const auto& [values, network] : truth.networks) costs.push_back(cost_of(network));
  }
  [[nodiscard]] Within<P> window(Dice& dice) const {
    std::vector<std::int64_t> sorted = costs;
    std::sort(sorted.begin(), sorted.end());
    const auto any = [&] {
      return sorted[static_cast<std::size_t>(dice.between(0, static_cast<std::int64_t>(sorted.size()) - 1))];
    };
    const auto slack = dice.between(0, 2);
    std::int64_t lo = any();
    std::int64_t hi = any();
    if (dice.between(0, 3) == 0) lo = 0;
    if (dice.between(0, 3) == 0) hi = lo + slack;  // narrow, often empty
    if (dice.between(0, 9) == 0) lo = hi + 1;      // nothing
    return {profiler, Unit{lo}, Unit{hi}};
  }
};

inline bool inside(std::int64_t cost, std::int64_t lo, std::int64_t hi) { return lo <= cost && cost <= hi; }

template <class Space>
void check_architectures(const Truth<Space>& truth) {
  ASSERT_EQ(space_size<Space>, u128{truth.networks.size()});
  ASSERT_EQ(decision_total<Space>, truth.counts.size());
  for (const Decision& d : decisions<Space>) EXPECT_EQ(truth.counts.at(std::string{d.label}), d.count) << d.label;
  std::size_t at = 0;
  for_each_architecture<Space>([&](const Architecture<Space>& a) {
    if (at >= truth.order.size() || a.values() != truth.order[at]) {
      ADD_FAILURE() << "order at " << at << ": " << fmt::format("{}", a);
    }
    return ++at < truth.order.size() + 3;
  });
  EXPECT_EQ(at, truth.order.size());
  std::map<typename Truth<Space>::Values, int> seen;
  for (std::size_t rank = 0; rank < truth.order.size(); ++rank) ++seen[nth_architecture<Space>(rank).values()];
  EXPECT_EQ(seen.size(), truth.order.size());
  for (const auto& [values, times] : seen) EXPECT_TRUE(truth.networks.contains(values));
}

template <class Space>
void check_activity(const Truth<Space>& truth, Dice& dice) {
  for (const auto& [values, network] : truth.networks) {
    const auto a = Architecture<Space>::from_values(values);
    EXPECT_EQ(a.values(), values);
    for (const Decision& d : decisions<Space>) {
      EXPECT_EQ(a.is_active(d.label), network.met.contains(std::string{d.label})) << d.label;
    }
  }
  Architecture<Space> a;
  for (int i = 0; i < 50 && decision_total<Space> > 0; ++i) {
    typename Truth<Space>::Values values = a.values();
    const auto d = static_cast<std::size_t>(dice.between(0, static_cast<int>(decision_total<Space>) - 1));
    const Decision& decision = decisions<Space>[d];
    const auto choice = static_cast<int>(dice.between(0, decision.count - 1));
    const bool active = truth.networks.at(values).met.contains(std::string{decision.label});
    EXPECT_EQ(a.set(decision.label, choice).has_value(), active);
    if (active) values[d] = static_cast<std::uint8_t>(choice);
    const reference::Choices all = Truth<Space>::choices_of(values);
    const auto canonical = Truth<Space>::values_of(reference::Interpreter{all}.run(reference::read_type<Space>()).met);
    EXPECT_EQ(a.values(), canonical);
  }
}

template <class Space, class P>
void check_profile(const Truth<Space>& truth, const Metric<P>& metric) {
  std::size_t i = 0;
  int wrong = 0;
  for (const auto& [values, network] : truth.networks) {
    const auto a = Architecture<Space>::from_canonical(values);
    const auto cost = metric.profiler.profile(a).value();
    if (cost != metric.costs[i] && wrong++ < 3) {
      ADD_FAILURE() << P::unit::unit() << " of " << fmt::format("{}", a) << ": " << cost << ", by brute force "
                    << metric.costs[i];
    }
    ++i;
  }
  const auto range = metric.profiler.range();
  EXPECT_EQ(range.min.value(), *std::min_element(metric.costs.begin(), metric.costs.end()));
  EXPECT_EQ(range.max.value(), *std::max_element(metric.costs.begin(), metric.costs.end()));
  std::vector<std::size_t> best(metric.costs.size());
  for (std::size_t k = 0; k < best.size(); ++k) best[k] = k;
  std::stable_sort(best.begin(), best.end(), [&](auto a, auto b) { return metric.costs[a] < metric.costs[b]; });
  const auto cheap = cheapest(metric.profiler, best.size() + 1);
  ASSERT_EQ(cheap.size(), best.size());
  for (std::size_t k = 0; k < best.size(); ++k) {
    EXPECT_EQ(cheap[k].values(), truth.order[best[k]]) << k << "-th cheapest";
  }
}

/// Sum over all paths of probability times cost.
template <class Space>
double expected_by_sum(const Truth<Space>& truth, const std::vector<std::int64_t>& costs,
                       const Probabilities<Space>& p) {
  double sum = 0;
  std::size_t i = 0;
  for (const auto& [values, network] : truth.networks) {
    double probability = 1;
    for (const auto& [label, choice] : network.met) probability *= p[label][static_cast<std::size_t>(choice)];
    sum += probability * static_cast<double>(costs[i++]);
  }
  return sum;
}

template <class Space, class P>
void check_expectation(const Truth<Space>& truth, const Metric<P>& metric, Dice& dice) {
  Probabilities<Space> p;
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    double sum = 0;
    for (double& x : p[d]) sum += x = dice.real();
    for (double& x : p[d]) x /= sum;
  }
  const double truly = expected_by_sum(truth, metric.costs, p);
  EXPECT_NEAR(metric.profiler.expected(p).value(), truly, 1e-9 * std::abs(truly) + 1e-9);
  if (metric.profiler.view().rule == Combine::max) return;
  std::map<std::pair<int, int>, double> gradient;
  expected_gradient(
      metric.profiler.view(), [&](int d, int v) { return p[static_cast<std::size_t>(d)][static_cast<std::size_t>(v)]; },
      [&](int d, int v, double g) {
        gradient[{d, v}] += g;
      });
  // Probability moved from one candidate to another: the sum stays 1, so that the sum over paths has the same slope.
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    for (int v = 1; v < decisions<Space>[d].count; ++v) {
      const auto moved = [&](double by) {
        auto q = p;
        q[d][0] -= by;
        q[d][static_cast<std::size_t>(v)] += by;
        return expected_by_sum(truth, metric.costs, q);
      };
      const double slope = (moved(0.25) - moved(-0.25)) / 0.5;  // exact: a path meets a decision at most once
      const int at = static_cast<int>(d);
      EXPECT_NEAR((gradient[{at, v}] - gradient[{at, 0}]), slope, 1e-9 * truly + 1e-6) << decisions<Space>[d].label;
    }
  }
}

/// The architectures inside all windows; `windows` and `metrics` belong together.
template <class Space, class... P>
std::map<typename Truth<Space>::Values, int> members(const Truth<Space>& truth,
                                                     const std::pair<const Metric<P>*, Within<P>>&... budgets) {
  std::map<typename Truth<Space>::Values, int> result;
  for (std::size_t i = 0; i < truth.order.size(); ++i) {
    if ((inside(budgets.first->costs[i], budgets.second.lo.value(), budgets.second.hi.value()) && ...)) {
      result[truth.order[i]] = 0;
    }
  }
  return result;
}

template <class Space, class... P>
void check_budgets(const Truth<Space>& truth, Dice& dice, const Metric<P>&... metrics) {
  const auto check = [&](const Within<P>&... w) {
    auto set = members<Space, P...>(truth, {&metrics, w}...);
    const u128 size{set.size()};
    for (const std::int64_t memory : {std::int64_t{500}, std::int64_t{20'000}, std::int64_t{4} << 20}) {
      const Bounds bounds = count_within(CountOptions{memory}, w...);
      EXPECT_LE(bounds.lower, size) << memory;
      EXPECT_GE(bounds.upper, size) << memory;
    }
    const std::int64_t memory = dice.between(0, 1) == 0 ? 3'000 : std::int64_t{1} << 20;
    const auto sampler = uniform_within(DrawOptions{memory}, w...);
    ASSERT_EQ(sampler.has_value(), !set.empty()) << (sampler ? "" : sampler.error().message);
    if (!sampler) {
      EXPECT_EQ(sampler.error().code, Error::Code::infeasible);
      return;
    }
    const std::size_t draws = std::min<std::size_t>(4'000, 20 * set.size());
    Rng rng{7};
    for (std::size_t i = 0; i < draws; ++i) {
      const auto drawn = set.find((*sampler)(rng).values());
      ASSERT_NE(drawn, set.end()) << "a draw outside";
      ++drawn->second;
    }
    // Pearson's statistic; six deviations of its distribution.
    const double each = static_cast<double>(draws) / static_cast<double>(set.size());
    double chi = 0;
    for (const auto& [values, times] : set) chi += (times - each) * (times - each) / each;
    const double freedom = static_cast<double>(set.size()) - 1;
    EXPECT_LE(chi, freedom + 6 * std::sqrt(2 * freedom) + 10) << set.size() << " members";
  };
  check(metrics.window(dice)...);
}

/// What every random type is asked: its architectures and what each of them costs.
template <class Space>
void check_paths() {
  const Truth<Space> truth;
  Dice dice;
  check_architectures(truth);
  if (::testing::Test::HasFailure()) return;
  check_activity(truth, dice);
  using reference::Network;
  check_profile(truth, Metric<FlopsProfiler<Space>>{truth, [](const Network& n) { return n.flops; }});
  check_profile(truth, Metric<MemoryProfiler<Space>>{truth, [](const Network& n) { return 4 * n.peak; }});
}

/// All that, and expectations, counts and draws.
template <class Space>
void check_space() {
  const Truth<Space> truth;
  Dice dice;
  check_architectures(truth);
  if (::testing::Test::HasFailure()) return;
  check_activity(truth, dice);
  using reference::Network;
  const Metric<FlopsProfiler<Space>> flops{truth, [](const Network& n) { return n.flops; }};
  const Metric<FlopsProfiler<Space, counting::nni>> nni{truth, [](const Network& n) { return n.flops + n.nni_extra; }};
  const Metric<ParamsProfiler<Space>> params{truth, [](const Network& n) { return n.params; }};
  const Metric<MemoryProfiler<Space>> memory{truth, [](const Network& n) { return 4 * n.peak; }};
  check_profile(truth, flops);
  check_profile(truth, nni);
  check_profile(truth, params);
  check_profile(truth, memory);
  if (::testing::Test::HasFailure()) return;
  check_expectation(truth, flops, dice);
  check_expectation(truth, params, dice);
  check_expectation(truth, memory, dice);
  for (int i = 0; i < 12; ++i) {
    check_budgets(truth, dice, flops);
    check_budgets(truth, dice, params);
    check_budgets(truth, dice, memory);
    check_budgets(truth, dice, flops, params);
    check_budgets(truth, dice, params, memory);
    check_budgets(truth, dice, flops, params, memory);
  }
}

}  // namespace brute_force
