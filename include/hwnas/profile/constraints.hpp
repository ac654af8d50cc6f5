// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Constraints on what a search may draw and choose, as policies.
///        HardConstraint{latency, 65_ms}          at most
///        RangeProfilerFilter{flops, 100_MFLOPs, 300_MFLOPs}
#pragma once

#include <concepts>

#include "hwnas/profile/window.hpp"

namespace hwnas {

/// "No more than this budget", of any table profiler: strategies draw from their own distribution conditioned on it, and
/// what they choose is the best that keeps it.
template <class P> struct HardConstraint {
  using profiler_type = P;
  P profiler;
  typename P::unit budget{};

  [[nodiscard]] Within<P> within() const { return {profiler, typename P::unit{}, budget}; }
};
template <class P, class Budget> HardConstraint(P, Budget) -> HardConstraint<P>;

/// "Inside this range", both ends included: nothing outside is ever drawn.
template <class P> struct RangeProfilerFilter {
  using profiler_type = P;
  P profiler;
  typename P::unit lo{};
  typename P::unit hi{};

  [[nodiscard]] Within<P> within() const { return {profiler, lo, hi}; }
};
template <class P, class Lo, class Hi> RangeProfilerFilter(P, Lo, Hi) -> RangeProfilerFilter<P>;

/// Something that limits a cost: profiler_type, and within() -> Within<profiler_type>.
template <class C>
concept Constraint = requires(const C& c) {
  { c.within() } -> std::same_as<Within<typename C::profiler_type>>;
};

}  // namespace hwnas
