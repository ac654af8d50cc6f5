// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Windows on costs: what a budget means for the edges of a trellis.
///        Within{flops, 0_FLOPs, 300_MFLOPs}
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "hwnas/profile/concepts.hpp"
#include "hwnas/profile/range.hpp"

namespace hwnas {

/// "This profiler's cost lies in [lo, hi]", both ends included.
template <class P>
struct Within {
  using unit_type = typename P::unit;
  P profiler;
  typename P::unit lo{};
  typename P::unit hi{};
};
template <class P, class Lo, class Hi>
Within(P, Lo, Hi) -> Within<P>;

/// A window in ticks on one column, with exact bounds of what is still to come from every state.
class Window {
 public:
  constexpr Window(const TrellisView& view, std::int64_t lo, std::int64_t hi)
      : view_{view},
        lo_{lo},
        hi_{hi},
        min_{best_to_end(view, [](auto a, auto b) { return a < b; })},
        max_{best_to_end(view, [](auto a, auto b) { return a > b; })} {}

  [[nodiscard]] constexpr const TrellisView& view() const { return view_; }
  [[nodiscard]] constexpr std::int64_t lo() const { return lo_; }
  [[nodiscard]] constexpr std::int64_t hi() const { return hi_; }
  [[nodiscard]] constexpr Range<std::int64_t> range() const {
    return {from_start(view_, min_), from_start(view_, max_)};
  }
  [[nodiscard]] constexpr bool contains(std::int64_t cost) const { return lo_ <= cost && cost <= hi_; }
  [[nodiscard]] constexpr std::int64_t min_to_end(int state) const {
    return state == TrellisData::end ? neutral() : min_[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] constexpr std::int64_t max_to_end(int state) const {
    return state == TrellisData::end ? neutral() : max_[static_cast<std::size_t>(state)];
  }
  /// Whether a path that has cost `so_far` on reaching the state may still end inside.
  [[nodiscard]] constexpr bool may_end_inside(std::int64_t so_far, int state) const {
    return view_.combine(so_far, min_to_end(state)) <= hi_ && view_.combine(so_far, max_to_end(state)) >= lo_;
  }

 private:
  // What combining with nothing leaves: costs are never negative.
  [[nodiscard]] static constexpr std::int64_t neutral() { return 0; }

  TrellisView view_;
  std::int64_t lo_;
  std::int64_t hi_;
  std::vector<std::int64_t> min_;
  std::vector<std::int64_t> max_;
};

namespace error {
template <class First, class Other>
struct budgets_of_two_spaces {
  static constexpr bool value = std::is_same_v<typename First::space, typename Other::space>;
};
}  // namespace error

/// Windows are combined edge by edge, which means nothing for the trellises of two spaces.
template <class First, class... Rest>
constexpr void require_one_space() {
  static_assert((error::budgets_of_two_spaces<First, Rest>::value && ...),
                "hwnas: budgets that are combined must be about one space; give every profiler the same space");
}

template <class P>
[[nodiscard]] constexpr Window window_of(const Within<P>& within) {
  require_table<P>();
  return {within.profiler.view(), within.lo.ticks(), within.hi.ticks()};
}

}  // namespace hwnas
