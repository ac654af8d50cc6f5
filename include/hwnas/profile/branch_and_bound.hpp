// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Exact search over architectures with bounds: is anything inside, what is nearest, which are the cheapest.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "hwnas/profile/window.hpp"

namespace hwnas {

/// Depth-first search over paths, pruned by exact bounds on what is still to come in every window.
///   Complexity  exponential at worst; `node_limit` stops it, and `finished` says so
class PathSearch {
 public:
  constexpr explicit PathSearch(const std::vector<Window>& windows, std::int64_t node_limit = 50'000'000)
      : windows_{windows}, nodes_left_{node_limit} {}

  /// Whether some path lies inside every window.
  [[nodiscard]] constexpr bool any() {
    bool found = false;
    visit([&](const std::vector<std::int64_t>&) { return !(found = true); });
    return found;
  }

  /// Smallest cost of one window's column among the paths inside all windows; nullopt where there is none.
  [[nodiscard]] constexpr std::optional<std::int64_t> smallest(std::size_t column) {
    objective_ = static_cast<int>(column);
    std::optional<std::int64_t> best;
    visit([&](const std::vector<std::int64_t>& costs) {
      if (!best || costs[column] < *best) best = costs[column];
      limit_ = *best - 1;  // only a smaller one is of interest from here on
      return true;
    });
    objective_ = -1;
    return best;
  }
  /// Largest cost, likewise.
  [[nodiscard]] constexpr std::optional<std::int64_t> largest(std::size_t column) {
    largest_ = true;
    objective_ = static_cast<int>(column);
    std::optional<std::int64_t> best;
    visit([&](const std::vector<std::int64_t>& costs) {
      if (!best || costs[column] > *best) best = costs[column];
      limit_ = *best + 1;
      return true;
    });
    objective_ = -1;
    largest_ = false;
    return best;
  }

  /// The search looked everywhere.
  [[nodiscard]] constexpr bool finished() const { return nodes_left_ > 0; }

 private:
  constexpr void visit(auto&& found) {
    limit_.reset();
    std::vector<std::int64_t> costs;
    for (const Window& window : windows_) costs.push_back(window.view().base());
    const int start = windows_.front().view().start();
    if (possible(costs, start)) descend(start, costs, found);
  }
  [[nodiscard]] constexpr bool possible(const std::vector<std::int64_t>& costs, int state) const {
    for (std::size_t w = 0; w < windows_.size(); ++w) {
      if (!windows_[w].may_end_inside(costs[w], state)) return false;
    }
    if (objective_ < 0 || !limit_) return true;
    const Window& window = windows_[static_cast<std::size_t>(objective_)];
    const std::int64_t so_far = costs[static_cast<std::size_t>(objective_)];
    return largest_ ? window.view().combine(so_far, window.max_to_end(state)) >= *limit_
                    : window.view().combine(so_far, window.min_to_end(state)) <= *limit_;
  }
  // Returns false to stop everything.
  constexpr bool descend(int s, const std::vector<std::int64_t>& costs, auto& found) {
    if (--nodes_left_ <= 0) return false;
    if (s == TrellisData::end) return found(costs);
    const TrellisView& shape = windows_.front().view();
    const TrellisState& state = shape.states[static_cast<std::size_t>(s)];
    std::vector<std::int64_t> next(costs.size(), 0);
    for (const int v : ordered(state)) {
      const int target = shape.target(state, v);
      for (std::size_t w = 0; w < windows_.size(); ++w) {
        const TrellisView& view = windows_[w].view();
        next[w] = view.combine(costs[w], view.cost(state, v));
      }
      if (possible(next, target) && !descend(target, next, found)) return false;
    }
    return true;
  }
  // The most promising candidates first, so that the limit tightens early.
  [[nodiscard]] constexpr std::vector<int> ordered(const TrellisState& state) const {
    std::vector<int> order;
    for (int v = 0; v < state.count; ++v) order.push_back(v);
    if (objective_ < 0) return order;
    const Window& window = windows_[static_cast<std::size_t>(objective_)];
    const TrellisView& view = window.view();
    const auto bound = [&](int v) {
      const int target = view.target(state, v);
      return view.combine(view.cost(state, v), largest_ ? window.max_to_end(target) : window.min_to_end(target));
    };
    std::sort(order.begin(), order.end(),
              [&](int a, int b) { return largest_ ? bound(a) > bound(b) : bound(a) < bound(b); });
    return order;
  }

  const std::vector<Window>& windows_;
  std::int64_t nodes_left_;
  int objective_ = -1;
  bool largest_ = false;
  std::optional<std::int64_t> limit_{};
};

}  // namespace hwnas
