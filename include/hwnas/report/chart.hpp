// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Chart: what every chart function returns, and the parts that they share: title, legend, axes, notes.
///        Chart chart = line_chart({...});   page.chart(chart);   write_file_atomically("loss.svg",
///        standalone_svg(chart))
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "hwnas/report/axis.hpp"
#include "hwnas/report/svg.hpp"
#include "hwnas/report/table.hpp"
#include "hwnas/report/theme.hpp"

namespace hwnas {

/// A drawn chart. A page shows `svg` on a wide screen and `narrow_svg` on a phone, where text would shrink otherwise.
struct Chart {
  std::string title = {};
  std::string description = {};
  std::string note = {};  ///< what is not drawn and why; also written into the picture
  std::string svg = {};
  std::string narrow_svg = {};  ///< empty: the wide one is scrolled sideways instead
  std::vector<LabelBox> labels = {};
  std::vector<LabelBox> narrow_labels = {};
  Table numbers = {};
};

/// The chart as a file of its own, with its style sheet.
[[nodiscard]] inline std::string standalone_svg(const Chart& chart) {
  std::string out = chart.svg;
  const std::size_t head = out.find(">\n");
  if (head == out.npos) return out;
  out.insert(head + 2, fmt::format("<style>{}svg.chart{{background:var(--paper)}}</style>\n", chart_css));
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + out;
}

/// The two shapes in which charts are drawn: a page's column, and a phone.
struct ChartLayout {
  double width = 760;
  double plot_height = 300;

  [[nodiscard]] static ChartLayout wide() { return {}; }
  [[nodiscard]] static ChartLayout narrow() { return {.width = 360, .plot_height = 240}; }
};

/// How a legend shows its entry.
enum class Swatch { line, points, line_points, bar, guide };

struct LegendEntry {
  std::string text = {};
  Swatch swatch = Swatch::line;
  std::size_t series = 0;
};

/// Space between the chart's edge and its text.
inline constexpr double chart_margin = 4;

/// Draws the title over at most three lines; returns where the next thing may begin.
inline double draw_title(SvgCanvas& canvas, const std::string& title) {
  constexpr double size = 14, line = 20;
  double y = 0;
  for (const std::string& part : wrap_text(title, (canvas.width() - 2 * chart_margin) / 1.15, size, 3)) {
    canvas.text(part, {.x = chart_margin, .y = y + 15, .size = size, .bold = true, .full_text = title});
    y += line;
  }
  return y;
}

namespace detail {
inline void draw_swatch(SvgCanvas& canvas, const LegendEntry& entry, double x, double y) {
  const std::string colour = colour_class(entry.series);
  if (entry.swatch == Swatch::guide) canvas.line(x, y, x + 20, y, "guide");
  if (entry.swatch == Swatch::bar) canvas.rect({x + 4, y - 6, x + 16, y + 6}, "bar " + colour);
  if (entry.swatch == Swatch::line || entry.swatch == Swatch::line_points) {
    canvas.line(x, y, x + 20, y, "line " + line_class(entry.series));
  }
  if (entry.swatch == Swatch::points || entry.swatch == Swatch::line_points) {
    canvas.path(marker_path(entry.series, x + 10, y, 4), "points " + colour);
  }
}
}  // namespace detail

/// Draws the legend in rows from the left, above the plot so that it never hides data; nothing for a single entry.
inline double draw_legend(SvgCanvas& canvas, std::span<const LegendEntry> entries, double top) {
  if (entries.size() < 2) return top;
  constexpr double swatch = 26, gap = 16;
  double x = chart_margin, y = top + 4;
  for (const LegendEntry& entry : entries) {
    const double room = canvas.width() - 2 * chart_margin - swatch;
    const std::string text = ellipsise(entry.text.empty() ? "unnamed" : entry.text, room, chart_text);
    const double width = swatch + text_width(text, chart_text);
    if (x > chart_margin && x + width > canvas.width() - chart_margin) {
      x = chart_margin;
      y += chart_line + 2;
    }
    detail::draw_swatch(canvas, entry, x, y + 8);
    canvas.text(text, {.x = x + swatch, .y = y + 12.5, .full_text = entry.text});
    x += width + gap;
  }
  return y + chart_line + 4;
}

/// Draws an axis' name, shortened to the canvas: the vertical one's stands above its axis, where it reads without
/// turning the head, the horizontal one's centred below.
inline void draw_x_title(SvgCanvas& canvas, const Axis& axis, const LabelBox& plot, double baseline) {
  const std::string text = ellipsise(axis.head(), canvas.width() - 2 * chart_margin, chart_text);
  const double half = text_width(text, chart_text) / 2 + 1;
  const double x = std::clamp((plot.left + plot.right) / 2, half, std::max(half, canvas.width() - half));
  canvas.text(text, {.x = x, .y = baseline, .anchor = Anchor::middle, .css = "muted", .full_text = axis.head()});
}
inline double draw_y_title(SvgCanvas& canvas, const Axis& axis, double top) {
  if (axis.title.empty() && axis.unit.empty()) return top + 8;
  const std::string text = ellipsise(axis.head(), canvas.width() - 2 * chart_margin, chart_text);
  canvas.text(text, {.x = chart_margin, .y = top + 14, .css = "muted", .full_text = axis.head()});
  return top + 26;
}

/// Width of the widest of some texts.
[[nodiscard]] inline double widest(std::span<const std::string> texts, double size = chart_text) {
  double width = 0;
  for (const std::string& text : texts) width = std::max(width, text_width(text, size));
  return width;
}

/// Ticks for an axis along the canvas: as many as fit with their labels side by side.
[[nodiscard]] inline AxisTicks fitting_x_ticks(const AxisMap& map, int most) {
  AxisTicks ticks;
  for (int wanted = most; wanted >= 1; --wanted) {
    ticks = axis_ticks(map.scale, map.range, wanted);
    bool fits = true;
    for (std::size_t i = 1; i < ticks.at.size(); ++i) {
      const double need = (text_width(ticks.labels[i - 1], chart_text) + text_width(ticks.labels[i], chart_text)) / 2;
      fits = fits && map(ticks.at[i]) - map(ticks.at[i - 1]) >= need + 8;
    }
    if (fits) break;
  }
  return ticks;
}

/// Grid lines and tick labels of both directions; a label without room is left out, its line stays.
inline void draw_y_axis(SvgCanvas& canvas, const AxisTicks& ticks, const AxisMap& map, const LabelBox& plot) {
  for (std::size_t i = 0; i < ticks.at.size(); ++i) {
    const double y = map(ticks.at[i]);
    canvas.line(plot.left, y, plot.right, y, "grid");
    canvas.text(ticks.labels[i], {.x = plot.left - 6, .y = y + 4, .anchor = Anchor::end, .css = "muted"});
  }
}
inline void draw_x_axis(SvgCanvas& canvas, const AxisTicks& ticks, const AxisMap& map, const LabelBox& plot) {
  for (std::size_t i = 0; i < ticks.at.size(); ++i) {
    const double x = map(ticks.at[i]);
    canvas.line(x, plot.top, x, plot.bottom, "grid");
    const double half = text_width(ticks.labels[i], chart_text) / 2;
    const double inside = std::clamp(x, half, std::max(half, canvas.width() - half));
    canvas.text(ticks.labels[i], {.x = inside, .y = plot.bottom + 17, .anchor = Anchor::middle, .css = "muted"});
  }
}

/// Writes notes below everything else; returns the chart's height.
inline double draw_note(SvgCanvas& canvas, const std::string& note, double top) {
  double y = top;
  for (const std::string& line : wrap_text(note, canvas.width() - 2 * chart_margin, 11, 4)) {
    canvas.text(line, {.x = chart_margin, .y = y + 13, .size = 11, .css = "muted", .full_text = note});
    y += 16;
  }
  return y + chart_margin;
}

/// In the place of a plot without data.
inline void draw_nothing(SvgCanvas& canvas, const LabelBox& plot) {
  canvas.rect(plot, "grid");
  canvas.text(
      "no data to draw",
      {.x = (plot.left + plot.right) / 2, .y = (plot.top + plot.bottom) / 2, .anchor = Anchor::middle, .css = "muted"});
}

/// Tries places in order and draws at the first that is free and inside the area.
inline bool draw_where_free(SvgCanvas& canvas, const std::string& text, std::span<const TextPlace> places,
                            const LabelBox& area) {
  for (const TextPlace& place : places) {
    const LabelBox box = SvgCanvas::box_of(text, place);
    const bool inside =
        box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;
    if (inside && canvas.text(text, place)) return true;
  }
  return false;
}

/// Reference lines across the plot with their labels; a label without room stays as the line's tooltip.
inline void draw_x_lines(SvgCanvas& canvas, const Axis& axis, const AxisMap& map, const LabelBox& plot) {
  for (const ReferenceLine& line : axis.lines) {
    if (!axis.can_show(line.at) || !map.shows(line.at)) continue;
    const double x = map(line.at);
    canvas.path(fmt::format("M{:.1f} {:.1f}V{:.1f}", x, plot.top, plot.bottom), "limit", line.label);
    std::vector<TextPlace> places;
    for (double y = plot.top + 14; y < plot.bottom; y += chart_line) {
      places.push_back({.x = x + 6, .y = y, .css = "halo", .full_text = line.label});
      places.push_back({.x = x - 6, .y = y, .anchor = Anchor::end, .css = "halo", .full_text = line.label});
    }
    const std::string text = ellipsise(line.label, (plot.right - plot.left) * 0.6, chart_text);
    draw_where_free(canvas, text, places, plot);
  }
}
inline void draw_y_lines(SvgCanvas& canvas, const Axis& axis, const AxisMap& map, const LabelBox& plot) {
  for (const ReferenceLine& line : axis.lines) {
    if (!axis.can_show(line.at) || !map.shows(line.at)) continue;
    const double y = map(line.at);
    canvas.path(fmt::format("M{:.1f} {:.1f}H{:.1f}", plot.left, y, plot.right), "limit", line.label);
    std::vector<TextPlace> places;
    for (double x = plot.right - 6; x > plot.left; x -= 40) {
      places.push_back({.x = x, .y = y - 6, .anchor = Anchor::end, .css = "halo", .full_text = line.label});
      places.push_back({.x = x, .y = y + 15, .anchor = Anchor::end, .css = "halo", .full_text = line.label});
    }
    const std::string text = ellipsise(line.label, (plot.right - plot.left) * 0.8, chart_text);
    draw_where_free(canvas, text, places, plot);
  }
}

}  // namespace hwnas
