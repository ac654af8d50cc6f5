// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Quantities with units as types: Flops, Params, Bytes, Milliseconds, Millijoules.
///        static_assert(flops.range().max < 600_MFLOPs);     // Flops + Milliseconds does not compile
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>
#include <ostream>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>

namespace hwnas {

/// A number with a unit; the tag says what it counts. Only equal tags add and compare.
///   Table    costs are summed as 64-bit ticks so that any order of summing gives the same result: one tick is one
///            unit for counted quantities and 1e-9 of the unit (picoseconds, picojoules) for measured ones
template <class Tag, class Rep = typename Tag::rep>
class Quantity {
 public:
  using tag = Tag;
  using rep = Rep;

  constexpr Quantity() = default;
  constexpr explicit Quantity(Rep value) : value_{value} {}
  /// The same quantity with another number type: an expectation (double) from a count, for example.
  template <class Other>
    requires std::is_convertible_v<Other, Rep>
  constexpr explicit Quantity(Quantity<Tag, Other> other) : value_{static_cast<Rep>(other.value())} {}

  [[nodiscard]] constexpr Rep value() const { return value_; }
  [[nodiscard]] static constexpr std::string_view unit() { return Tag::unit; }

  [[nodiscard]] static constexpr Quantity from_ticks(std::int64_t ticks) {
    return Quantity{static_cast<Rep>(static_cast<Rep>(ticks) / static_cast<Rep>(Tag::ticks))};
  }
  /// Nearest number of ticks, saturating at the 64-bit ends so that an infinite budget is allowed. NaN gives the least, so
  /// that nothing meets a budget of NaN.
  [[nodiscard]] constexpr std::int64_t ticks() const {
    if constexpr (std::integral<Rep>) {
      return static_cast<std::int64_t>(value_) * Tag::ticks;
    } else {
      if (value_ != value_) return std::numeric_limits<std::int64_t>::min();
      const double scaled = static_cast<double>(value_) * static_cast<double>(Tag::ticks);
      if (scaled >= 9.2e18) return std::numeric_limits<std::int64_t>::max();
      if (scaled <= -9.2e18) return std::numeric_limits<std::int64_t>::min();
      return static_cast<std::int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
  }
  [[nodiscard]] static constexpr Quantity max() {
    return Quantity{std::numeric_limits<Rep>::has_infinity ? std::numeric_limits<Rep>::infinity()
                                                           : std::numeric_limits<Rep>::max()};
  }

  constexpr Quantity& operator+=(Quantity other) { return value_ += other.value_, *this; }
  constexpr Quantity& operator-=(Quantity other) { return value_ -= other.value_, *this; }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
  friend constexpr Quantity operator*(Quantity a, Rep factor) { return Quantity{a.value_ * factor}; }
  friend constexpr Quantity operator*(Rep factor, Quantity a) { return a * factor; }
  friend constexpr Quantity operator/(Quantity a, Rep divisor) { return Quantity{a.value_ / divisor}; }
  friend constexpr double operator/(Quantity a, Quantity b) {
    return static_cast<double>(a.value_) / static_cast<double>(b.value_);
  }
  friend constexpr bool operator==(const Quantity&, const Quantity&) = default;
  friend constexpr auto operator<=>(const Quantity& a, const Quantity& b) { return a.value_ <=> b.value_; }
  friend std::ostream& operator<<(std::ostream& out, Quantity q) { return out << fmt::format("{}", q); }

  // Public only because a class used as a template argument must have public members; use value().
  Rep value_{};
};

namespace unit_tag {
struct Flops {
  using rep = std::int64_t;
  static constexpr std::int64_t ticks = 1;
  static constexpr std::string_view unit = "FLOPs";
};
struct Params {
  using rep = std::int64_t;
  static constexpr std::int64_t ticks = 1;
  static constexpr std::string_view unit = "params";
};
struct Bytes {
  using rep = std::int64_t;
  static constexpr std::int64_t ticks = 1;
  static constexpr std::string_view unit = "B";
};
struct Milliseconds {
  using rep = double;
  static constexpr std::int64_t ticks = 1'000'000'000;
  static constexpr std::string_view unit = "ms";
};
struct Millijoules {
  using rep = double;
  static constexpr std::int64_t ticks = 1'000'000'000;
  static constexpr std::string_view unit = "mJ";
};
}  // namespace unit_tag

using Flops = Quantity<unit_tag::Flops>;                ///< multiply-adds (the number papers print), not operations
using Params = Quantity<unit_tag::Params>;              ///< trainable numbers
using Bytes = Quantity<unit_tag::Bytes>;                ///< bytes of activations
using Milliseconds = Quantity<unit_tag::Milliseconds>;  ///< latency of one inference
using Millijoules = Quantity<unit_tag::Millijoules>;    ///< energy of one inference

inline namespace literals {
// The literal operators' own parameter types: 300_MFLOPs, 0.3_GFLOPs, 5_ms and 5.0_ms are all allowed.
#define HWNAS_LITERAL(suffix, Type, factor)                                                     \
  constexpr Type operator""_##suffix(unsigned long long value) {                                \
    return Type{static_cast<Type::rep>(static_cast<Type::rep>(value) * static_cast<Type::rep>(factor))}; \
  }                                                                                             \
  constexpr Type operator""_##suffix(long double value) {                                       \
    const long double rounding = std::is_integral_v<Type::rep> ? 0.5L : 0.0L;                   \
    return Type{static_cast<Type::rep>(value * static_cast<long double>(factor) + rounding)};   \
  }
// A macro, because a literal's name cannot be a template parameter.
HWNAS_LITERAL(FLOPs, Flops, 1)
HWNAS_LITERAL(kFLOPs, Flops, 1'000)
HWNAS_LITERAL(MFLOPs, Flops, 1'000'000)
HWNAS_LITERAL(GFLOPs, Flops, 1'000'000'000)
HWNAS_LITERAL(params, Params, 1)
HWNAS_LITERAL(kparams, Params, 1'000)
HWNAS_LITERAL(Mparams, Params, 1'000'000)
HWNAS_LITERAL(B, Bytes, 1)
HWNAS_LITERAL(KiB, Bytes, 1024)
HWNAS_LITERAL(MiB, Bytes, 1024 * 1024)
HWNAS_LITERAL(GiB, Bytes, 1024LL * 1024 * 1024)
HWNAS_LITERAL(us, Milliseconds, 1e-3L)
HWNAS_LITERAL(ms, Milliseconds, 1)
HWNAS_LITERAL(s, Milliseconds, 1000)
HWNAS_LITERAL(mJ, Millijoules, 1)
#undef HWNAS_LITERAL
}  // namespace literals

}  // namespace hwnas

/// Prints value and unit: "320427584 FLOPs", "5.25 ms". A format spec applies to the number: {:.2f}.
template <class Tag, class Rep>
struct fmt::formatter<hwnas::Quantity<Tag, Rep>> : fmt::formatter<Rep> {
  template <class Context>
  auto format(const hwnas::Quantity<Tag, Rep>& quantity, Context& context) const {
    auto out = fmt::formatter<Rep>::format(quantity.value(), context);
    return fmt::format_to(out, " {}", Tag::unit);
  }
};
