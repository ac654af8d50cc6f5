// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Numbers as people read them, and round positions for an axis.
///        format_number(320427584) == "320,427,584";   linear_ticks(0, 93, 5) == {0, 20, 40, 60, 80}
///        tick_labels({0, 2e8, 4e8}) == {"0", "200M", "400M"}
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace hwnas {

/// Digits in groups of three: "-1234567.89" becomes "-1,234,567.89". Text that is no plain number stays as it is.
[[nodiscard]] inline std::string group_digits(std::string_view number) {
  const std::size_t sign = !number.empty() && number.front() == '-' ? 1 : 0;
  const std::size_t end = std::min(number.find_first_not_of("0123456789", sign), number.size());
  if (number.find_first_not_of("0123456789.", sign) != number.npos) return std::string{number};
  std::string out{number.substr(0, sign)};
  for (std::size_t i = sign; i < end; ++i) {
    if (i > sign && (end - i) % 3 == 0) out += ',';
    out += number[i];
  }
  return out += number.substr(end);
}

/// A number for reading: whole numbers in full with separators, others with six significant digits, or with a fixed
/// number of decimals. What is not a number prints "n/a"; infinity keeps its sign.
[[nodiscard]] inline std::string format_number(double value, std::optional<int> decimals = std::nullopt) {
  if (std::isnan(value)) return "n/a";
  if (std::isinf(value)) return value > 0 ? "∞" : "-∞";
  if (value == 0) value = 0;      // no "-0"
  constexpr double exact = 1e15;  // below, a double holds every whole number
  std::string text;
  if (decimals && std::abs(value) < exact) text = fmt::format("{:.{}f}", value, *decimals);
  else if (value == std::trunc(value) && std::abs(value) < exact) text = fmt::format("{:.0f}", value);
  else text = fmt::format("{:.6g}", value);
  if (text.find_first_of("123456789") == text.npos && text.front() == '-') text.erase(0, 1);  // -0.004 to two decimals
  return group_digits(text);
}

/// "1 point", "3,000 points".
[[nodiscard]] inline std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", group_digits(fmt::format("{}", count)), noun, count == 1 ? "" : "s");
}

/// What a chart can place: finite, and far enough from the ends of double that differences are finite too.
[[nodiscard]] inline bool is_drawable(double value) { return std::isfinite(value) && std::abs(value) < 1e150; }

/// Step of 1, 2 or 5 times a power of ten that makes about `wanted` ticks over a positive span (Heckbert 1990, "Nice
/// numbers for graph labels").
[[nodiscard]] inline double nice_step(double span, int wanted) {
  const double raw = span / std::max(wanted, 1);
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (raw <= factor * power * (1 + 1e-9)) return factor * power;
  }
  return 10 * power;
}

/// Round positions inside [low, high], ends included.
[[nodiscard]] inline std::vector<double> linear_ticks(double low, double high, int wanted) {
  std::vector<double> ticks;
  if (!(low < high) || !is_drawable(low) || !is_drawable(high)) return ticks;
  const double step = nice_step(high - low, wanted);
  const double first = std::ceil(low / step - 1e-9);
  const double last = std::floor(high / step + 1e-9);
  // Beyond 2^53 steps neighbours cannot be told apart: a span that small against its offset has no ticks.
  if (!(step > 0) || std::max(std::abs(first), std::abs(last)) > 0x1p52) return ticks;
  for (double k = first; k <= last; ++k) ticks.push_back(k * step + 0.0);
  return ticks;
}

/// Positions for a logarithmic axis: powers of ten, with 2 and 5 between them where there are few; inside a decade
/// round linear positions.
[[nodiscard]] inline std::vector<double> log_ticks(double low, double high, int wanted) {
  std::vector<double> ticks;
  if (!(low > 0) || !(low < high)) return ticks;
  const double decades = std::log10(high) - std::log10(low);
  if (decades < 1) return linear_ticks(low, high, wanted);
  const bool fine = decades * 3 <= wanted + 1;
  const int skip = std::max(1, static_cast<int>(std::ceil(decades / std::max(wanted, 1))));
  const int last = static_cast<int>(std::floor(std::log10(high) + 1e-9));
  for (int power = static_cast<int>(std::floor(std::log10(low))); power <= last; ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor > 1 ? !fine : power % skip != 0) continue;
      const double tick = factor * std::pow(10, power);
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push_back(tick);
    }
  }
  return ticks;
}

namespace detail {
/// Divisor and letter for large numbers on an axis; below 10,000 they are written out.
inline std::pair<double, std::string_view> magnitude(double largest) {
  if (largest >= 1e15) return {1, "e"};
  if (largest >= 1e12) return {1e12, "T"};
  if (largest >= 1e9) return {1e9, "G"};
  if (largest >= 1e6) return {1e6, "M"};
  if (largest >= 1e4) return {1e3, "k"};
  return {1, ""};
}
inline std::string short_number(double value) {
  const auto [factor, letter] = magnitude(std::abs(value));
  if (value != 0 && (letter == "e" || std::abs(value) < 1e-4)) return fmt::format("{:.3g}", value);
  return fmt::format("{:.6g}{}", value / factor, letter);
}
}  // namespace detail

/// Labels of a linear axis' ticks: the same decimals and magnitude (k, M, G, T) for all.
[[nodiscard]] inline std::vector<std::string> tick_labels(std::span<const double> ticks) {
  std::vector<std::string> labels;
  double largest = 0;
  for (const double tick : ticks) largest = std::max(largest, std::abs(tick));
  const double factor = detail::magnitude(largest).first;
  const std::string_view letter = detail::magnitude(largest).second;
  int decimals = 0;
  const auto exact = [&](double tick) {
    const double scaled = tick / factor * std::pow(10, decimals);
    return std::abs(scaled - std::round(scaled)) < 1e-4;
  };
  while (decimals < 7 && !std::all_of(ticks.begin(), ticks.end(), exact)) ++decimals;
  for (const double tick : ticks) {
    if (tick == 0) labels.push_back("0");
    else if (letter == "e" || decimals == 7) labels.push_back(fmt::format("{:.6g}", tick));
    else labels.push_back(fmt::format("{:.{}f}{}", tick / factor, decimals, letter));
  }
  return labels;
}

/// Labels of a logarithmic axis: each with its own magnitude (100, 10k, 1M).
[[nodiscard]] inline std::vector<std::string> log_tick_labels(std::span<const double> ticks) {
  std::vector<std::string> labels;
  for (const double tick : ticks) labels.push_back(detail::short_number(tick));
  return labels;
}

}  // namespace hwnas
