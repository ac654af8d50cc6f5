// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Grid: a window's costs rounded to steps, so that paths can be counted by how many steps they use.
///        Every edge's cost is taken relative to the cheapest way on and rounded to whole steps. Where a state's edges are
///        rounded is chosen so that they are wrong by nearly the same; what a path's errors may add up to is known exactly.
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
    // Shifts cost a path up to a step an edge, so that many fewer cells are left for the costs.
    const bool shifted = cells > 4 * longest_;
    const std::int64_t whole = shifted ? cells - longest_ : cells;
    step_ = cells == 0 ? divisor_ : std::max<std::int64_t>(1, (upper_ + whole - 1) / whole);
    step_ = (step_ + divisor_ - 1) / divisor_ * divisor_;  // up: a finer one would take more cells than were given
    round(view, shifted);
    set_ends(range);
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

  // Steps of every edge, and between what the errors of a path's edges lie: cost = steps x step + error.
  constexpr void round(const TrellisView& view, bool shifted) {
    std::vector<std::int64_t> least, most;
    least.assign(view.states.size(), 0);
    most.assign(view.states.size(), 0);
    for (std::size_t s = view.states.size(); s-- > 0;) {
      const TrellisState& state = view.states[s];
      const std::int64_t shift = shifted ? shift_of(state) : 0;
      bool none = true;
      for (int v = 0; v < state.count; ++v) {
        const auto e = static_cast<std::size_t>(state.first_edge + v);
        if (closed_[e] != 0) continue;
        const int target = view.edges[e].target;
        const auto next = static_cast<std::size_t>(target);
        steps_[e] = static_cast<int>((relative_[e] + shift) / step_);
        const std::int64_t error = relative_[e] - steps_[e] * step_;
        const std::int64_t low = error + (target == TrellisData::end ? 0 : least[next]);
        const std::int64_t high = error + (target == TrellisData::end ? 0 : most[next]);
        least[s] = none ? low : std::min(least[s], low);
        most[s] = none ? high : std::max(most[s], high);
        none = false;
      }
    }
    if (view.start() == TrellisData::end) return;
    least_error_ = least[static_cast<std::size_t>(view.start())];
    most_error_ = most[static_cast<std::size_t>(view.start())];
  }

  // What to add before rounding down so that the state's edges are wrong by as nearly the same as can be: their remainders
  // lie on a circle of one step, which is cut in its widest gap.
  [[nodiscard]] constexpr std::int64_t shift_of(const TrellisState& state) const {
    std::vector<std::int64_t> remainders;
    for (int v = 0; v < state.count; ++v) {
      const auto e = static_cast<std::size_t>(state.first_edge + v);
      if (closed_[e] == 0) remainders.push_back(relative_[e] % step_);
    }
    if (remainders.size() < 2) return 0;
    std::ranges::sort(remainders);
    std::int64_t first = remainders.front();
    std::int64_t widest = first + step_ - remainders.back();
    for (std::size_t i = 1; i < remainders.size(); ++i) {
      const std::int64_t gap = remainders[i] - remainders[i - 1];
      if (gap > widest) {
        widest = gap;
        first = remainders[i];
      }
    }
    return (step_ - first) % step_;
  }

  // What the window's ends are in steps. An end beyond the range leaves nothing out.
  constexpr void set_ends(const Range<std::int64_t>& range) {
    exact_ = least_error_ == most_error_;
    size_ = (upper_ - least_error_) / step_ + 1;
    certain_last_ = window_->hi() >= range.max ? size_ - 1 : whole_steps(upper_ - most_error_);
    if (lower_ == 0) return;
    first_ = std::max<std::int64_t>(0, whole_steps(lower_ - most_error_ - 1) + 1);
    certain_first_ = std::max<std::int64_t>(0, whole_steps(lower_ - least_error_ - 1) + 1);
  }
  // Rounded down, also below 0.
  [[nodiscard]] constexpr std::int64_t whole_steps(std::int64_t cost) const {
    return cost >= 0 ? cost / step_ : -((-cost + step_ - 1) / step_);
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
  std::int64_t least_error_ = 0;  // of a path's costs in steps
  std::int64_t most_error_ = 0;
  int used_at_start_ = 0;
  bool exact_ = false;
  bool empty_ = false;
};

}  // namespace hwnas
