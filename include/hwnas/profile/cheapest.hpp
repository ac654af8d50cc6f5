// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  cheapest: the k cheapest architectures, in order.
///        for (const auto& a : cheapest(flops, 10)) ...
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "hwnas/profile/window.hpp"

namespace hwnas {

/// The k architectures of least cost, ascending; equal costs in lexicographic order. Fewer where the space is smaller.
///   Complexity  best-first search with exact bounds: about k x decisions x candidates steps
template <class P>
[[nodiscard]] constexpr auto cheapest(const P& profiler, std::size_t k) {
  require_table<P>();
  using Space = typename P::space;
  using Values = typename Architecture<Space>::values_type;
  struct Partial {
    std::int64_t bound;   // exact cost of the cheapest completion
    std::int64_t so_far;
    int state;
    Values values;
  };
  const TrellisView view = profiler.view();
  const auto rest = best_to_end(view, [](auto a, auto b) { return a < b; });
  const auto bound = [&](std::int64_t so_far, int state) {
    return state == TrellisData::end ? so_far : view.combine(so_far, rest[static_cast<std::size_t>(state)]);
  };
  // std::push_heap keeps the largest first: order by "comes later".
  const auto later = [](const Partial& a, const Partial& b) {
    return a.bound != b.bound ? a.bound > b.bound : a.values > b.values;
  };
  std::vector<Partial> open{{bound(view.base(), view.start()), view.base(), view.start(), {}}};
  std::vector<Architecture<Space>> result;
  while (!open.empty() && result.size() < k) {
    std::pop_heap(open.begin(), open.end(), later);
    const Partial best = open.back();
    open.pop_back();
    if (best.state == TrellisData::end) {
      result.push_back(Architecture<Space>::from_canonical(best.values));
      continue;
    }
    const TrellisState& state = view.states[static_cast<std::size_t>(best.state)];
    for (int v = 0; v < state.count; ++v) {
      Partial next = best;
      next.so_far = view.combine(best.so_far, view.cost(state, v));
      next.state = view.target(state, v);
      next.bound = bound(next.so_far, next.state);
      next.values[static_cast<std::size_t>(state.decision)] = static_cast<std::uint8_t>(v);
      open.push_back(next);
      std::push_heap(open.begin(), open.end(), later);
    }
  }
  return result;
}

}  // namespace hwnas
