// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  count_within: how many architectures meet one or several budgets.
///        count_within(flops, 0_FLOPs, 300_MFLOPs).lower
#pragma once

#include <vector>

#include "hwnas/profile/budget_table.hpp"
#include "hwnas/profile/common_trellis.hpp"
#include "hwnas/space/counting.hpp"

namespace hwnas {

/// Guaranteed bounds of a count; equal where it is exact.
struct Bounds {
  u128 lower = 0;
  u128 upper = 0;

  [[nodiscard]] constexpr bool is_exact() const { return lower == upper; }
  friend constexpr bool operator==(const Bounds&, const Bounds&) = default;
};

/// Memory that counting may use for its table, in bytes. Counts are exact where (span / common divisor) x states x 16
/// bytes fits.
struct CountOptions {
  std::int64_t memory = std::int64_t{256} << 20;
};

/// Bounds of the number of architectures inside all windows.
template <class... P>
  requires(sizeof...(P) > 0)
[[nodiscard]] constexpr Bounds count_within(const CountOptions& options, const Within<P>&... budgets) {
  (require_table<P>(), ...);
  if constexpr ((TableProfilerType<P> && ...)) require_one_space<P...>();
  std::vector<Window> windows;
  (windows.push_back(window_of(budgets)), ...);
  CommonTrellis<> common;
  common.share(windows);
  const BudgetTable table{grids_within(windows, options.memory, std::int64_t{1} << 40)};
  return {table.certain(), table.possible()};
}
template <class... P>
[[nodiscard]] constexpr Bounds count_within(const Within<P>&... budgets) {
  return count_within(CountOptions{}, budgets...);
}
template <class P>
[[nodiscard]] constexpr Bounds count_within(const P& profiler, typename P::unit lo, typename P::unit hi) {
  return count_within(Within<P>{profiler, lo, hi});
}

}  // namespace hwnas
