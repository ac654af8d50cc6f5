// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A few architectures that between them take every edge of a trellis: what can run anywhere in a space runs in one
///        of them.
#pragma once

#include <cstdint>

#include "hwnas/core/list.hpp"
#include "hwnas/space/trellis_view.hpp"

namespace hwnas {

/// Finds the paths: to an edge by the first way that reaches its state, from there on by edges not taken yet.
class CoveringPaths {
 public:
  explicit CoveringPaths(const TrellisShape& trellis) : trellis_{trellis}, taken_(trellis.edges.size(), 0) {
    way_in_.assign(trellis.states.size(), -1);
    from_.assign(trellis.edges.size(), -1);
    for (std::size_t s = 0; s < trellis.states.size(); ++s) {
      const TrellisState& state = trellis.states[s];
      for (int e = state.first_edge; e < state.first_edge + state.count; ++e) {
        from_[index(e)] = static_cast<int>(s);
        const int target = trellis.edges[index(e)].target;
        if (target != TrellisData::end && way_in_[index(target)] < 0) way_in_[index(target)] = e;
      }
    }
  }

  /// Calls use(values) for each path; one index a decision.
  template <class Use>
  void for_each(Use&& use) {
    if (trellis_.start() == TrellisData::end) return use(values());
    for (std::size_t e = 1; e < taken_.size(); ++e) {
      if (taken_[e] == 0) use(path_through(static_cast<int>(e)));
    }
  }

 private:
  static constexpr std::size_t index(int i) { return static_cast<std::size_t>(i); }
  [[nodiscard]] List<std::uint8_t> values() const { return List<std::uint8_t>(index(trellis_.decisions), 0); }
  [[nodiscard]] const TrellisState& state_of(int edge) const { return trellis_.states[index(from_[index(edge)])]; }

  List<std::uint8_t> path_through(int edge) {
    List<std::uint8_t> result = values();
    for (int e = edge; e >= 0; e = way_in_[index(from_[index(e)])]) take(e, result);
    for (int s = trellis_.edges[index(edge)].target; s != TrellisData::end;) {
      const TrellisState& state = trellis_.states[index(s)];
      int next = state.first_edge;
      for (int e = next; e < state.first_edge + state.count && taken_[index(next)] != 0; ++e) next = e;
      take(next, result);
      s = trellis_.edges[index(next)].target;
    }
    return result;
  }
  void take(int edge, List<std::uint8_t>& values) {
    const TrellisState& state = state_of(edge);
    taken_[index(edge)] = 1;
    values[index(state.decision)] = static_cast<std::uint8_t>(edge - state.first_edge);
  }

  const TrellisShape& trellis_;
  List<char> taken_;
  List<int> way_in_;  // for each state: the first edge that leads there; -1 for the first state
  List<int> from_;    // for each edge: its state
};

}  // namespace hwnas
