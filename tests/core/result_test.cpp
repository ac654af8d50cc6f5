// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/core/result.hpp"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace {

using namespace hwnas;

Result<int> half(int n) {
  if (n % 2 != 0) return Error{Error::Code::bad_value, "odd"};
  return n / 2;
}

TEST(Result, HoldsAValueOrThrowsItsError) {
  EXPECT_EQ(half(4).value(), 2);
  EXPECT_EQ(*half(4), 2);
  EXPECT_EQ(half(3).value_or(7), 7);
  ASSERT_FALSE(half(3));
  EXPECT_EQ(half(3).error().code, Error::Code::bad_value);
  try {
    static_cast<void>(half(3).value());
    FAIL() << "value() of an Error must throw";
  } catch (const std::exception& error) {
    EXPECT_STREQ(error.what(), "odd");
  }
}
TEST(Result, GivesAwayWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> owner{std::make_unique<int>(3)};
  const std::unique_ptr<int> taken = std::move(owner).value();
  EXPECT_EQ(*taken, 3);
}
TEST(Result, OfNothingSucceedsOrThrows) {
  EXPECT_NO_THROW(Result<void>{}.value());
  EXPECT_THROW((Result<void>{Error{Error::Code::io, "disk"}}.value()), Error);
}

}  // namespace
