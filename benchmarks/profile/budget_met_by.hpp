// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Budgets by the share of architectures that meet them.
#pragma once

#include <cstdint>

#include "hwnas/profile/count_within.hpp"

/// The upper end that about one in `1 / share` architectures meets, from guaranteed counts, in ticks.
template <class P>
std::int64_t budget_met_by(const P& profiler, double share) {
  const auto [lo, hi] = profiler.range();
  std::int64_t low = lo.ticks();
  std::int64_t high = hi.ticks();
  const double wanted = hwnas::space_size<typename P::space>.to_double() * share;
  while (high - low > (hi.ticks() - lo.ticks()) / 4096) {
    const std::int64_t middle = low + (high - low) / 2;
    const hwnas::Bounds b = hwnas::count_within(hwnas::CountOptions{std::int64_t{8} << 20},
                                                hwnas::Within<P>{profiler, lo, P::unit::from_ticks(middle)});
    ((b.lower.to_double() + b.upper.to_double()) / 2 > wanted ? high : low) = middle;
  }
  return high;
}
