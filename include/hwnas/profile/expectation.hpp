// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Exact expectation of a cost when every decision draws from its probabilities, and its gradient.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "hwnas/space/trellis_view.hpp"

namespace hwnas {

/// Expected cost to the end from every state, for costs that add. `p(decision, value)` gives probabilities.
///   Formula  E[s] = sum over v of p(v) (c(s, v) + E[target(s, v)])
[[nodiscard]] constexpr std::vector<double> expected_to_end(const TrellisView& view, auto&& p) {
  std::vector<double> expected(view.states.size(), 0.0);
  for (std::size_t s = view.states.size(); s-- > 0;) {
    const TrellisState& state = view.states[s];
    double sum = 0;
    for (int v = 0; v < state.count; ++v) {
      const int target = view.target(state, v);
      const double rest = target == TrellisData::end ? 0.0 : expected[static_cast<std::size_t>(target)];
      sum += p(state.decision, v) * (static_cast<double>(view.cost(state, v)) + rest);
    }
    expected[s] = sum;
  }
  return expected;
}

/// Probability that every edge of the path costs at most `limit`: the distribution of a maximum.
[[nodiscard]] constexpr double probability_at_most(const TrellisView& view, std::int64_t limit, auto&& p) {
  if (view.base() > limit) return 0;
  std::vector<double> within(view.states.size(), 0.0);
  const auto of = [&](int target) {
    return target == TrellisData::end ? 1.0 : within[static_cast<std::size_t>(target)];
  };
  for (std::size_t s = view.states.size(); s-- > 0;) {
    const TrellisState& state = view.states[s];
    for (int v = 0; v < state.count; ++v) {
      if (view.cost(state, v) <= limit) within[s] += p(state.decision, v) * of(view.target(state, v));
    }
  }
  return of(view.start());
}

/// The distinct values an edge's cost takes, ascending, none below the base.
[[nodiscard]] constexpr std::vector<std::int64_t> distinct_costs(const TrellisView& view) {
  std::vector<std::int64_t> values(view.costs.begin(), view.costs.end());
  for (auto& value : values) value = std::max(value, view.base());
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

/// Expected cost in ticks; of a maximum, sum of t (P(max <= t) - P(max < t)) over the distinct values t.
[[nodiscard]] constexpr double expected_cost(const TrellisView& view, auto&& p) {
  if (view.rule == Combine::sum) {
    const auto expected = expected_to_end(view, p);
    const double rest = view.start() == TrellisData::end ? 0.0 : expected[static_cast<std::size_t>(view.start())];
    return static_cast<double>(view.base()) + rest;
  }
  double sum = 0;
  double below = 0;
  for (const std::int64_t value : distinct_costs(view)) {
    const double at_most = probability_at_most(view, value, p);
    sum += static_cast<double>(value) * (at_most - below);
    below = at_most;
  }
  return sum;
}

/// Derivative of the expected cost by every probability, for costs that add: add(decision, value, derivative) is called
/// for each edge; a decision met in several states gets several contributions.
///   Formula  dE / dp(d, v) = sum over states s of d: reach(s) (c(s, v) + E[target(s, v)])
constexpr void expected_gradient(const TrellisView& view, auto&& p, auto&& add) {
  if (view.start() == TrellisData::end) return;
  const auto expected = expected_to_end(view, p);
  std::vector<double> reach(view.states.size(), 0.0);
  reach[static_cast<std::size_t>(view.start())] = 1;
  for (std::size_t s = 0; s < view.states.size(); ++s) {
    const TrellisState& state = view.states[s];
    for (int v = 0; v < state.count; ++v) {
      const int target = view.target(state, v);
      const double rest = target == TrellisData::end ? 0.0 : expected[static_cast<std::size_t>(target)];
      add(state.decision, v, reach[s] * (static_cast<double>(view.cost(state, v)) + rest));
      if (target != TrellisData::end) reach[static_cast<std::size_t>(target)] += reach[s] * p(state.decision, v);
    }
  }
}

/// Adds the derivatives of probability_at_most() by every probability, times `factor`.
constexpr void probability_gradient(const TrellisView& view, std::int64_t limit, double factor, auto&& p, auto&& add) {
  if (view.base() > limit || view.start() == TrellisData::end) return;
  std::vector<double> within(view.states.size(), 0.0), reach(view.states.size(), 0.0);
  const auto of = [&](int target) {
    return target == TrellisData::end ? 1.0 : within[static_cast<std::size_t>(target)];
  };
  for (std::size_t s = view.states.size(); s-- > 0;) {
    const TrellisState& state = view.states[s];
    for (int v = 0; v < state.count; ++v) {
      if (view.cost(state, v) <= limit) within[s] += p(state.decision, v) * of(view.target(state, v));
    }
  }
  reach[static_cast<std::size_t>(view.start())] = factor;
  for (std::size_t s = 0; s < view.states.size(); ++s) {
    const TrellisState& state = view.states[s];
    for (int v = 0; v < state.count; ++v) {
      if (view.cost(state, v) > limit) continue;
      const int target = view.target(state, v);
      add(state.decision, v, reach[s] * of(target));
      if (target != TrellisData::end) reach[static_cast<std::size_t>(target)] += reach[s] * p(state.decision, v);
    }
  }
}

/// Derivative of expected_cost() by every probability, for costs that add and for maxima; add() as in
/// expected_gradient().
///   Formula  of a maximum: sum over the distinct values t_i of (t_i - t_(i+1)) dP(max <= t_i), P(max <= last) being
///            the sum of all paths' probabilities
constexpr void expected_cost_gradient(const TrellisView& view, auto&& p, auto&& add) {
  if (view.rule == Combine::sum) return expected_gradient(view, p, add);
  const auto values = distinct_costs(view);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto next = i + 1 < values.size() ? static_cast<double>(values[i + 1]) : 0.0;
    probability_gradient(view, values[i], static_cast<double>(values[i]) - next, p, add);
  }
}

}  // namespace hwnas
