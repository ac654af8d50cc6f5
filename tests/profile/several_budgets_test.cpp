// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Several narrow budgets at once on a space that no one can enumerate.
#include <cstdint>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/zoo/once_for_all.hpp"

namespace several_budgets_test {

using namespace hwnas;
using Space = zoo::MobileNetV3Ofa;

// A window of a share of the range around its middle.
template <class P>
Within<P> around_middle(const P& profiler, double share) {
  using Unit = typename P::unit;
  const auto range = profiler.range();
  const std::int64_t middle = (range.min.ticks() + range.max.ticks()) / 2;
  const auto half = static_cast<std::int64_t>(static_cast<double>(range.max.ticks() - range.min.ticks()) * share / 2);
  return {profiler, Unit::from_ticks(middle - half), Unit::from_ticks(middle + half)};
}

// Some lie inside both windows, which the search alone did not find.
TEST(SeveralBudgets, NarrowWindowsOfALargeSpaceAreDrawnFrom) {
  const auto flops = around_middle(FlopsProfiler<Space>{}, 0.03);
  const auto params = around_middle(ParamsProfiler<Space>{}, 0.03);
  const auto draw = uniform_within(flops, params);
  ASSERT_TRUE(draw) << draw.error().message;
  Rng rng{3};
  for (int i = 0; i < 200; ++i) {
    const auto a = (*draw)(rng);
    EXPECT_LE(flops.lo, flops.profiler.profile(a));
    EXPECT_LE(flops.profiler.profile(a), flops.hi);
    EXPECT_LE(params.lo, params.profiler.profile(a));
    EXPECT_LE(params.profiler.profile(a), params.hi);
  }
}

}  // namespace several_budgets_test
