// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  u128: exact counts of architectures; overflow is an error, never a wrap.
///        static_assert(space_size<S> == 6 * ipow(2058, 5));
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <ostream>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

namespace hwnas {
namespace detail {
__extension__ using uint128 = unsigned __int128;  // ISO C++ has no 128-bit integer; both compilers do
}  // namespace detail

/// Unsigned 128-bit integer whose arithmetic throws std::overflow_error instead of wrapping.
class u128 {
 public:
  constexpr u128() = default;
  template <std::integral Integer>
  constexpr u128(Integer value) : value_{static_cast<detail::uint128>(value)} {  // NOLINT: implicit like an integer
    if constexpr (std::signed_integral<Integer>) {
      if (value < 0) throw std::overflow_error{"hwnas: a count must not be negative"};
    }
  }
  [[nodiscard]] static constexpr u128 from_words(std::uint64_t high, std::uint64_t low) {
    return wrap((static_cast<detail::uint128>(high) << 64) | low);
  }
  [[nodiscard]] static constexpr u128 from_count(detail::uint128 count) { return wrap(count); }
  [[nodiscard]] constexpr detail::uint128 count() const { return value_; }
  [[nodiscard]] static constexpr u128 max() { return wrap(~static_cast<detail::uint128>(0)); }

  [[nodiscard]] constexpr std::uint64_t high() const { return static_cast<std::uint64_t>(value_ >> 64); }
  [[nodiscard]] constexpr std::uint64_t low() const { return static_cast<std::uint64_t>(value_); }
  [[nodiscard]] constexpr double to_double() const {
    return static_cast<double>(high()) * 0x1.0p64 + static_cast<double>(low());
  }
  explicit constexpr operator double() const { return to_double(); }
  explicit constexpr operator bool() const { return value_ != 0; }
  template <std::unsigned_integral Integer>
  explicit constexpr operator Integer() const {
    return static_cast<Integer>(value_);
  }

  constexpr u128& operator+=(u128 other) {
    if (other.value_ > ~static_cast<detail::uint128>(0) - value_) overflow();
    value_ += other.value_;
    return *this;
  }
  constexpr u128& operator-=(u128 other) {
    if (other.value_ > value_) overflow();
    value_ -= other.value_;
    return *this;
  }
  constexpr u128& operator*=(u128 other) {
    if (other.value_ != 0 && value_ > ~static_cast<detail::uint128>(0) / other.value_) overflow();
    value_ *= other.value_;
    return *this;
  }
  constexpr u128& operator/=(u128 other) {
    if (other.value_ == 0) throw std::domain_error{"hwnas: a count divided by zero"};
    value_ /= other.value_;
    return *this;
  }
  constexpr u128& operator%=(u128 other) {
    if (other.value_ == 0) throw std::domain_error{"hwnas: a count divided by zero"};
    value_ %= other.value_;
    return *this;
  }
  friend constexpr u128 operator+(u128 a, u128 b) { return a += b; }
  friend constexpr u128 operator-(u128 a, u128 b) { return a -= b; }
  friend constexpr u128 operator*(u128 a, u128 b) { return a *= b; }
  friend constexpr u128 operator/(u128 a, u128 b) { return a /= b; }
  friend constexpr u128 operator%(u128 a, u128 b) { return a %= b; }
  friend constexpr bool operator==(u128 a, u128 b) { return a.value_ == b.value_; }
  friend constexpr std::strong_ordering operator<=>(u128 a, u128 b) {
    return a.value_ < b.value_ ? std::strong_ordering::less
                               : (a.value_ == b.value_ ? std::strong_ordering::equal : std::strong_ordering::greater);
  }

 private:
  static constexpr u128 wrap(detail::uint128 value) {
    u128 result;
    result.value_ = value;
    return result;
  }
  [[noreturn]] static void overflow() { throw std::overflow_error{"hwnas: a count exceeds 128 bits"}; }

  detail::uint128 value_ = 0;
};

/// base^exponent, exact; throws std::overflow_error past 128 bits.
[[nodiscard]] constexpr u128 ipow(u128 base, unsigned exponent) {
  u128 result = 1;
  for (; exponent > 0; --exponent) result *= base;
  return result;
}

/// Decimal digits, without separators.
[[nodiscard]] inline std::string to_string(u128 value) {
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>((value % 10).low())));
    value /= 10;
  } while (value);
  return digits;
}

inline std::ostream& operator<<(std::ostream& out, u128 value) { return out << to_string(value); }

}  // namespace hwnas

template <>
struct fmt::formatter<hwnas::u128> : fmt::formatter<std::string> {
  template <class Context>
  auto format(hwnas::u128 value, Context& context) const {
    return fmt::formatter<std::string>::format(hwnas::to_string(value), context);
  }
};
