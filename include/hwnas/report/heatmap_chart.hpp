// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Heatmaps: a coloured and annotated matrix, its rows and columns ordered and set apart by group.
///        heatmap_chart({.title = "Spearman's rho", .rows = {.labels = devices, .groups = platforms},
///                       .columns = {.labels = devices, .groups = platforms}, .values = rho, .value = {.title =
///                       "rho"}})
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/report/chart.hpp"

namespace hwnas {

/// One side of a heatmap.
struct HeatmapSide {
  std::string title = {};  ///< what a row (column) is
  std::vector<std::string> labels = {};
  std::vector<std::string> groups = {};  ///< a group for each label, or none; equal groups are brought together
  std::vector<std::size_t> order = {};   ///< the labels' indices in the order to show them (a clustering), or none
};

/// What heatmap_chart draws. The colours' range is that of the data unless the value axis has limits.
///   Errors   sizes that do not fit, or an order that is no permutation, throw std::invalid_argument
struct HeatmapChart {
  std::string title = {};
  std::string description = {};
  HeatmapSide rows = {};
  HeatmapSide columns = {};
  std::vector<std::vector<double>> values = {};  ///< values[row][column]; what is not finite is grey
  Axis value = {};                               ///< title, unit and limits; always linear
  int decimals = 2;
  ColourMap colours = ColourMap::sequential;
  double middle = 0;                            ///< the diverging map's neutral value
  std::optional<bool> annotate = std::nullopt;  ///< numbers in the cells; by default up to 40 columns
};

namespace detail {

/// The labels' indices as shown: the given order, with groups together in the order of their first member.
inline std::vector<std::size_t> shown_order(const HeatmapSide& side) {
  std::vector<std::size_t> order = side.order;
  const std::size_t n = side.labels.size();
  if (order.empty()) {
    order.resize(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
  }
  std::vector<bool> seen(n, false);
  for (const std::size_t i : order) {
    if (order.size() != n || i >= n || seen[i]) {
      throw std::invalid_argument{"hwnas: a heatmap's order must name each of its labels once"};
    }
    seen[i] = true;
  }
  if (side.groups.empty()) return order;
  std::vector<std::string> groups;
  for (const std::size_t i : order) {
    if (std::find(groups.begin(), groups.end(), side.groups[i]) == groups.end()) groups.push_back(side.groups[i]);
  }
  const auto rank = [&](std::size_t i) {
    return std::find(groups.begin(), groups.end(), side.groups[i]) - groups.begin();
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  return order;
}

/// One side laid out: where each shown label's cells begin, with a gap between groups.
struct HeatmapTrack {
  std::vector<std::size_t> order = {};
  std::vector<double> begin = {};
  double cell = 0;

  [[nodiscard]] double end() const { return begin.empty() ? 0 : begin.back() + cell; }
};

inline constexpr double group_gap = 6;

inline HeatmapTrack lay_out(const HeatmapSide& side, double from, double cell) {
  HeatmapTrack track{.order = shown_order(side), .cell = cell};
  for (std::size_t i = 0; i < track.order.size(); ++i) {
    const bool apart = i > 0 && !side.groups.empty() && side.groups[track.order[i]] != side.groups[track.order[i - 1]];
    track.begin.push_back(i == 0 ? from : track.begin.back() + cell + (apart ? group_gap : 0));
  }
  return track;
}

/// One drawing of a HeatmapChart, at least as wide as the layout.
class HeatmapDrawing {
 public:
  HeatmapDrawing(const HeatmapChart& chart, ChartLayout layout)
      : chart_{chart},
        annotate_{chart.annotate.value_or(chart.columns.labels.size() <= 40)},
        names_{row_names(layout)},
        left_{chart_margin + names_ + 8 + (chart.rows.groups.empty() ? 0 : 22)},
        cell_{cell_width(layout)},
        canvas_{std::max(layout.width, lay_out(chart.columns, left_, cell_).end() + 16)},
        range_{value_range()} {}

  [[nodiscard]] double width() const { return canvas_.width(); }
  [[nodiscard]] const std::vector<LabelBox>& labels() const { return canvas_.labels(); }

  std::string draw(const std::string& note) {
    double top = draw_subtitle(draw_title(canvas_, chart_.title));
    columns_ = lay_out(chart_.columns, left_, cell_);
    if (columns_.order.empty() || chart_.rows.labels.empty()) {
      draw_nothing(canvas_, {chart_margin, top, canvas_.width() - chart_margin, top + 120});
      return canvas_.finish(draw_note(canvas_, note, top + 126), chart_.title, chart_.description);
    }
    if (!chart_.columns.groups.empty()) top += 20;
    const bool upright = widest(chart_.columns.labels) <= cell_ - 4;
    const double names = upright ? 20 : std::min(widest(chart_.columns.labels), longest_name) + 12;
    rows_ = lay_out(chart_.rows, top + names,
                    annotate_ ? std::clamp(cell_ * 0.8, 24.0, 40.0) : std::clamp(cell_, 4.0, 26.0));
    draw_column_names(top + names, upright);
    draw_row_names();
    draw_groups(top);
    draw_cells();
    const double bottom = draw_colour_bar(rows_.end() + 14);
    return canvas_.finish(draw_note(canvas_, note, bottom), chart_.title, chart_.description);
  }

 private:
  static constexpr double longest_name = 130, annotation = 11;

  [[nodiscard]] double row_names(ChartLayout layout) const {
    return std::min(widest(chart_.rows.labels), std::min(longest_name, layout.width * 0.24));
  }
  [[nodiscard]] std::string cell_text(double value) const {
    return is_drawable(value) ? format_number(value, chart_.decimals) : "–";
  }
  [[nodiscard]] double cell_width(ChartLayout layout) const {
    double least = annotate_ ? 24 : 5;
    if (annotate_) {
      for (const auto& row : chart_.values) {
        for (const double value : row) least = std::max(least, text_width(cell_text(value), annotation) + 6);
      }
    }
    const std::size_t n = std::max<std::size_t>(1, chart_.columns.labels.size());
    const double gaps = lay_out(chart_.columns, 0, 0).end();
    return std::max(least, std::min(56.0, (layout.width - left_ - 16 - gaps) / static_cast<double>(n)));
  }
  [[nodiscard]] AxisRange value_range() const {
    AxisRange range{1e300, -1e300};
    for (const auto& row : chart_.values) {
      for (const double value : row) {
        if (is_drawable(value)) range = {std::min(range.low, value), std::max(range.high, value)};
      }
    }
    if (range.low > range.high) range = {0, 1};
    if (chart_.value.min && is_drawable(*chart_.value.min)) range.low = *chart_.value.min;
    if (chart_.value.max && is_drawable(*chart_.value.max)) range.high = *chart_.value.max;
    if (chart_.colours == ColourMap::diverging) {
      const double reach = std::max(std::abs(range.low - chart_.middle), std::abs(range.high - chart_.middle));
      range = {chart_.middle - reach, chart_.middle + reach};
    }
    return range.low < range.high ? range : AxisRange{range.low - 0.5, range.low + 0.5};
  }

  double draw_subtitle(double top) {
    if (chart_.rows.title.empty() && chart_.columns.title.empty()) return top + 4;
    const std::string text = fmt::format("rows: {}; columns: {}", chart_.rows.title, chart_.columns.title);
    canvas_.text(ellipsise(text, canvas_.width() - 2 * chart_margin, chart_text),
                 {.x = chart_margin, .y = top + 13, .css = "muted", .full_text = text});
    return top + 24;
  }

  void draw_column_names(double base, bool upright) {
    const auto step = static_cast<std::size_t>(upright ? 1 : std::max(1.0, std::ceil(chart_line / cell_)));
    for (std::size_t i = 0; i < columns_.order.size(); i += step) {
      const std::string& name = chart_.columns.labels[columns_.order[i]];
      const double middle = columns_.begin[i] + cell_ / 2;
      canvas_.text(ellipsise(name, longest_name, chart_text), {.x = upright ? middle : middle + 4,
                                                               .y = base - 6,
                                                               .anchor = upright ? Anchor::middle : Anchor::start,
                                                               .vertical = !upright,
                                                               .full_text = name});
    }
  }
  void draw_row_names() {
    const auto step = static_cast<std::size_t>(std::max(1.0, std::ceil(chart_line / rows_.cell)));
    for (std::size_t i = 0; i < rows_.order.size(); i += step) {
      const std::string& name = chart_.rows.labels[rows_.order[i]];
      canvas_.text(
          ellipsise(name, names_ + 0.01, chart_text),
          {.x = left_ - 6, .y = rows_.begin[i] + rows_.cell / 2 + 4, .anchor = Anchor::end, .full_text = name});
    }
  }

  /// Calls f(name, begin, end) for each run of one group.
  template <class Function> static void for_each_group(const HeatmapSide& side, const HeatmapTrack& track, Function f) {
    for (std::size_t begin = 0; begin < track.order.size() && !side.groups.empty();) {
      std::size_t end = begin + 1;
      while (end < track.order.size() && side.groups[track.order[end]] == side.groups[track.order[begin]]) ++end;
      f(side.groups[track.order[begin]], track.begin[begin], track.begin[end - 1] + track.cell);
      begin = end;
    }
  }
  void draw_groups(double columns_bottom) {
    for_each_group(chart_.columns, columns_, [&](const std::string& name, double begin, double end) {
      canvas_.line(begin, columns_bottom - 1, end, columns_bottom - 1, "axis");
      canvas_.text(ellipsise(name, end - begin, annotation), {.x = (begin + end) / 2,
                                                              .y = columns_bottom - 6,
                                                              .anchor = Anchor::middle,
                                                              .size = annotation,
                                                              .css = "muted",
                                                              .full_text = name});
    });
    for_each_group(chart_.rows, rows_, [&](const std::string& name, double begin, double end) {
      canvas_.line(chart_margin + 17, begin, chart_margin + 17, end, "axis");
      canvas_.text(ellipsise(name, end - begin, annotation), {.x = chart_margin + 11,
                                                              .y = (begin + end) / 2,
                                                              .anchor = Anchor::middle,
                                                              .vertical = true,
                                                              .size = annotation,
                                                              .css = "muted",
                                                              .full_text = name});
    });
  }

  [[nodiscard]] CellColour colour_of(double value) const {
    return map_colour(chart_.colours, (value - range_.low) / (range_.high - range_.low));
  }
  void draw_cells() {
    const bool tooltips = rows_.order.size() * columns_.order.size() <= 10000;
    for (std::size_t r = 0; r < rows_.order.size(); ++r) {
      for (std::size_t c = 0; c < columns_.order.size(); ++c) {
        const std::size_t row = rows_.order[r], column = columns_.order[c];
        const double value = chart_.values[row][column], x = columns_.begin[c], y = rows_.begin[r];
        const bool known = is_drawable(value);
        const CellColour colour = known ? colour_of(value) : CellColour{};
        // Half a pixel of overlap hides the seams that antialiasing leaves between neighbours.
        canvas_.rect({x, y, x + cell_ + (annotate_ ? -1 : 0.5), y + rows_.cell + (annotate_ ? -1 : 0.5)},
                     known ? "cell" : "cell missing",
                     tooltips ? fmt::format("{} / {}: {}", chart_.rows.labels[row], chart_.columns.labels[column],
                                            format_number(value, chart_.decimals))
                              : "",
                     colour.fill);
        if (annotate_) {
          canvas_.text(cell_text(value), {.x = x + (cell_ - 1) / 2,
                                          .y = y + rows_.cell / 2 + 3.5,
                                          .anchor = Anchor::middle,
                                          .size = annotation,
                                          .fill = colour.text});
        }
      }
    }
  }

  /// The colours' key; returns where the next thing may begin.
  double draw_colour_bar(double top) {
    constexpr int steps = 48;
    const double width = std::min(220.0, 0.46 * canvas_.width()), left = chart_margin + 30;
    for (int i = 0; i < steps; ++i) {
      const double part = (i + 0.5) / steps, x = left + width * i / steps;
      canvas_.rect({x, top, x + width / steps + 0.5, top + 10}, "", "", map_colour(chart_.colours, part).fill);
    }
    const AxisMap map{.range = range_, .from = left, .to = left + width};
    const AxisTicks ticks = fitting_x_ticks(map, 4);
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
      const double x = map(ticks.at[i]);
      canvas_.line(x, top + 10, x, top + 14, "axis");
      canvas_.text(ticks.labels[i], {.x = x, .y = top + 27, .anchor = Anchor::middle, .css = "muted"});
    }
    const std::string head = chart_.value.head();
    canvas_.text(ellipsise(head, canvas_.width() - left - width - 16, chart_text),
                 {.x = left + width + 10, .y = top + 10, .css = "muted", .full_text = head});
    return top + 36;
  }

  const HeatmapChart& chart_;
  bool annotate_;
  double names_;
  double left_;
  double cell_;
  SvgCanvas canvas_;
  AxisRange range_;
  HeatmapTrack columns_ = {};
  HeatmapTrack rows_ = {};
};

inline void check_lengths(const HeatmapChart& chart) {
  const auto groups_fit = [](const HeatmapSide& side) {
    return side.groups.empty() || side.groups.size() == side.labels.size();
  };
  const bool columns_fit = std::all_of(chart.values.begin(), chart.values.end(),
                                       [&](const auto& row) { return row.size() == chart.columns.labels.size(); });
  if (chart.values.size() == chart.rows.labels.size() && columns_fit && groups_fit(chart.rows) &&
      groups_fit(chart.columns)) {
    return;
  }
  throw std::invalid_argument{
      "hwnas: a heatmap needs one row of values a row label, one value a column label, and a "
      "group for each label or none"};
}

inline Table numbers_of(const HeatmapChart& chart) {
  std::vector<Column> columns{{.name = chart.rows.title.empty() ? "row" : chart.rows.title}};
  const std::vector<std::size_t> shown = shown_order(chart.columns);
  for (const std::size_t i : shown) columns.push_back({.name = chart.columns.labels[i], .decimals = chart.decimals});
  Table table{columns};
  for (const std::size_t r : shown_order(chart.rows)) {
    std::vector<TableCell> row{chart.rows.labels[r]};
    for (const std::size_t i : shown) row.emplace_back(chart.values[r][i]);
    table.add_row(row);
  }
  return table;
}
}  // namespace detail

/// A matrix of coloured cells. One too wide for a phone keeps its size and is scrolled there.
[[nodiscard]] inline Chart heatmap_chart(const HeatmapChart& chart) {
  detail::check_lengths(chart);
  std::size_t missing = 0;
  for (const auto& row : chart.values) {
    for (const double value : row) missing += is_drawable(value) ? 0u : 1u;
  }
  Chart out{.title = chart.title, .description = chart.description};
  if (missing > 0) out.note = fmt::format("Grey: {} without a finite value.", counted(missing, "cell"));
  detail::HeatmapDrawing wide{chart, ChartLayout::wide()}, narrow{chart, ChartLayout::narrow()};
  out.svg = wide.draw(out.note);
  out.labels = wide.labels();
  if (narrow.width() <= ChartLayout::narrow().width) {
    out.narrow_svg = narrow.draw(out.note);
    out.narrow_labels = narrow.labels();
  }
  out.numbers = detail::numbers_of(chart);
  return out;
}

}  // namespace hwnas
