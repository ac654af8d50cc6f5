// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Bar charts: one or several bars for each category, upright or lying, with error bars and values.
///        bar_chart({.title = "Top-1", .categories = {"hwnas", "random"}, .series = {{.values = {0.93, 0.91}}},
///                   .value = {.title = "accuracy"}, .horizontal = true})
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/report/chart.hpp"

namespace hwnas {

/// One bar for each category. What is not finite leaves a gap and is counted in the chart's note.
struct BarSeries {
  std::string name = {};
  std::vector<double> values = {};
  std::vector<double> low = {};  ///< ends of the error bars, or none
  std::vector<double> high = {};
};

/// What bar_chart draws. Bars start at zero, on a logarithmic axis at its lower end.
///   Errors   a series with another number of values than categories throws std::invalid_argument
struct BarChart {
  std::string title = {};
  std::string description = {};
  std::string category_title = {};
  std::vector<std::string> categories = {};
  std::vector<BarSeries> series = {};
  Axis value = {};
  bool horizontal = false;                     ///< lying bars, for many categories or long names
  bool show_values = true;                     ///< the value at each bar's end, where there is room for all
  std::optional<int> decimals = std::nullopt;  ///< of the values shown
};

namespace detail {

/// One drawing of a BarChart on one layout. `along` is the pixel of a value, `across` that of a category.
class BarDrawing {
 public:
  BarDrawing(const BarChart& chart, ChartLayout layout) : chart_{chart}, layout_{layout}, canvas_{layout.width} {}

  std::string draw(const std::string& note) {
    double top = draw_title(canvas_, chart_.title);
    std::vector<LegendEntry> entries;
    for (std::size_t k = 0; k < chart_.series.size(); ++k) entries.push_back({chart_.series[k].name, Swatch::bar, k});
    top = draw_legend(canvas_, entries, top);
    range_ = value_range();
    choose_decimals();
    top = draw_y_title(canvas_, chart_.horizontal ? Axis{.title = chart_.category_title} : chart_.value, top);
    const double bottom = chart_.horizontal ? draw_lying(top) : draw_upright(top);
    const double height = draw_note(canvas_, note, bottom);
    return canvas_.finish(height, chart_.title, chart_.description);
  }
  [[nodiscard]] const std::vector<LabelBox>& labels() const { return canvas_.labels(); }

 private:
  [[nodiscard]] bool empty() const {
    for (const BarSeries& series : chart_.series) {
      for (const double value : series.values) {
        if (chart_.value.can_show(value)) return false;
      }
    }
    return true;
  }
  [[nodiscard]] AxisRange value_range() const {
    std::vector<double> all;
    for (const BarSeries& series : chart_.series) {
      all.insert(all.end(), series.values.begin(), series.values.end());
      all.insert(all.end(), series.low.begin(), series.low.end());
      all.insert(all.end(), series.high.begin(), series.high.end());
    }
    Axis axis = chart_.value;
    axis.from_zero = true;
    AxisRange range = axis_range(axis, all);
    // Values stand beyond the bars' ends and need more air than the bars themselves.
    const double air = chart_.show_values && axis.scale == AxisScale::linear ? 0.05 * (range.high - range.low) : 0;
    if (range.high > 0 && !axis.max) range.high += air;
    if (range.low < 0 && !axis.min) range.low -= air;
    return range;
  }
  /// All values with the same magnitude and decimals, three significant digits in the largest.
  [[nodiscard]] std::string value_text(double value) const {
    if (chart_.decimals) return format_number(value, chart_.decimals);
    if (unit_.second == "e" || decimals_ == 7) return fmt::format("{:.3g}", value);  // very large or very small
    return value == 0 ? "0" : fmt::format("{:.{}f}{}", value / unit_.first, decimals_, unit_.second);
  }
  void choose_decimals() {
    double largest = 0;
    const auto for_all = [&](auto f) {
      for (const BarSeries& series : chart_.series) {
        for (const double value : series.values) {
          if (chart_.value.can_show(value)) f(std::abs(value));
        }
      }
    };
    for_all([&](double value) { largest = std::max(largest, value); });
    if (largest == 0) return;
    unit_ = magnitude(largest);
    const int most = std::clamp(2 - static_cast<int>(std::floor(std::log10(largest / unit_.first))), 1, 7);
    for_all([&](double value) {
      const auto exact = [&] {
        const double scaled = value / unit_.first * std::pow(10, decimals_);
        return std::abs(scaled - std::round(scaled)) < 1e-6;
      };
      while (decimals_ < most && !exact()) ++decimals_;
    });
  }
  [[nodiscard]] double widest_value() const {
    double width = 0;
    for (const BarSeries& series : chart_.series) {
      for (const double value : series.values) {
        if (chart_.value.can_show(value)) width = std::max(width, text_width(value_text(value), chart_text));
      }
    }
    return chart_.show_values ? width : 0;
  }
  [[nodiscard]] double baseline() const {
    return chart_.value.scale == AxisScale::linear ? std::clamp(0.0, range_.low, range_.high) : range_.low;
  }

  /// Room that the names of reference lines take beside upright bars.
  [[nodiscard]] double widest_line() const {
    double width = 0;
    for (const ReferenceLine& line : chart_.value.lines)
      width = std::max(width, text_width(line.label, chart_text) + 6);
    return std::min(width, layout_.width * 0.22);
  }
  /// Reference lines with their names outside the plot, where no bar is behind them.
  void draw_lines() {
    for (const ReferenceLine& line : chart_.value.lines) {
      if (!chart_.value.can_show(line.at) || !along_.shows(line.at)) continue;
      const double at = along_(line.at);
      if (chart_.horizontal) {
        canvas_.line(at, plot_.top, at, plot_.bottom, "limit");
        const std::string text = ellipsise(line.label, layout_.width / 2, chart_text);
        const double half = text_width(text, chart_text) / 2, x = std::clamp(at, half, layout_.width - half);
        canvas_.text(text, {.x = x, .y = plot_.top - 5, .anchor = Anchor::middle, .full_text = line.label});
      } else {
        canvas_.line(plot_.left, at, plot_.right, at, "limit");
        canvas_.text(ellipsise(line.label, widest_line() - 5.9, chart_text),
                     {.x = plot_.right + 6, .y = at + 4, .full_text = line.label});
      }
    }
  }

  /// Returns where the chart's lower part ends.
  double draw_upright(double top) {
    const AxisTicks ticks = axis_ticks(chart_.value.scale, range_, static_cast<int>(layout_.plot_height / 44));
    plot_ = {chart_margin + std::max(20.0, widest(ticks.labels)) + 8, top, layout_.width - 16 - widest_line(),
             top + layout_.plot_height};
    along_ = {.scale = chart_.value.scale, .range = range_, .from = plot_.bottom, .to = plot_.top};
    band_ = (plot_.right - plot_.left) / static_cast<double>(std::max<std::size_t>(1, chart_.categories.size()));
    if (empty()) {
      draw_nothing(canvas_, plot_);
      return plot_.bottom + 8;
    }
    draw_y_axis(canvas_, ticks, along_, plot_);
    draw_bars();
    canvas_.line(plot_.left, along_(baseline()), plot_.right, along_(baseline()), "axis");
    draw_lines();
    const double below = draw_names_below();
    if (chart_.category_title.empty()) return below;
    draw_x_title(canvas_, {.title = chart_.category_title}, plot_, below + 14);
    return below + 20;
  }

  /// Category names side by side over up to three lines, or upwards where they are too long.
  double draw_names_below() {
    bool words_fit = true;
    for (const std::string& name : chart_.categories) {
      const std::vector<std::string> broken = wrap_text(name, band_ - 8, chart_text, 3);
      const bool cut = std::any_of(broken.begin(), broken.end(), [](const auto& line) { return line.ends_with("…"); });
      words_fit = words_fit && (!cut || (band_ > 90 && broken.size() == 3));
    }
    return words_fit ? draw_names_upright() : draw_names_upwards();
  }
  double draw_names_upright() {
    double lowest = plot_.bottom + 20;
    for (std::size_t i = 0; i < chart_.categories.size(); ++i) {
      const double x = plot_.left + (static_cast<double>(i) + 0.5) * band_;
      double y = plot_.bottom + 17;
      for (const std::string& line : wrap_text(chart_.categories[i], band_ - 8, chart_text, 3)) {
        canvas_.text(line, {.x = x, .y = y, .anchor = Anchor::middle, .full_text = chart_.categories[i]});
        lowest = std::max(lowest, y + 5);
        y += chart_line;
      }
    }
    return lowest;
  }
  /// Every k-th name where they are too many.
  double draw_names_upwards() {
    constexpr double longest = 140;
    const auto step = static_cast<std::size_t>(std::max(1.0, std::ceil(chart_line / band_)));
    double lowest = plot_.bottom + 20;
    for (std::size_t i = 0; i < chart_.categories.size(); i += step) {
      const std::string text = ellipsise(chart_.categories[i], longest, chart_text);
      canvas_.text(text, {.x = plot_.left + (static_cast<double>(i) + 0.5) * band_ + 4,
                          .y = plot_.bottom + 7,
                          .anchor = Anchor::end,
                          .vertical = true,
                          .full_text = chart_.categories[i]});
      lowest = std::max(lowest, plot_.bottom + 12 + text_width(text, chart_text));
    }
    return lowest;
  }

  double draw_lying(double top) {
    const auto bars = static_cast<double>(std::max<std::size_t>(1, chart_.series.size()));
    band_ = std::max(24.0, bars * 16 + 8);
    const double names = std::min(widest(chart_.categories), layout_.width * 0.36);
    if (!chart_.value.lines.empty()) top += chart_line;
    const double rows = static_cast<double>(std::max<std::size_t>(empty() ? 4 : 1, chart_.categories.size()));
    const double left = chart_margin + names + 8 + (range_.low < 0 ? widest_value() : 0);
    plot_ = {left, top, layout_.width - 16 - widest_value(), top + rows * band_};
    along_ = {.scale = chart_.value.scale, .range = range_, .from = plot_.left, .to = plot_.right};
    if (empty()) {
      draw_nothing(canvas_, plot_);
      return plot_.bottom + 8;
    }
    draw_x_axis(canvas_, fitting_x_ticks(along_, static_cast<int>(layout_.width / 90)), along_, plot_);
    for (std::size_t i = 0; i < chart_.categories.size(); ++i) {
      const double y = plot_.top + (static_cast<double>(i) + 0.5) * band_ + 4;
      canvas_.text(ellipsise(chart_.categories[i], names + 0.01, chart_text),
                   {.x = chart_margin + names + 2, .y = y, .anchor = Anchor::end, .full_text = chart_.categories[i]});
    }
    draw_bars();
    canvas_.line(along_(baseline()), plot_.top, along_(baseline()), plot_.bottom, "axis");
    draw_lines();
    draw_x_title(canvas_, chart_.value, plot_, plot_.bottom + 36);
    return plot_.bottom + 42;
  }

  /// Both ends of a bar across the value axis.
  [[nodiscard]] std::pair<double, double> across(std::size_t category, std::size_t series) const {
    const auto count = static_cast<double>(chart_.series.size());
    const double slot = std::min(0.8 * band_ / count, chart_.horizontal ? 18.0 : 56.0);
    const double middle = (chart_.horizontal ? plot_.top : plot_.left) + (static_cast<double>(category) + 0.5) * band_;
    const double first = middle + (static_cast<double>(series) - count / 2) * slot;
    const double air = count > 1 ? std::min(1.0, slot * 0.06) : 0;
    return {first + air, first + slot - air};
  }

  void draw_bars() {
    std::vector<std::pair<std::string, TextPlace>> values;
    for (std::size_t k = 0; k < chart_.series.size(); ++k) {
      const BarSeries& series = chart_.series[k];
      for (std::size_t i = 0; i < series.values.size(); ++i) {
        if (!chart_.value.can_show(series.values[i])) continue;
        draw_bar(k, i);
        values.emplace_back(value_text(series.values[i]), value_place(k, i));
      }
    }
    if (chart_.show_values && all_fit(values)) {
      for (const auto& [text, place] : values) canvas_.text(text, place);
    }
  }

  void draw_bar(std::size_t k, std::size_t i) {
    const BarSeries& series = chart_.series[k];
    const auto [first, last] = across(i, k);
    const double from = along_(baseline()), to = along_(std::clamp(series.values[i], range_.low, range_.high));
    const double begin = std::min(from, to), end = std::max(from, to);
    const std::string tooltip =
        fmt::format("{}{}: {}", chart_.categories[i], series.name.empty() ? "" : ", " + series.name,
                    format_number(series.values[i], chart_.decimals));
    const LabelBox box = chart_.horizontal ? LabelBox{begin, first, end, last} : LabelBox{first, begin, last, end};
    canvas_.rect(box, "bar " + colour_class(k), tooltip);
    if (series.low.empty() || !chart_.value.can_show(series.low[i]) || !chart_.value.can_show(series.high[i])) return;
    const double middle = (first + last) / 2, low = along_(std::clamp(series.low[i], range_.low, range_.high)),
                 high = along_(std::clamp(series.high[i], range_.low, range_.high));
    canvas_.path(chart_.horizontal ? fmt::format("M{0:.1f} {1:.1f}v6m0 -3H{2:.1f}m0 -3v6", low, middle - 3, high)
                                   : fmt::format("M{0:.1f} {1:.1f}h6m-3 0V{2:.1f}m-3 0h6", middle - 3, low, high),
                 "error");
  }

  [[nodiscard]] TextPlace value_place(std::size_t k, std::size_t i) const {
    const BarSeries& series = chart_.series[k];
    const auto [first, last] = across(i, k);
    const bool negative = series.values[i] < 0 && chart_.value.scale == AxisScale::linear;
    double end = series.values[i];
    const std::vector<double>& error = negative ? series.low : series.high;
    if (!error.empty() && chart_.value.can_show(error[i]))
      end = negative ? std::min(end, error[i]) : std::max(end, error[i]);
    const double pixel = along_(std::clamp(end, range_.low, range_.high)), middle = (first + last) / 2;
    if (chart_.horizontal) {
      return {.x = pixel + (negative ? -5 : 5),
              .y = middle + 4,
              .anchor = negative ? Anchor::end : Anchor::start,
              .css = "halo"};
    }
    return {.x = middle, .y = pixel + (negative ? 15 : -5), .anchor = Anchor::middle, .css = "halo"};
  }

  /// Values at some bars only would read as if the others had none: all or nothing.
  [[nodiscard]] bool all_fit(const std::vector<std::pair<std::string, TextPlace>>& values) const {
    if (values.size() > 200) return false;
    std::vector<LabelBox> placed;
    for (const auto& [text, place] : values) {
      const LabelBox box = SvgCanvas::box_of(text, place);
      const bool free =
          canvas_.is_free(box) && (chart_.horizontal || (box.top >= plot_.top && box.bottom <= plot_.bottom));
      if (!free ||
          std::any_of(placed.begin(), placed.end(), [&](const LabelBox& other) { return box.overlaps(other); })) {
        return false;
      }
      placed.push_back(box);
    }
    return true;
  }

  const BarChart& chart_;
  ChartLayout layout_;
  SvgCanvas canvas_;
  AxisRange range_ = {};
  std::pair<double, std::string_view> unit_ = {1, ""};
  int decimals_ = 0;
  LabelBox plot_ = {};
  AxisMap along_ = {};
  double band_ = 1;
};

inline void check_lengths(const BarChart& chart) {
  for (const BarSeries& series : chart.series) {
    const std::size_t n = chart.categories.size();
    const bool errors = series.low.size() == series.high.size() && (series.low.empty() || series.low.size() == n);
    if (series.values.size() == n && errors) continue;
    throw std::invalid_argument{
        fmt::format("hwnas: the bar series \"{}\" must have one value, and both ends of an error "
                    "bar or none, for each of the {} categories",
                    series.name, n)};
  }
}

inline Table numbers_of(const BarChart& chart) {
  std::vector<Column> columns{{.name = chart.category_title.empty() ? "category" : chart.category_title}};
  for (const BarSeries& series : chart.series) {
    const std::string name = series.name.empty() ? chart.value.title : series.name;
    columns.push_back({.name = name, .unit = chart.value.unit, .decimals = chart.decimals});
    if (series.low.empty()) continue;
    columns.push_back({.name = name + " low", .unit = chart.value.unit, .decimals = chart.decimals});
    columns.push_back({.name = name + " high", .unit = chart.value.unit, .decimals = chart.decimals});
  }
  Table table{columns};
  for (std::size_t i = 0; i < chart.categories.size(); ++i) {
    std::vector<TableCell> row{chart.categories[i]};
    for (const BarSeries& series : chart.series) {
      row.emplace_back(series.values[i]);
      if (series.low.empty()) continue;
      row.emplace_back(series.low[i]);
      row.emplace_back(series.high[i]);
    }
    table.add_row(row);
  }
  return table;
}
}  // namespace detail

/// Bars for each category and series.
[[nodiscard]] inline Chart bar_chart(const BarChart& chart) {
  detail::check_lengths(chart);
  std::size_t hidden = 0;
  for (const BarSeries& series : chart.series) {
    for (const double value : series.values) hidden += chart.value.can_show(value) ? 0u : 1u;
  }
  Chart out{.title = chart.title, .description = chart.description};
  if (hidden > 0) {
    out.note = fmt::format("{} not drawn: not finite{}.", counted(hidden, "value"),
                           chart.value.scale == AxisScale::linear ? "" : ", or not positive on a logarithmic axis");
  }
  detail::BarDrawing wide{chart, ChartLayout::wide()}, narrow{chart, ChartLayout::narrow()};
  out.svg = wide.draw(out.note);
  out.narrow_svg = narrow.draw(out.note);
  out.labels = wide.labels();
  out.narrow_labels = narrow.labels();
  out.numbers = detail::numbers_of(chart);
  return out;
}

}  // namespace hwnas
