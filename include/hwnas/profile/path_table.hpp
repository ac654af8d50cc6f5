// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  PathTable: a trellis column laid out for the one question asked most, the cost of one architecture.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "hwnas/space/trellis_view.hpp"

namespace hwnas {

/// An edge's cost and where the next edges begin: one dependent read a decision.
struct PathEdge {
  std::int64_t cost = 0;
  std::int32_t next_first = 0;     // first edge of the state it leads to; 0: the end
  std::int32_t next_decision = 0;  // decision of that state
};

/// Fills a table of the trellis's edges.
constexpr void fill_path_table(const TrellisView& view, std::span<PathEdge> out) {
  for (std::size_t e = 0; e < view.edges.size(); ++e) {
    const int target = view.edges[e].target;
    out[e].cost = view.costs[e];
    if (target == TrellisData::end) continue;
    const TrellisState& state = view.states[static_cast<std::size_t>(target)];
    out[e].next_first = state.first_edge;
    out[e].next_decision = state.decision;
  }
}

/// Every decision is always met, one after another: costs are independent reads.
[[nodiscard]] constexpr bool is_chain(const TrellisShape& trellis) {
  if (static_cast<int>(trellis.states.size()) != trellis.decisions) return false;
  for (std::size_t s = 0; s < trellis.states.size(); ++s) {
    if (trellis.states[s].decision != static_cast<int>(s)) return false;
    const int next = s + 1 == trellis.states.size() ? TrellisData::end : static_cast<int>(s) + 1;
    for (int v = 0; v < trellis.states[s].count; ++v) {
      if (trellis.edges[static_cast<std::size_t>(trellis.states[s].first_edge + v)].target != next) return false;
    }
  }
  return true;
}

/// Cost in ticks of the path that the values take.
template <Combine Rule, bool Chain, std::size_t Decisions>
[[nodiscard]] constexpr std::int64_t path_cost(std::span<const PathEdge> table,
                                               const std::array<std::uint8_t, Decisions>& values,
                                               std::span<const TrellisState> states) {
  std::int64_t cost = table.front().cost;
  const auto take = [&](std::int64_t more) { cost = Rule == Combine::sum ? cost + more : std::max(cost, more); };
  if constexpr (Chain) {
    for (std::size_t d = 0; d < Decisions; ++d) {
      take(table[static_cast<std::size_t>(states[d].first_edge + values[d])].cost);
    }
  } else {
    const PathEdge* edge = table.data();
    while (edge->next_first != 0) {
      edge = table.data() + edge->next_first + values[static_cast<std::size_t>(edge->next_decision)];
      take(edge->cost);
    }
  }
  return cost;
}

/// Every path meets all decisions in their order, whatever states lie between.
[[nodiscard]] constexpr bool is_layered(const TrellisShape& trellis) {
  for (const TrellisEdge& edge : trellis.edges.first(1)) {
    if (edge.target == TrellisData::end || trellis.states[static_cast<std::size_t>(edge.target)].decision != 0) {
      return false;
    }
  }
  for (const TrellisState& state : trellis.states) {
    for (int v = 0; v < state.count; ++v) {
      const int target = trellis.edges[static_cast<std::size_t>(state.first_edge + v)].target;
      const int next =
          target == TrellisData::end ? trellis.decisions : trellis.states[static_cast<std::size_t>(target)].decision;
      if (next != state.decision + 1) return false;
    }
  }
  return true;
}

/// path_cost() of a layered trellis: which value is read next does not wait for the edge before.
template <Combine Rule, std::size_t Decisions>
[[nodiscard]] constexpr std::int64_t layered_path_cost(std::span<const PathEdge> table,
                                                       const std::array<std::uint8_t, Decisions>& values) {
  std::int64_t cost = table.front().cost;
  const PathEdge* const edges = table.data();
  std::int32_t first = table.front().next_first;
  for (const std::uint8_t value : values) {
    const PathEdge& edge = edges[first + value];
    cost = Rule == Combine::sum ? cost + edge.cost : std::max(cost, edge.cost);
    first = edge.next_first;
  }
  return cost;
}

}  // namespace hwnas
