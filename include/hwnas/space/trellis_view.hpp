// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  TrellisView: what the algorithms over architectures read. Spans, so that a compile-time trellis and one rebuilt
///        at run time share all code.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "hwnas/space/trellis.hpp"

namespace hwnas {

/// How a metric combines along a path: FLOPs, parameters, latency and energy add; peak memory is a maximum.
enum class Combine : std::uint8_t { sum, max };

/// The structure of a trellis: states in topological order, edges of a state side by side.
struct TrellisShape {
  std::span<const TrellisState> states;
  std::span<const TrellisEdge> edges;
  int decisions = 0;

  /// The first state, or TrellisData::end where nothing is decided.
  [[nodiscard]] constexpr int start() const { return edges.front().target; }
};

/// A trellis with one column of costs in ticks.
struct TrellisView : TrellisShape {
  std::span<const std::int64_t> costs;  // one an edge; edge 0: what every architecture pays
  Combine rule = Combine::sum;

  [[nodiscard]] constexpr std::int64_t base() const { return costs.front(); }
  [[nodiscard]] constexpr std::int64_t cost(const TrellisState& state, int value) const {
    return costs[static_cast<std::size_t>(state.first_edge + value)];
  }
  [[nodiscard]] constexpr int target(const TrellisState& state, int value) const {
    return edges[static_cast<std::size_t>(state.first_edge + value)].target;
  }
  [[nodiscard]] constexpr std::int64_t combine(std::int64_t a, std::int64_t b) const {
    return rule == Combine::sum ? a + b : std::max(a, b);
  }
};

/// Everything of a trellis but its costs: what columns are computed from.
struct TrellisLists : TrellisShape {
  std::span<const Item> items;
  std::span<const Fragment> fragments;
  std::span<const GraphNode> nodes;
  std::span<const int> choices;

  [[nodiscard]] constexpr std::span<const GraphNode> nodes_of(const Fragment& fragment) const {
    return nodes.subspan(static_cast<std::size_t>(fragment.first_node), static_cast<std::size_t>(fragment.node_count));
  }
};

}  // namespace hwnas
