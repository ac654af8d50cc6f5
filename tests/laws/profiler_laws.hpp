// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The laws of profilers, for every model:
///          profiler_laws(flops);  table_profiler_laws(flops);
#pragma once

#include <gtest/gtest.h>

#include "hwnas/profile/cheapest.hpp"
#include "hwnas/profile/count_within.hpp"
#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/profile/table_profiler.hpp"

namespace laws {

/// The same architecture has the same cost, from every copy.
template <class Space, hwnas::Profiler<Space> P>
void profiler_laws(const P& profiler, int architectures = 50) {
  hwnas::Rng rng{11};
  const P copy = profiler;
  for (int i = 0; i < architectures; ++i) {
    const auto a = hwnas::Uniform<Space>{}(rng);
    EXPECT_EQ(profiler.profile(a), profiler.profile(a));
    EXPECT_EQ(profiler.profile(a), copy.profile(a));
  }
}

/// Ranges, expectations, counts, draws and the cheapest agree with profile().
template <hwnas::TableProfilerType P>
void table_profiler_laws(const P& profiler, int architectures = 50) {
  using Space = typename P::space;
  using Unit = typename P::unit;
  profiler_laws<Space>(profiler, architectures);
  const auto range = profiler.range();
  ASSERT_LE(range.min, range.max);
  hwnas::Rng rng{12};
  for (int i = 0; i < architectures; ++i) EXPECT_TRUE(range.contains(profiler.profile(hwnas::Uniform<Space>{}(rng))));

  const double expected = profiler.expected(hwnas::Probabilities<Space>::uniform()).value();
  const double slack = 1e-9 * static_cast<double>(range.max.value());
  EXPECT_GE(expected, static_cast<double>(range.min.value()) - slack);
  EXPECT_LE(expected, static_cast<double>(range.max.value()) + slack);

  EXPECT_EQ(hwnas::count_within(profiler, range.min, range.max).upper, hwnas::space_size<Space>);
  EXPECT_EQ(profiler.profile(hwnas::cheapest(profiler, 1).front()), range.min);

  const Unit middle{(range.min.value() + range.max.value()) / 2};
  const auto draw = hwnas::uniform_within(profiler, range.min, middle);
  ASSERT_TRUE(draw.has_value());
  for (int i = 0; i < architectures; ++i) EXPECT_LE(profiler.profile((*draw)(rng)), middle);
  const Unit beyond{range.max.value() + 1};
  EXPECT_FALSE(hwnas::uniform_within(profiler, beyond, beyond).has_value());
}

}  // namespace laws
