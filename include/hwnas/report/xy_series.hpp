// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What line and scatter charts are given: series, marked points; their numbers as a table.
///        Series{.name = "candidate", .x = latency, .y = accuracy}
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "hwnas/report/axis.hpp"
#include "hwnas/report/table.hpp"

namespace hwnas {

/// automatic is a line in a line chart and points in a scatter chart; steps go right, then up or down (a front).
enum class SeriesStyle { automatic, line, points, line_points, steps };

/// One line or cloud of points. What is not finite interrupts a line and is counted in the chart's note.
struct Series {
  std::string name = {};
  std::vector<double> x = {};  ///< empty: 0, 1, 2, ...
  std::vector<double> y = {};
  std::vector<double> low = {};          ///< lower ends of the intervals of y: a band at a line, bars at points
  std::vector<double> high = {};         ///< upper ends
  std::vector<std::string> labels = {};  ///< a tooltip for each point
  SeriesStyle style = SeriesStyle::automatic;

  [[nodiscard]] double x_at(std::size_t i) const { return x.empty() ? static_cast<double>(i) : x[i]; }
};

/// A single point to be found at a glance, with its name beside it: the found architecture.
struct Mark {
  double x = 0;
  double y = 0;
  std::string label = {};
};

/// What line_chart and scatter_chart draw.
///   Errors   lists of one series of unequal lengths throw std::invalid_argument
struct XyChart {
  std::string title = {};
  std::string description = {};  ///< one sentence on what the chart shows, read aloud in its place
  Axis x = {};
  Axis y = {};
  std::vector<Series> series = {};
  std::vector<Mark> marks = {};
  bool diagonal = false;  ///< for predicted against measured: equal axes and the line of agreement
  std::string diagonal_label = "perfect agreement";
};

namespace detail {

inline void check_lengths(const Series& series) {
  const auto fits = [&](std::size_t size) { return size == 0 || size == series.y.size(); };
  if (fits(series.x.size()) && fits(series.low.size()) && fits(series.labels.size()) &&
      series.low.size() == series.high.size()) {
    return;
  }
  throw std::invalid_argument{
      fmt::format("hwnas: the series \"{}\" must have as many x, low, high and labels as y ({}), "
                  "or none",
                  series.name, series.y.size())};
}

/// Counts what cannot or must not be drawn.
inline std::string points_note(const XyChart& chart) {
  std::size_t all = 0, hidden = 0;
  const auto inside = [](const Axis& axis, double value) {
    const bool below = axis.min && axis.can_show(*axis.min) && value < *axis.min;
    const bool above = axis.max && axis.can_show(*axis.max) && value > *axis.max;
    return axis.can_show(value) && !below && !above;
  };
  const auto count = [&](double x, double y) {
    ++all;
    hidden += inside(chart.x, x) && inside(chart.y, y) ? 0u : 1u;
  };
  for (const Series& series : chart.series) {
    for (std::size_t i = 0; i < series.y.size(); ++i) count(series.x_at(i), series.y[i]);
  }
  for (const Mark& mark : chart.marks) count(mark.x, mark.y);
  if (hidden == 0) return {};
  const bool logarithmic = chart.x.scale == AxisScale::logarithmic || chart.y.scale == AxisScale::logarithmic;
  const bool limited = chart.x.min || chart.x.max || chart.y.min || chart.y.max;
  return fmt::format("{} of {} not drawn: not finite{}{}.", hidden, counted(all, "point"),
                     logarithmic ? ", not positive on a logarithmic axis" : "", limited ? ", or outside the axes" : "");
}

/// One row a point with its series' name; columns that nothing fills are left out.
inline Table long_numbers(const XyChart& chart, const std::string& x_name, const std::string& y_name) {
  const auto any = [&](const auto& has) { return std::any_of(chart.series.begin(), chart.series.end(), has); };
  const bool intervals = any([](const Series& s) { return !s.low.empty(); });
  const bool labels = !chart.marks.empty() || any([](const Series& s) { return !s.labels.empty(); });
  std::vector<Column> columns{
      {.name = "series"}, {.name = x_name, .unit = chart.x.unit}, {.name = y_name, .unit = chart.y.unit}};
  if (intervals)
    columns.insert(columns.end(), {{.name = "low", .unit = chart.y.unit}, {.name = "high", .unit = chart.y.unit}});
  if (labels) columns.push_back({.name = "label"});
  Table table{columns};
  const auto add = [&](const std::string& name, double x, double y, TableCell low, TableCell high, TableCell label) {
    std::vector<TableCell> row{name, x, y};
    if (intervals) row.insert(row.end(), {low, high});
    if (labels) row.push_back(label);
    table.add_row(row);
  };
  for (const Mark& mark : chart.marks) add("marked", mark.x, mark.y, {}, {}, mark.label);
  for (const Series& s : chart.series) {
    for (std::size_t i = 0; i < s.y.size(); ++i) {
      const auto cell = [&](const auto& list) { return list.empty() ? TableCell{} : TableCell{list[i]}; };
      add(s.name, s.x_at(i), s.y[i], cell(s.low), cell(s.high), cell(s.labels));
    }
  }
  return table;
}

/// Series over the same x stand side by side, others below each other.
inline Table numbers_of(const XyChart& chart) {
  const auto& series = chart.series;
  const bool shared =
      !series.empty() && chart.marks.empty() && std::all_of(series.begin(), series.end(), [&](const Series& s) {
        return s.x == series[0].x && s.y.size() == series[0].y.size() && s.low.empty() && s.labels.empty();
      });
  const std::string x_name = chart.x.title.empty() ? "x" : chart.x.title;
  const std::string y_name = chart.y.title.empty() ? "y" : chart.y.title;
  if (!shared) return long_numbers(chart, x_name, y_name);
  std::vector<Column> columns{{.name = x_name, .unit = chart.x.unit}};
  for (const Series& s : series) columns.push_back({.name = s.name.empty() ? y_name : s.name, .unit = chart.y.unit});
  Table table{columns};
  for (std::size_t i = 0; i < series[0].y.size(); ++i) {
    std::vector<TableCell> row{series[0].x_at(i)};
    for (const Series& s : series) row.emplace_back(s.y[i]);
    table.add_row(row);
  }
  return table;
}

}  // namespace detail
}  // namespace hwnas
