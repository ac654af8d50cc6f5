// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/core/quantity.hpp"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace {

using namespace hwnas;

static_assert(300_MFLOPs == Flops{300'000'000} && 0.3_GFLOPs == 300_MFLOPs && 2_kparams == Params{2000});
static_assert(1_MiB == Bytes{1'048'576} && 5_ms == 5.0_ms && 2_s == 2000_ms && 250_us == Milliseconds{0.25});
static_assert(Flops{3} + Flops{4} == 7_FLOPs && 2 * Flops{3} == 6_FLOPs && 6_FLOPs / 2 == 3_FLOPs && 6_FLOPs / 4_FLOPs == 1.5);
static_assert(1_ms < 2_ms && Milliseconds::max() > 1e300 * 1_ms);

template <class A, class B>
concept CanAdd = requires(A a, B b) { a + b; };
static_assert(CanAdd<Flops, Flops> && !CanAdd<Flops, Params> && !CanAdd<Milliseconds, Millijoules>);

TEST(Quantity, PrintsItsUnit) {
  EXPECT_EQ(fmt::format("{}", 320427584_FLOPs), "320427584 FLOPs");
  EXPECT_EQ(fmt::format("{:.2f}", 5.254_ms), "5.25 ms");
  EXPECT_EQ(fmt::format("{}", 3_B), "3 B");
}
TEST(Quantity, MeasuredOnesAreSummedInPicoUnits) {
  EXPECT_EQ((1.5_ms).ticks(), 1'500'000'000);
  EXPECT_EQ(Milliseconds{0.4e-9}.ticks(), 0);
  EXPECT_EQ(Milliseconds{0.6e-9}.ticks(), 1);
  EXPECT_EQ(Milliseconds{-0.6e-9}.ticks(), -1);
  EXPECT_EQ(Milliseconds::max().ticks(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ((-1.0 * Milliseconds::max()).ticks(), std::numeric_limits<std::int64_t>::min());
}
RC_GTEST_PROP(Quantity, TicksComeBack, (std::int32_t ticks)) {
  RC_ASSERT(Milliseconds::from_ticks(ticks).ticks() == ticks);
  RC_ASSERT(Flops::from_ticks(ticks).ticks() == ticks);
}

}  // namespace
