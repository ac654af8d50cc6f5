// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Axes of charts: what they say, the range that they show, and where a value lies on the canvas.
///        Axis{.title = "latency", .unit = "ms", .lines = {{65.0, "budget 65 ms"}}}
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "hwnas/report/number.hpp"

namespace hwnas {

enum class AxisScale { linear, logarithmic };

/// A line across the chart at one value of an axis: a budget, a baseline.
struct ReferenceLine {
  double at = 0;
  std::string label = {};
};

/// One axis. Limits that are not given, or make no range, come from the data.
struct Axis {
  std::string title = {};
  std::string unit = {};
  AxisScale scale = AxisScale::linear;
  std::optional<double> min = std::nullopt;
  std::optional<double> max = std::nullopt;
  bool from_zero = false;                 ///< a linear axis shows zero also where all data is far from it
  std::vector<ReferenceLine> lines = {};  ///< always inside the shown range

  /// "latency (ms)"
  [[nodiscard]] std::string head() const { return unit.empty() ? title : fmt::format("{} ({})", title, unit); }
  [[nodiscard]] bool can_show(double value) const {
    return is_drawable(value) && (scale == AxisScale::linear || value > 0);
  }
};

/// The values that an axis shows.
struct AxisRange {
  double low = 0;
  double high = 1;
};

/// Where the values of an axis lie: pixel `from` at range.low, pixel `to` at range.high.
struct AxisMap {
  AxisScale scale = AxisScale::linear;
  AxisRange range = {};
  double from = 0;
  double to = 1;

  [[nodiscard]] double operator()(double value) const {
    const double part = scale == AxisScale::linear ? (value - range.low) / (range.high - range.low)
                                                   : std::log(value / range.low) / std::log(range.high / range.low);
    return from + part * (to - from);
  }
  [[nodiscard]] bool shows(double value) const {
    const double slack = 1e-9 * (range.high - range.low);
    return value >= range.low - slack && value <= range.high + slack;
  }
};

/// The range that shows all values that the axis can show, with some air; {0, 1} (or {1, 10}) without any.
[[nodiscard]] inline AxisRange axis_range(const Axis& axis, std::span<const double> values) {
  const bool linear = axis.scale == AxisScale::linear;
  AxisRange range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  const auto include = [&](double value) {
    if (axis.can_show(value)) range = {std::min(range.low, value), std::max(range.high, value)};
  };
  for (const double value : values) include(value);
  for (const ReferenceLine& line : axis.lines) include(line.at);
  if (linear && axis.from_zero) include(0);
  if (range.low > range.high) range = linear ? AxisRange{0, 1} : AxisRange{1, 10};
  const double low = range.low, high = range.high;
  if (linear) {
    // A single value gets a tenth of itself as its span; 4 % of air keeps markers off the frame.
    const bool flat = high - low <= 1e-12 * std::max(std::abs(low), std::abs(high));
    const double air = !flat ? 0.04 * (high - low) : low == 0 ? 1 : 0.1 * std::abs(low);
    range = {low >= 0 && low - air < 0 ? 0 : low - air, high <= 0 && high + air > 0 ? 0 : high + air};
    if (range.low == range.high) range.high += 1;
  } else {
    const double factor = high > low * (1 + 1e-12) ? std::pow(high / low, 0.04) : 1.5;
    range = {low / factor, high * factor};
  }
  AxisRange wanted{axis.min && axis.can_show(*axis.min) ? *axis.min : range.low,
                   axis.max && axis.can_show(*axis.max) ? *axis.max : range.high};
  return wanted.low < wanted.high ? wanted : range;
}

/// Positions and texts of an axis' ticks.
struct AxisTicks {
  std::vector<double> at = {};
  std::vector<std::string> labels = {};
};

[[nodiscard]] inline AxisTicks axis_ticks(AxisScale scale, AxisRange range, int wanted) {
  AxisTicks ticks;
  ticks.at = scale == AxisScale::linear ? linear_ticks(range.low, range.high, wanted)
                                        : log_ticks(range.low, range.high, wanted);
  const bool decades = scale == AxisScale::logarithmic && range.high / range.low >= 10;
  ticks.labels = decades ? log_tick_labels(ticks.at) : tick_labels(ticks.at);
  return ticks;
}

}  // namespace hwnas
