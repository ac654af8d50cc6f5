// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  merge_parts: one trellis from those of each image's resolution. An Input of several shapes is walked once for each,
///        every walk a constant evaluation with a limit of its own: ten resolutions compile where one does.
#pragma once

#include <span>

#include "hwnas/space/trellis.hpp"
#include "hwnas/space/trellis_view.hpp"

namespace hwnas {

/// Puts trellises together that share their first state, each of which followed one edge of it (WalkOptions::only).
/// Fragments that several of them have are one.
class MergeParts {
 public:
  constexpr explicit MergeParts(std::span<const TrellisLists> parts) {
    const TrellisState first = parts.front().states.front();
    out_.states.push_back(first);
    out_.edges.append(parts.front().edges.data(), static_cast<std::size_t>(first.first_edge + first.count));
    for (int v = 0; v < first.count; ++v) append(parts[static_cast<std::size_t>(v)], first.first_edge + v);
  }
  [[nodiscard]] constexpr TrellisData take() { return static_cast<TrellisData&&>(out_); }

 private:
  // Everything of a part comes behind what is there; `way_in` is its edge of the first state.
  constexpr void append(const TrellisLists& part, int way_in) {
    const TrellisState& first = part.states[0];
    const int shared = first.first_edge + first.count;  // edges
    const int states = static_cast<int>(out_.states.size()) - 1;
    const int edges = static_cast<int>(out_.edges.size()) - shared;
    const int items = static_cast<int>(out_.items.size());
    append_items(part, items);
    const auto moved = [&](const TrellisEdge& edge) -> TrellisEdge {
      return {edge.target < 0 ? edge.target : edge.target + states, edge.list < 0 ? edge.list : edge.list + items};
    };
    out_.edges[way_in] = moved(part.edges.data()[way_in]);
    const TrellisState* const state = part.states.data();
    for (std::size_t s = 1; s < part.states.size(); ++s) {
      out_.states.push_back({state[s].decision, state[s].first_edge + edges, state[s].count});
    }
    const TrellisEdge* const edge = part.edges.data();
    for (std::size_t e = static_cast<std::size_t>(shared); e < part.edges.size(); ++e) out_.edges.push_back(moved(edge[e]));
  }

  constexpr void append_items(const TrellisLists& part, int before) {
    List<int> now;  // index of each of the part's fragments
    for (const Fragment& fragment : part.fragments) now.push_back(fragment_like(part, fragment));
    const auto moved = [&](int item) { return item < 0 ? item : item + before; };
    for (Item item : part.items) {
      item.parent = moved(item.parent);
      item.list = moved(item.list);
      if (item.fragment >= 0) item.fragment = now[item.fragment];
      out_.items.push_back(item);
    }
  }

  constexpr int fragment_like(const TrellisLists& part, const Fragment& fragment) {
    const GraphNode* const nodes = part.nodes.data() + fragment.first_node;
    if (fragment.op < 0) return out_.join_fragment(nodes->primitive);
    const int* const choices = part.choices.data() + fragment.choices;
    const int known = out_.find_fragment(fragment.op, fragment.in, choices, fragment.choice_count);
    if (known >= 0) return known;
    return out_.add_fragment(fragment, nodes, choices);
  }

  TrellisData out_;
};

}  // namespace hwnas
