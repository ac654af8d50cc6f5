// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/core/u128.hpp"

#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace {

using namespace hwnas;
using Native = detail::uint128;

static_assert(ipow(10, 38) == ipow(100, 19) && ipow(0, 0) == 1);

TEST(U128, PrintsTheLargest) {
  EXPECT_EQ(fmt::format("{}", u128::max()), "340282366920938463463374607431768211455");
  std::ostringstream out;
  out << ipow(2, 64);
  EXPECT_EQ(out.str(), "18446744073709551616");
  EXPECT_EQ(to_string(0), "0");
}
TEST(U128, RefusesToWrap) {
  EXPECT_THROW(u128::max() + 1, std::overflow_error);
  EXPECT_THROW(u128{1} - 2, std::overflow_error);
  EXPECT_THROW(static_cast<void>(ipow(2, 128)), std::overflow_error);
  EXPECT_THROW(u128{-1}, std::overflow_error);
  EXPECT_THROW(u128{1} / 0, std::domain_error);
  EXPECT_THROW(u128{1} % 0, std::domain_error);
}

RC_GTEST_PROP(U128, ComputesAsTheCompilersIntegerWhereThatDoesNotWrap,
              (std::uint64_t ah, std::uint64_t al, std::uint64_t bh, std::uint64_t bl)) {
  const u128 a = u128::from_words(ah, al);
  const u128 b = u128::from_words(bh, bl);
  const Native x = a.count();
  const Native y = b.count();
  Native expected = 0;
  const auto agrees = [&](bool wraps, auto&& compute) {
    try {
      return compute().count() == expected && !wraps;
    } catch (const std::overflow_error&) {
      return wraps;
    }
  };
  bool wraps = __builtin_add_overflow(x, y, &expected);
  RC_ASSERT(agrees(wraps, [&] { return a + b; }));
  wraps = __builtin_sub_overflow(x, y, &expected);
  RC_ASSERT(agrees(wraps, [&] { return a - b; }));
  wraps = __builtin_mul_overflow(x, y, &expected);
  RC_ASSERT(agrees(wraps, [&] { return a * b; }));
  RC_ASSERT((a <=> b) == (x <=> y) && (a == b) == (x == y));
  if (y != 0) RC_ASSERT((a / b).count() == x / y && (a % b).count() == x % y);
  RC_ASSERT(a.high() == ah && a.low() == al);
}

}  // namespace
