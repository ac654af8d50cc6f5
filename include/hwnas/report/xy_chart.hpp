// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Line and scatter charts.
///        line_chart({.title = "Loss", .x = {.title = "step"}, .y = {.title = "loss"}, .series = {{.name = "train", .y
///        = loss}}}) scatter_chart({.title = "Candidates", .x = {.title = "latency", .unit = "ms", .lines = {{65,
///        "budget"}}}, .y = ...,
///                       .series = {{.name = "candidate", .x = latency, .y = accuracy}}, .marks = {{62, 0.93,
///                       "found"}}})
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/report/chart.hpp"
#include "hwnas/report/xy_series.hpp"

namespace hwnas {

namespace detail {

/// One drawing of an XyChart on one layout.
class XyDrawing {
 public:
  XyDrawing(const XyChart& chart, ChartLayout layout) : chart_{chart}, layout_{layout}, canvas_{layout.width} {}

  std::string draw(const std::string& note) {
    double top = draw_title(canvas_, chart_.title);
    top = draw_legend(canvas_, legend(), top);
    const bool empty = place_axes(draw_y_title(canvas_, chart_.y, top));
    if (empty) {
      draw_nothing(canvas_, plot_);
    } else {
      draw_axes();
      for (std::size_t k = 0; k < chart_.series.size(); ++k) draw_series(k);
      draw_marks();
    }
    draw_x_title(canvas_, chart_.x, plot_, plot_.bottom + 36);
    const double height = draw_note(canvas_, note, plot_.bottom + 42);
    return canvas_.finish(height, chart_.title, chart_.description);
  }
  [[nodiscard]] const std::vector<LabelBox>& labels() const { return canvas_.labels(); }

 private:
  struct Pixel {
    double x = 0;
    double y = 0;
  };

  [[nodiscard]] static bool is_line(const Series& series) { return series.style != SeriesStyle::points; }
  /// Points on a line tell its series apart without colour, as long as they do not merge into a thick line.
  [[nodiscard]] static bool has_points(const Series& series) {
    return series.style == SeriesStyle::points || series.style == SeriesStyle::line_points ||
           (series.style == SeriesStyle::line && series.y.size() <= 30);
  }
  [[nodiscard]] bool shows(const Series& series, std::size_t i) const {
    return chart_.x.can_show(series.x_at(i)) && chart_.y.can_show(series.y[i]) && x_.shows(series.x_at(i)) &&
           y_.shows(series.y[i]);
  }
  [[nodiscard]] Pixel pixel(const Series& series, std::size_t i) const { return {x_(series.x_at(i)), y_(series.y[i])}; }

  [[nodiscard]] std::vector<LegendEntry> legend() const {
    std::vector<LegendEntry> entries;
    for (std::size_t k = 0; k < chart_.series.size(); ++k) {
      const Series& series = chart_.series[k];
      const bool line = is_line(series), points = has_points(series);
      entries.push_back({series.name, line && points ? Swatch::line_points : line ? Swatch::line : Swatch::points, k});
    }
    if (chart_.diagonal) entries.push_back({chart_.diagonal_label, Swatch::guide, 0});
    return entries;
  }

  /// Sets the maps and the plot's area; true where there is no point to show.
  bool place_axes(double top) {
    std::vector<double> xs, ys;
    const auto add = [&](double x, double y) {
      if (!chart_.x.can_show(x) || !chart_.y.can_show(y)) return;
      xs.push_back(x);
      ys.push_back(y);
    };
    for (const Series& series : chart_.series) {
      for (std::size_t i = 0; i < series.y.size(); ++i) {
        add(series.x_at(i), series.y[i]);
        if (!series.low.empty()) add(series.x_at(i), series.low[i]);
        if (!series.high.empty()) add(series.x_at(i), series.high[i]);
      }
    }
    for (const Mark& mark : chart_.marks) add(mark.x, mark.y);
    const bool empty = xs.empty();
    if (chart_.diagonal) {
      xs.insert(xs.end(), ys.begin(), ys.end());
      ys = xs;
    }
    x_ = {.scale = chart_.x.scale, .range = axis_range(chart_.x, xs)};
    y_ = {.scale = chart_.y.scale, .range = axis_range(chart_.y, ys)};
    y_ticks_ = axis_ticks(y_.scale, y_.range, static_cast<int>(layout_.plot_height / 44));
    plot_ = {chart_margin + std::max(20.0, widest(y_ticks_.labels)) + 8, top, layout_.width - 16,
             top + layout_.plot_height};
    x_.from = plot_.left, x_.to = plot_.right;
    y_.from = plot_.bottom, y_.to = plot_.top;
    return empty;
  }

  void draw_axes() {
    draw_y_axis(canvas_, y_ticks_, y_, plot_);
    draw_x_axis(canvas_, fitting_x_ticks(x_, static_cast<int>(layout_.width / 80)), x_, plot_);
    canvas_.path(fmt::format("M{:.1f} {:.1f}V{:.1f}H{:.1f}", plot_.left, plot_.top, plot_.bottom, plot_.right), "axis");
    if (chart_.diagonal && x_.scale == y_.scale) {
      const double low = std::max(x_.range.low, y_.range.low), high = std::min(x_.range.high, y_.range.high);
      if (low < high) canvas_.line(x_(low), y_(low), x_(high), y_(high), "guide");
    }
  }

  void draw_series(std::size_t k) {
    const Series& series = chart_.series[k];
    canvas_.begin_clip(plot_);
    if (!series.low.empty()) is_line(series) ? draw_band(k) : draw_whiskers(k);
    if (is_line(series)) draw_line(k);
    canvas_.end_clip();
    if (has_points(series)) draw_points(k);
  }

  /// Runs of neighbouring points that can be drawn; the gaps between them stay open.
  template <class Usable>
  [[nodiscard]] static std::vector<std::vector<std::size_t>> runs(const Series& series, Usable usable) {
    std::vector<std::vector<std::size_t>> runs(1);
    for (std::size_t i = 0; i < series.y.size(); ++i) {
      if (usable(i)) runs.back().push_back(i);
      else if (!runs.back().empty()) runs.emplace_back();
    }
    if (runs.back().empty()) runs.pop_back();
    return runs;
  }

  void draw_line(std::size_t k) {
    const Series& series = chart_.series[k];
    const auto usable = [&](std::size_t i) {
      return chart_.x.can_show(series.x_at(i)) && chart_.y.can_show(series.y[i]);
    };
    std::string path;
    for (const auto& run : runs(series, usable)) {
      std::vector<Pixel> pixels;
      for (const std::size_t i : run) pixels.push_back(pixel(series, i));
      if (series.style != SeriesStyle::steps) pixels = thinned(pixels);
      for (std::size_t i = 0; i < pixels.size(); ++i) {
        if (i > 0 && series.style == SeriesStyle::steps) path += fmt::format("H{:.1f}", pixels[i].x);
        path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? 'M' : 'L', pixels[i].x, pixels[i].y);
      }
      if (pixels.size() == 1) path += "h0";  // the round cap makes a lone point visible
    }
    if (!path.empty()) canvas_.path(path, "line " + line_class(k), series.name);
  }

  /// A long history drawn with its first, lowest, highest and last point of each pixel column looks the same.
  [[nodiscard]] std::vector<Pixel> thinned(const std::vector<Pixel>& pixels) const {
    if (static_cast<double>(pixels.size()) < 4 * layout_.width) return pixels;
    std::vector<Pixel> kept;
    for (std::size_t begin = 0; begin < pixels.size();) {
      std::size_t end = begin, low = begin, high = begin;
      for (; end < pixels.size() && std::floor(pixels[end].x) == std::floor(pixels[begin].x); ++end) {
        if (pixels[end].y < pixels[low].y) low = end;
        if (pixels[end].y > pixels[high].y) high = end;
      }
      const std::set<std::size_t> keep{begin, low, high, end - 1};
      for (const std::size_t i : keep) kept.push_back(pixels[i]);
      begin = end;
    }
    return kept;
  }

  void draw_band(std::size_t k) {
    const Series& series = chart_.series[k];
    const auto usable = [&](std::size_t i) {
      return chart_.x.can_show(series.x_at(i)) && chart_.y.can_show(series.low[i]) && chart_.y.can_show(series.high[i]);
    };
    std::string path;
    for (const auto& run : runs(series, usable)) {
      std::vector<Pixel> upper, lower;
      for (const std::size_t i : run) {
        upper.push_back({x_(series.x_at(i)), y_(series.high[i])});
        lower.push_back({x_(series.x_at(i)), y_(series.low[i])});
      }
      upper = thinned(upper), lower = thinned(lower);
      upper.insert(upper.end(), lower.rbegin(), lower.rend());
      for (std::size_t i = 0; i < upper.size(); ++i) {
        path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? 'M' : 'L', upper[i].x, upper[i].y);
      }
      path += 'z';
    }
    if (!path.empty()) canvas_.path(path, "band " + colour_class(k));
  }

  void draw_whiskers(std::size_t k) {
    const Series& series = chart_.series[k];
    std::string path;
    for (std::size_t i = 0; i < series.y.size(); ++i) {
      if (!shows(series, i) || !chart_.y.can_show(series.low[i]) || !chart_.y.can_show(series.high[i])) continue;
      const double x = x_(series.x_at(i));
      path += fmt::format("M{0:.1f} {1:.1f}h6m-3 0V{2:.1f}m-3 0h6", x - 3, y_(series.high[i]), y_(series.low[i]));
    }
    if (!path.empty()) canvas_.path(path, "whisker " + colour_class(k));
  }

  void draw_points(std::size_t k) {
    const Series& series = chart_.series[k];
    // Above a few hundred a tooltip each makes the page heavy; above a few thousand a marker each does.
    const bool tooltips = !series.labels.empty() && series.y.size() <= 400, dense = series.y.size() > 1500;
    std::set<std::pair<int, int>> drawn;
    std::string path;
    for (std::size_t i = 0; i < series.y.size(); ++i) {
      if (!shows(series, i)) continue;
      const Pixel at = pixel(series, i);
      if (covered_.size() < 20000) covered_.push_back(at);
      if (tooltips) canvas_.path(marker_path(k, at.x, at.y, radius_), "points " + colour_class(k), series.labels[i]);
      else if (!drawn.emplace(std::lround(at.x * 2), std::lround(at.y * 2)).second) continue;
      else path += dense ? fmt::format("M{:.1f} {:.1f}h0", at.x, at.y) : marker_path(k, at.x, at.y, radius_);
    }
    if (!path.empty()) canvas_.path(path, (dense ? "dense " : "points ") + colour_class(k), series.name);
  }

  void draw_marks() {
    std::vector<const Mark*> shown;
    for (const Mark& mark : chart_.marks) {
      const bool fits = chart_.x.can_show(mark.x) && chart_.y.can_show(mark.y) && x_.shows(mark.x) && y_.shows(mark.y);
      if (!fits) continue;
      shown.push_back(&mark);
      for (int i = 0; i < 20; ++i) covered_.push_back({x_(mark.x), y_(mark.y)});  // no label on top of a star
      canvas_.path(star_path(x_(mark.x), y_(mark.y), 10), "found", mark.label);
    }
    for (const Mark* mark : shown) label_mark(*mark);
    draw_x_lines(canvas_, chart_.x, x_, plot_);
    draw_y_lines(canvas_, chart_.y, y_, plot_);
  }

  /// Puts the mark's name where it hides the fewest points, near before far; a far one gets a leader line.
  void label_mark(const Mark& mark) {
    const Pixel at{x_(mark.x), y_(mark.y)};
    const std::string text = ellipsise(mark.label, (plot_.right - plot_.left) * 0.7, chart_text);
    TextPlace best;
    double least = 1e18;
    for (const double far : {13.0, 26.0, 44.0, 66.0, 92.0}) {
      for (const auto& [dx, dy, anchor] : {std::tuple{1., 0., Anchor::start},
                                           {-1., 0., Anchor::end},
                                           {0., -1., Anchor::middle},
                                           {0., 1., Anchor::middle},
                                           {.7, -.7, Anchor::start},
                                           {-.7, -.7, Anchor::end},
                                           {.7, .7, Anchor::start},
                                           {-.7, .7, Anchor::end}}) {
        const TextPlace place{.x = at.x + far * dx,
                              .y = at.y + far * dy + 4 + 5 * dy,
                              .anchor = anchor,
                              .css = "halo",
                              .full_text = mark.label};
        const double cost = cost_of(text, place) + far / 8;
        if (cost < least) least = cost, best = place;
      }
    }
    if (least >= 1e17 || !canvas_.text(text, best)) return;
    if (std::hypot(best.x - at.x, best.y - at.y) > 24) canvas_.line(at.x, at.y, best.x, best.y - 4, "leader");
  }
  [[nodiscard]] double cost_of(const std::string& text, const TextPlace& place) const {
    const LabelBox box = SvgCanvas::box_of(text, place);
    if (box.left < plot_.left || box.right > plot_.right || box.top < plot_.top || box.bottom > plot_.bottom)
      return 1e18;
    if (!canvas_.is_free(box)) return 1e18;
    return static_cast<double>(std::count_if(covered_.begin(), covered_.end(),
                                             [&](const Pixel& point) { return box.contains(point.x, point.y); }));
  }

  const XyChart& chart_;
  ChartLayout layout_;
  SvgCanvas canvas_;
  LabelBox plot_ = {};
  AxisMap x_ = {};
  AxisMap y_ = {};
  AxisTicks y_ticks_ = {};
  std::vector<Pixel> covered_ = {};
  static constexpr double radius_ = 3.4;
};

inline Chart draw_xy(XyChart chart, SeriesStyle fallback) {
  for (Series& series : chart.series) {
    check_lengths(series);
    if (series.style == SeriesStyle::automatic) series.style = fallback;
  }
  Chart out{.title = chart.title, .description = chart.description, .note = points_note(chart)};
  XyDrawing wide{chart, ChartLayout::wide()}, narrow{chart, ChartLayout::narrow()};
  out.svg = wide.draw(out.note);
  out.narrow_svg = narrow.draw(out.note);
  out.labels = wide.labels();
  out.narrow_labels = narrow.labels();
  out.numbers = numbers_of(chart);
  return out;
}
}  // namespace detail

/// Lines over a common axis: histories, trade-off curves, fronts (SeriesStyle::steps), with bands.
[[nodiscard]] inline Chart line_chart(XyChart chart) { return detail::draw_xy(std::move(chart), SeriesStyle::line); }

/// Clouds of points: candidates, predicted against measured (`.diagonal = true`), with error bars and marked points.
[[nodiscard]] inline Chart scatter_chart(XyChart chart) {
  return detail::draw_xy(std::move(chart), SeriesStyle::points);
}

}  // namespace hwnas
