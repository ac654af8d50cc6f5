// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Grid: a window's costs rounded to steps, so that paths can be counted by how many steps they use.
///        Every edge's cost is taken relative to the cheapest way on; it is rounded down, so a path uses at most its true
///        cost, and less by at most one step an edge.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "hwnas/profile/window.hpp"

namespace hwnas {

/// One dimension of a BudgetTable.
///   Adding costs     cell q of a state counts suffixes of at most q steps
///   Maxima           cell 0: suffixes without an edge that reaches `lo`; cell 1: all; edges over `hi` are closed
class Grid {
 public:
  /// `cells`: how many steps the upper end may take; 0 asks for the exact grid (a step that divides every cost).
  constexpr Grid(const Window& window, std::int64_t cells) : window_{&window} {
    const TrellisView& view = window.view();
    steps_.assign(view.edges.size(), 0);
    closed_.assign(view.edges.size(), 0);
    if (view.rule == Combine::max) {
      size_ = 2;
      first_ = 1;
      used_at_start_ = view.base() >= window.lo() ? 1 : 0;
      for (std::size_t e = 1; e < view.edges.size(); ++e) {
        steps_[e] = view.costs[e] >= window.lo() ? 1 : 0;
        closed_[e] = view.costs[e] > window.hi() ? 1 : 0;
      }
      empty_ = view.base() > window.hi();
      exact_ = true;
      return;
    }
    const Range<std::int64_t> range = window.range();
    empty_ = window.hi() < range.min || window.lo() > range.max || window.hi() < window.lo();
    if (empty_) return;
    upper_ = std::min(window.hi(), range.max) - range.min;
    lower_ = std::max<std::int64_t>(window.lo() - range.min, 0);
    measure_edges(view);
    step_ = cells == 0 ? divisor_ : std::max<std::int64_t>(1, (upper_ + cells - 1) / cells);
    step_ = (step_ + divisor_ - 1) / divisor_ * divisor_;  // up: a finer one would take more cells than were given
    round();
  }

  [[nodiscard]] constexpr bool empty() const { return empty_; }
  /// Steps decide exactly: no path is on the border.
  [[nodiscard]] constexpr bool exact() const { return exact_; }
  [[nodiscard]] constexpr std::int64_t size() const { return size_; }
  [[nodiscard]] constexpr int steps(std::size_t edge) const { return steps_[edge]; }
  [[nodiscard]] constexpr bool closed(std::size_t edge) const { return closed_[edge] != 0; }
  [[nodiscard]] constexpr const Window& window() const { return *window_; }
  [[nodiscard]] constexpr bool is_max() const { return window_->view().rule == Combine::max; }
  [[nodiscard]] constexpr int used_at_start() const { return used_at_start_; }
  /// Highest number of steps a path inside may use, and the lowest.
  [[nodiscard]] constexpr std::int64_t last() const { return size_ - 1; }
  [[nodiscard]] constexpr std::int64_t first() const { return first_; }
  /// Steps that no path outside uses: certain [lowest, highest]; none where highest < lowest.
  [[nodiscard]] constexpr std::int64_t certain_first() const { return certain_first_; }
  [[nodiscard]] constexpr std::int64_t certain_last() const { return certain_last_; }
  /// How many cells the exact grid would have.
  [[nodiscard]] constexpr std::int64_t exact_size() const { return divisor_ == 0 ? 2 : upper_ / divisor_ + 1; }
  /// Most edges a path has.
  [[nodiscard]] constexpr std::int64_t longest() const { return longest_; }
  /// Width of the window in ticks.
  [[nodiscard]] constexpr std::int64_t width() const { return upper_ - lower_; }
  [[nodiscard]] constexpr std::int64_t upper() const { return upper_; }

 private:
  constexpr void measure_edges(const TrellisView& view) {
    relative_.assign(view.edges.size(), 0);
    std::vector<std::int64_t> length(view.states.size(), 0);
    for (std::size_t s = view.states.size(); s-- > 0;) {
      const TrellisState& state = view.states[s];
      for (int v = 0; v < state.count; ++v) {
        const auto e = static_cast<std::size_t>(state.first_edge + v);
        const int target = view.edges[e].target;
        relative_[e] = view.costs[e] + window_->min_to_end(target) - window_->min_to_end(static_cast<int>(s));
        closed_[e] = relative_[e] > upper_ ? 1 : 0;
        if (closed_[e] == 0) divisor_ = std::gcd(divisor_, relative_[e]);
        const std::int64_t rest = target == TrellisData::end ? 0 : length[static_cast<std::size_t>(target)];
        length[s] = std::max(length[s], rest + 1);
      }
    }
    longest_ = view.start() == TrellisData::end ? 0 : length[static_cast<std::size_t>(view.start())];
    divisor_ = std::max<std::int64_t>(divisor_, 1);
  }

  constexpr void round() {
    bool remainders = false;
    for (std::size_t e = 1; e < relative_.size(); ++e) {
      if (closed_[e] != 0) continue;
      steps_[e] = static_cast<int>(relative_[e] / step_);
      remainders = remainders || relative_[e] % step_ != 0;
    }
    // The most that rounding down can hide on one path.
    const std::int64_t hidden = remainders ? longest_ * (step_ - 1) : 0;
    exact_ = hidden == 0;
    size_ = upper_ / step_ + 1;
    first_ = lower_ > hidden ? (lower_ - hidden + step_ - 1) / step_ : 0;
    certain_first_ = (lower_ + step_ - 1) / step_;
    certain_last_ = upper_ >= hidden ? (upper_ - hidden) / step_ : -1;
  }

  const Window* window_;
  std::vector<int> steps_;
  std::vector<std::uint8_t> closed_;
  std::vector<std::int64_t> relative_;
  std::int64_t upper_ = 0;    // window's ends, relative to the cheapest path
  std::int64_t lower_ = 0;
  std::int64_t divisor_ = 0;  // greatest common divisor of all costs
  std::int64_t step_ = 1;
  std::int64_t size_ = 0;
  std::int64_t first_ = 0;
  std::int64_t certain_first_ = 0;
  std::int64_t certain_last_ = 1;
  std::int64_t longest_ = 0;
  int used_at_start_ = 0;
  bool exact_ = false;
  bool empty_ = false;
};

}  // namespace hwnas
