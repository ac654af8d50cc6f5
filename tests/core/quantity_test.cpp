// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/core/quantity.hpp"

#include <cstdint>
#include <limits>
#include <sstream>
#include <type_traits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace quantity_test {

using namespace hwnas;

static_assert(300_MFLOPs == Flops{300'000'000} && 0.3_GFLOPs == 300_MFLOPs && 2_kparams == Params{2000});
static_assert(0.001_GFLOPs == 1_MFLOPs && 0.001_kFLOPs == 1_FLOPs && 0.29_GFLOPs == 290_MFLOPs);
static_assert(1_MiB == Bytes{1'048'576} && 5_ms == 5.0_ms && 2_s == 2000_ms && 250_us == Milliseconds{0.25});
static_assert(Flops{3} + Flops{4} == 7_FLOPs && 2 * Flops{3} == 6_FLOPs && 6_FLOPs / 2 == 3_FLOPs &&
              6_FLOPs / 4_FLOPs == 1.5);
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

static_assert(7_kFLOPs == Flops{7'000} && 1.5_kFLOPs == Flops{1'500} && 3_Mparams == Params{3'000'000} &&
              9_params == Params{9});
static_assert(3_KiB == Bytes{3 * 1024} && 1.5_KiB == Bytes{1536} && 2_GiB == Bytes{2LL << 30} &&
              4_mJ == Millijoules{4});
static_assert(9_FLOPs - 4_FLOPs == 5_FLOPs && 4_FLOPs - 9_FLOPs == -1 * 5_FLOPs && 7_FLOPs / 2 == 3_FLOPs);
static_assert(Flops::max() == Flops{std::numeric_limits<std::int64_t>::max()} && Flops{} == 0_FLOPs);
static_assert(Milliseconds::from_ticks(2'500'000'000) == 2.5_ms && Flops::from_ticks(12).ticks() == 12);

// An expectation is a count with another number type, and has to be asked for.
using MeanFlops = Quantity<unit_tag::Flops, double>;
static_assert(MeanFlops{3_FLOPs} / 2 == MeanFlops{1.5} && Flops{MeanFlops{2.9}} == 2_FLOPs);
static_assert(!std::is_convertible_v<Flops, MeanFlops> && !std::is_convertible_v<double, Milliseconds> &&
              !std::is_constructible_v<Flops, Params>);

TEST(Quantity, StreamsAsItFormats) {
  std::ostringstream out;
  out << 2.5_mJ << ", " << 3_params;
  EXPECT_EQ(out.str(), "2.5 mJ, 3 params");
}
// A sum of doubles depends on its order (0.1 + 0.2 + 0.3 against 0.3 + 0.2 + 0.1), a sum of ticks does not.
TEST(Quantity, TicksSumAlikeInAnyOrder) {
  EXPECT_NE(0.1_ms + 0.2_ms + 0.3_ms, 0.3_ms + 0.2_ms + 0.1_ms);
  EXPECT_EQ((0.1_ms).ticks() + (0.2_ms).ticks() + (0.3_ms).ticks(), (0.6_ms).ticks());
}
static_assert(Milliseconds{std::numeric_limits<double>::quiet_NaN()}.ticks() ==
              std::numeric_limits<std::int64_t>::min());

TEST(Quantity, SaturatesFiniteBudgetsToo) {
  EXPECT_EQ(Milliseconds{1e10}.ticks(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Milliseconds{-1e10}.ticks(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(Milliseconds{9e9}.ticks(), 9'000'000'000'000'000'000);
}
RC_GTEST_PROP(Quantity, ComparesAndAddsAsItsNumber, (std::int32_t a, std::int32_t b)) {
  RC_ASSERT((Flops{a} <=> Flops{b}) == (a <=> b) && (Flops{a} == Flops{b}) == (a == b));
  Flops sum{a};
  RC_ASSERT((sum += Flops{b}).value() == std::int64_t{a} + b);
  RC_ASSERT((sum -= Flops{b}) == Flops{a});
}

}  // namespace quantity_test
