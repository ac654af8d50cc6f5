// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/core/result.hpp"

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

namespace result_test {

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

TEST(Result, PrefersItsValueToTheOtherOne) {
  EXPECT_EQ(half(4).value_or(7), 2);
  EXPECT_TRUE(half(4).has_value());
  EXPECT_FALSE(half(3).has_value());
}
TEST(Result, LetsItsValueBeUsedInPlace) {
  Result<std::string> text{std::string{"ab"}};
  text->push_back('c');
  *text += "d";
  const Result<std::string>& same = text;
  EXPECT_EQ(same.value(), "abcd");
  EXPECT_EQ(same->size(), 4U);
  EXPECT_EQ(*same, "abcd");
}
// A false or a zero is a value like any other.
TEST(Result, OfFalseIsASuccess) {
  EXPECT_TRUE(static_cast<bool>(Result<bool>{false}));
  EXPECT_FALSE(Result<bool>{false}.value());
}
TEST(Result, ThrowsTheErrorItHolds) {
  for (const auto& use : {+[](const Result<int>& r) { static_cast<void>(r.value()); },
                          +[](const Result<int>& r) { static_cast<void>(*r); }}) {
    try {
      use(Error{Error::Code::not_found, "table.csv: cannot be read"});
      FAIL() << "must throw";
    } catch (const Error& error) {
      EXPECT_EQ(error.code, Error::Code::not_found);
      EXPECT_EQ(error.message, "table.csv: cannot be read");
    }
  }
}
TEST(Result, OfNothingKeepsItsError) {
  const Result<void> failed{Error{Error::Code::io, "disk"}};
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Error::Code::io);
  EXPECT_EQ(failed.error().message, "disk");
  EXPECT_TRUE(Result<void>{}.has_value());
}
TEST(Result, OfATemporaryGivesAValueThatLives) {
  static_assert(std::is_same_v<decltype(half(4).value()), int>);
  static_assert(std::is_same_v<decltype(*half(4)), int>);
}
TEST(Result, HasNoErrorWhereThereIsAValue) {
  EXPECT_THROW(static_cast<void>(half(4).error()), std::logic_error);
  EXPECT_THROW(static_cast<void>(Result<void>{}.error()), std::logic_error);
  static_assert(!std::is_convertible_v<Result<int>, bool>);
}

// In constant expressions: a value, copies of it, and what owns memory.
constexpr Result<std::vector<int>> long_enough(std::size_t size) {
  if (size < 32) return Error{Error::Code::bad_value, "too short"};
  return std::vector<int>(size, 7);
}
static_assert([] {
  auto first = long_enough(40);
  const auto second = first;
  first = long_enough(50);
  return first->size() + second->size() == 90 && Result<void>{}.has_value();
}());
TEST(Result, KeepsItsErrorInCopies) {
  auto first = long_enough(1);
  const auto second = first;
  first = long_enough(40);
  EXPECT_TRUE(first);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "too short");
}

}  // namespace result_test
