// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  SvgCanvas: shapes and text of one chart, where no two texts overlap.
///        SvgCanvas canvas{360};
///        canvas.path("M0 0H90", "axis");
///        canvas.text("budget", {.x = 10, .y = 20});   // false, and nothing drawn, where there is no room
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/report/text.hpp"

namespace hwnas {

/// The room that a placed text takes, in the canvas's units.
struct LabelBox {
  double left = 0, top = 0, right = 0, bottom = 0;
  std::string text = {};

  [[nodiscard]] bool overlaps(const LabelBox& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
  [[nodiscard]] bool contains(double x, double y) const { return left <= x && x <= right && top <= y && y <= bottom; }
};

/// Which end of the text stands at its position.
enum class Anchor { start, middle, end };

/// Where and how a text stands; y is the baseline's. Vertical text reads upwards and x is then its baseline's.
struct TextPlace {
  double x = 0;
  double y = 0;
  Anchor anchor = Anchor::start;
  bool vertical = false;
  double size = 12;
  bool bold = false;
  std::string_view css = {};
  std::string_view fill = {};       ///< a colour that is the same in light and dark
  std::string_view full_text = {};  ///< what the text was before it was shortened
};

/// Size of a chart's ordinary text, in pixels of its natural width.
inline constexpr double chart_text = 12;
/// Height of one line of chart text, no less than any common font's ascent and descent together.
inline constexpr double chart_line = 17;

/// Collects one SVG picture. Shapes lie below all text.
///   Laws   the boxes of labels() are disjoint and lie inside the canvas
class SvgCanvas {
 public:
  explicit SvgCanvas(double width) : width_{width} {}

  [[nodiscard]] double width() const { return width_; }
  [[nodiscard]] const std::vector<LabelBox>& labels() const { return labels_; }

  /// Box of a text at a place, whether it is drawn or not.
  [[nodiscard]] static LabelBox box_of(std::string_view text, const TextPlace& place) {
    // Bold letters of DejaVu Sans and Verdana are 10 to 14 % wider.
    const double length = text_width(text, place.size) * (place.bold ? 1.15 : 1);
    const double before = place.anchor == Anchor::start ? 0 : place.anchor == Anchor::middle ? length / 2 : length;
    // Ascent and descent of DejaVu Sans are 0.93 and 0.24 em, and no common font of a system-ui is taller.
    const double ascent = 0.96 * place.size, descent = 0.27 * place.size;
    if (place.vertical) {
      return {place.x - ascent, place.y + before - length, place.x + descent, place.y + before, std::string{text}};
    }
    return {place.x - before, place.y - ascent, place.x - before + length, place.y + descent, std::string{text}};
  }

  /// True where a box is inside the canvas and meets no text.
  [[nodiscard]] bool is_free(const LabelBox& box) const {
    if (box.left < 0 || box.right > width_ || box.top < 0) return false;
    return std::none_of(labels_.begin(), labels_.end(), [&](const LabelBox& other) { return box.overlaps(other); });
  }

  /// Draws a text where it meets no other; false where it would.
  bool text(std::string_view text, const TextPlace& place) {
    LabelBox box = box_of(text, place);
    if (text.empty() || !is_free(box)) return false;
    text_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{}\"", place.x, place.y, place.size);
    if (place.anchor != Anchor::start) {
      text_ += fmt::format(" text-anchor=\"{}\"", place.anchor == Anchor::middle ? "middle" : "end");
    }
    if (place.vertical) text_ += fmt::format(" transform=\"rotate(-90 {:.1f} {:.1f})\"", place.x, place.y);
    if (place.bold) text_ += " style=\"font-weight:600\"";
    if (!place.css.empty()) text_ += fmt::format(" class=\"{}\"", place.css);
    if (!place.fill.empty()) text_ += fmt::format(" style=\"fill:{}\"", place.fill);
    text_ += '>' + xml_escape(text);
    if (!place.full_text.empty() && place.full_text != text) text_ += title_of(place.full_text);
    text_ += "</text>\n";
    labels_.push_back(std::move(box));
    return true;
  }

  /// A path with a tooltip, if any.
  void path(std::string_view data, std::string_view css, std::string_view tooltip = {}) {
    shapes_ += fmt::format("<path class=\"{}\" d=\"{}\"", css, data);
    shapes_ += tooltip.empty() ? "/>\n" : '>' + title_of(tooltip) + "</path>\n";
  }
  void line(double x1, double y1, double x2, double y2, std::string_view css) {
    path(fmt::format("M{:.1f} {:.1f}L{:.1f} {:.1f}", x1, y1, x2, y2), css);
  }
  void rect(const LabelBox& area, std::string_view css, std::string_view tooltip = {}, std::string_view fill = {}) {
    shapes_ += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"", area.left, area.top,
                           std::max(0.0, area.right - area.left), std::max(0.0, area.bottom - area.top));
    if (!css.empty()) shapes_ += fmt::format(" class=\"{}\"", css);
    if (!fill.empty()) shapes_ += fmt::format(" fill=\"{}\"", fill);
    shapes_ += tooltip.empty() ? "/>\n" : '>' + title_of(tooltip) + "</rect>\n";
  }
  /// Shapes until the matching end_clip show only inside the area. A nested svg element clips without an id, which
  /// would have to be unique in a page of many charts.
  void begin_clip(const LabelBox& area) {
    const double width = area.right - area.left, height = area.bottom - area.top;
    shapes_ += fmt::format(
        "<svg x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2:.1f}\" height=\"{3:.1f}\" "
        "viewBox=\"{0:.1f} {1:.1f} {2:.1f} {3:.1f}\" overflow=\"hidden\">\n",
        area.left, area.top, width, height);
  }
  void end_clip() { shapes_ += "</svg>\n"; }

  /// The svg element; its width follows the page, its proportions stay.
  [[nodiscard]] std::string finish(double height, std::string_view title, std::string_view description) const {
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" "
        "viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" height=\"{1:.0f}\">\n",
        width_, height);
    out += title_of(title) + '\n';
    if (!description.empty()) out += fmt::format("<desc>{}</desc>\n", xml_escape(description));
    return out + shapes_ + text_ + "</svg>\n";
  }

 private:
  static std::string title_of(std::string_view text) { return fmt::format("<title>{}</title>", xml_escape(text)); }

  double width_;
  std::string shapes_;
  std::string text_;
  std::vector<LabelBox> labels_;
};

}  // namespace hwnas
