// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Feasible: moves inside budgets. Draws are exactly uniform; changes and crossings never leave the budgets.
///        Feasible inside{Within{flops, 0_FLOPs, 300_MFLOPs}};
///        RegularizedEvolution<OnImages, decltype(inside)> search{{}, inside};   Random<OnImages> random{inside};
#pragma once

#include <memory>
#include <tuple>
#include <utility>

#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/search/moves.hpp"

namespace hwnas {

/// The architectures inside all windows, as Moves.
///   Errors  the constructor throws the Error of uniform_within where nothing lies inside
template <class First, class... Rest>
class Feasible {
 public:
  using space = typename First::space;

  explicit Feasible(Within<First> first, Within<Rest>... rest)
      : draw_{uniform_within(first, rest...).value()}, budgets_{std::move(first), std::move(rest)...} {}

  [[nodiscard]] Architecture<space> operator()(Rng& rng) const { return draw_(rng); }
  [[nodiscard]] bool contains(const Architecture<space>& a) const {
    return std::apply([&](const auto&... budget) { return (inside(budget, a) && ...); }, budgets_);
  }
  /// What is inside, for strategies that decide one decision after another.
  [[nodiscard]] std::shared_ptr<const FeasibleSet<space>> shared_set() const { return draw_.shared_set(); }

 private:
  template <class P>
  static bool inside(const Within<P>& budget, const Architecture<space>& a) {
    // In ticks, as the draws decide it: a latency's double could round across the limit.
    const auto ticks = budget.profiler.ticks(a);
    return budget.lo.ticks() <= ticks && ticks <= budget.hi.ticks();
  }

  FeasibleSampler<space, First, Rest...> draw_;
  std::tuple<Within<First>, Within<Rest>...> budgets_;
};

}  // namespace hwnas
