// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/core/u128.hpp"

#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace u128_test {

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
TEST(U128, KeepsItsValueWhereASumIsRefused) {
  u128 value = u128::max();
  EXPECT_THROW(value += 5, std::overflow_error);
  EXPECT_EQ(value, u128::max());
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

static_assert(u128::max() - u128::max() == 0 && u128::max() * 1 == u128::max() && 1 * u128::max() == u128::max());
static_assert(u128::from_words(1, 0).to_double() == 18446744073709551616.0 && static_cast<double>(u128{12}) == 12.0);
static_assert(!u128{} && u128{1} && static_cast<std::uint64_t>(u128{7}) == 7);

TEST(U128, HoldsTheLargestProductsExactly) {
  const std::uint64_t all = ~std::uint64_t{0};
  EXPECT_EQ(u128{all} * all, u128::max() - 2 * u128{all});  // (2^64 - 1)^2 = 2^128 - 1 - 2 (2^64 - 1)
  EXPECT_EQ(u128::from_words(1ULL << 63, 0), ipow(2, 127));
  EXPECT_THROW(static_cast<void>(ipow(2, 127) * 2), std::overflow_error);
  EXPECT_THROW(static_cast<void>(ipow(2, 64) * ipow(2, 64)), std::overflow_error);
}
TEST(U128, SaysWhatIsWrong) {
  try {
    static_cast<void>(u128::max() + 1);
    FAIL() << "must throw";
  } catch (const std::overflow_error& error) {
    EXPECT_STREQ(error.what(), "hwnas: a count exceeds 128 bits");
  }
}
TEST(U128, FormatsAsTextDoes) { EXPECT_EQ(fmt::format("{:>5}|", u128{42}), "   42|"); }

RC_GTEST_PROP(U128, OverflowsPastTheLargestOnly, (std::uint64_t high, std::uint64_t low)) {
  const u128 a = u128::from_words(high, low);
  RC_ASSERT((u128::max() - a) + a == u128::max());
  RC_ASSERT_THROWS_AS(static_cast<void>((u128::max() - a) + a + 1), std::overflow_error);
  if (a) RC_ASSERT(u128::max() / a * a + u128::max() % a == u128::max());
  if (a > 1) RC_ASSERT_THROWS_AS(static_cast<void>((u128::max() / a + 1) * a), std::overflow_error);
}
RC_GTEST_PROP(U128, PrintsTheCompilersDigits, (std::uint64_t high, std::uint64_t low)) {
  RC_ASSERT(to_string(u128::from_words(high, low)) == fmt::format("{}", u128::from_words(high, low).count()));
}

}  // namespace u128_test
