// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Exact minima and maxima of a cost over all architectures, from every state to the end.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "hwnas/space/trellis_view.hpp"

namespace hwnas {

/// Smallest and largest cost.
template <class Unit>
struct Range {
  Unit min{};
  Unit max{};

  [[nodiscard]] constexpr bool contains(Unit value) const { return min <= value && value <= max; }
  friend constexpr bool operator==(const Range&, const Range&) = default;
};

/// For every state: the best cost from it to the end; `better(a, b)` says whether a is better.
///   Complexity  linear in the edges
[[nodiscard]] constexpr std::vector<std::int64_t> best_to_end(const TrellisView& view, auto&& better) {
  std::vector<std::int64_t> best(view.states.size(), 0);
  for (std::size_t s = view.states.size(); s-- > 0;) {
    const TrellisState& state = view.states[s];
    for (int v = 0; v < state.count; ++v) {
      const int target = view.target(state, v);
      std::int64_t cost = view.cost(state, v);
      if (target != TrellisData::end) cost = view.combine(cost, best[static_cast<std::size_t>(target)]);
      if (v == 0 || better(cost, best[s])) best[s] = cost;
    }
  }
  return best;
}

/// Cost of a whole path given what its states give from the start on.
[[nodiscard]] constexpr std::int64_t from_start(const TrellisView& view, const std::vector<std::int64_t>& to_end) {
  return view.start() == TrellisData::end
             ? view.base()
             : view.combine(view.base(), to_end[static_cast<std::size_t>(view.start())]);
}

/// {min, max} in ticks over all architectures.
[[nodiscard]] constexpr Range<std::int64_t> range_of(const TrellisView& view) {
  return {from_start(view, best_to_end(view, [](auto a, auto b) { return a < b; })),
          from_start(view, best_to_end(view, [](auto a, auto b) { return a > b; }))};
}

}  // namespace hwnas
