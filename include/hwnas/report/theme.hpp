// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Colours, markers and the style sheet of charts: light and dark by CSS custom properties.
///        Series k takes colour, dash pattern and marker k, so nothing is told by colour alone.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace hwnas {

/// Colours in the style sheet; series beyond take them again with another marker and dash pattern.
inline constexpr std::size_t series_colours = 8;

/// Style sheet of every chart. The series colours are Okabe and Ito's (2008, "Color Universal Design"), distinct with
/// every common colour blindness, darkened for white paper or lightened for dark until each has contrast 3:1 or more.
inline constexpr std::string_view chart_css = R"css(
:root{--paper:#ffffff;--ink:#1f2933;--muted:#52606d;--grid:#e3e7ec;--axis:#8a96a3;--mark:#c2185b;--missing:#d5dbe1;
--s0:#0072b2;--s1:#d55e00;--s2:#00845f;--s3:#a8508f;--s4:#a87400;--s5:#3d8fc4;--s6:#5d4fb3;--s7:#6b7480}
@media (prefers-color-scheme:dark){:root{--paper:#14181d;--ink:#e6e9ec;--muted:#a3adb8;--grid:#2b323a;--axis:#6b7785;
--mark:#ff77a9;--missing:#3a424c;
--s0:#56b4e9;--s1:#ff8f4d;--s2:#2fc79b;--s3:#e19cc9;--s4:#e6b94a;--s5:#9ad1f5;--s6:#aaa0ff;--s7:#b3bcc6}}
svg.chart{display:block;width:100%;height:auto;color:var(--ink)}
svg.chart text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-weight:400;
font-variant-numeric:tabular-nums;letter-spacing:0;fill:var(--ink);stroke:none}
svg.chart .muted{fill:var(--muted)}
svg.chart .halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
svg.chart .grid{stroke:var(--grid);stroke-width:1;fill:none}
svg.chart .axis{stroke:var(--axis);stroke-width:1;fill:none}
svg.chart .guide{stroke:var(--muted);stroke-width:1.25;stroke-dasharray:2 4;fill:none}
svg.chart .limit{stroke:var(--ink);stroke-width:1.25;stroke-dasharray:7 4;fill:none}
svg.chart .leader{stroke:var(--ink);stroke-width:1;fill:none}
svg.chart .found{fill:var(--mark);stroke:var(--paper);stroke-width:1.5}
svg.chart .line{stroke:var(--c);stroke-width:2;stroke-linejoin:round;stroke-linecap:round;fill:none}
svg.chart .points{fill:var(--c);stroke:var(--paper);stroke-width:.6}
svg.chart .dense{stroke:var(--c);stroke-width:3.4;stroke-linecap:round;fill:none;opacity:.55}
svg.chart .whisker{stroke:var(--c);stroke-width:1.25;fill:none}
svg.chart .error{stroke:var(--ink);stroke-width:1.25;fill:none}
svg.chart .band{fill:var(--c);opacity:.18}
svg.chart .bar{fill:var(--c)}
svg.chart .cell{shape-rendering:crispEdges}svg.chart .missing{fill:var(--missing)}
svg.chart .s0{--c:var(--s0)}svg.chart .s1{--c:var(--s1)}svg.chart .s2{--c:var(--s2)}svg.chart .s3{--c:var(--s3)}
svg.chart .s4{--c:var(--s4)}svg.chart .s5{--c:var(--s5)}svg.chart .s6{--c:var(--s6)}svg.chart .s7{--c:var(--s7)}
svg.chart .d1{stroke-dasharray:7 4}svg.chart .d2{stroke-dasharray:2 4}svg.chart .d3{stroke-dasharray:9 3 2 3}
@media print{:root{--paper:#ffffff;--ink:#000000;--muted:#333333}}
)css";

/// Class of the k-th series' colour, and with its dash pattern for lines.
[[nodiscard]] inline std::string colour_class(std::size_t k) { return fmt::format("s{}", k % series_colours); }
[[nodiscard]] inline std::string line_class(std::size_t k) { return fmt::format("s{} d{}", k % series_colours, k % 4); }

/// Outline of the k-th series' marker around a point: circle, square, triangle, diamond, cross, triangle down.
[[nodiscard]] inline std::string marker_path(std::size_t k, double x, double y, double radius) {
  const double r = radius, a = r * 0.9, t = r * 1.25, w = r * 0.42;
  switch (k % 6) {
    case 0:
      return fmt::format("M{:.1f} {:.1f}a{r:.1f} {r:.1f} 0 1 0 {:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {:.1f} 0z", x - r, y,
                         2 * r, -2 * r, fmt::arg("r", r));
    case 1:
      return fmt::format("M{:.1f} {:.1f}h{:.1f}v{:.1f}h{:.1f}z", x - a, y - a, 2 * a, 2 * a, -2 * a);
    case 2:
      return fmt::format("M{:.1f} {:.1f}l{:.1f} {:.1f}h{:.1f}z", x, y - t, t, 2 * a, -2 * t);
    case 3:
      return fmt::format("M{:.1f} {:.1f}l{t:.1f} {t:.1f}l{:.1f} {t:.1f}l{:.1f} {:.1f}z", x, y - t, -t, -t, -t,
                         fmt::arg("t", t));
    case 4:
      return fmt::format(
          "M{:.1f} {:.1f}h{d:.1f}v{s:.1f}h{s:.1f}v{d:.1f}h{m:.1f}v{s:.1f}h{n:.1f}v{m:.1f}h{n:.1f}"
          "v{n:.1f}h{s:.1f}z",
          x - w, y - t, fmt::arg("d", 2 * w), fmt::arg("s", t - w), fmt::arg("m", -2 * w), fmt::arg("n", -(t - w)));
    default:
      return fmt::format("M{:.1f} {:.1f}l{:.1f} {:.1f}h{:.1f}z", x, y + t, t, -2 * a, -2 * t);
  }
}

/// A five-pointed star, the marker of the found architecture.
[[nodiscard]] inline std::string star_path(double x, double y, double radius) {
  // cos and sin of 72 degree steps from the top; the inner radius of a regular pentagram is 0.382 of the outer.
  constexpr std::array<std::array<double, 2>, 10> corner{{{0, -1},
                                                          {.2245, -.309},
                                                          {.9511, -.309},
                                                          {.3633, .118},
                                                          {.5878, .809},
                                                          {0, .382},
                                                          {-.5878, .809},
                                                          {-.3633, .118},
                                                          {-.9511, -.309},
                                                          {-.2245, -.309}}};
  std::string path;
  for (const auto& [dx, dy] : corner) {
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', x + radius * dx, y + radius * dy);
  }
  return path + "z";
}

/// Colours of a heatmap: sequential from low to high, or diverging around a middle value.
enum class ColourMap { sequential, diverging };

/// A cell's colour and the colour of text that can be read on it.
struct CellColour {
  std::string fill;
  std::string_view text;
};

/// Colour at a position in [0, 1]: ColorBrewer's YlGnBu and RdBu (Harrower and Brewer 2003), both listed there as safe
/// for colour-blind readers. Cells keep their colours on dark paper, so the text on them is chosen here.
[[nodiscard]] inline CellColour map_colour(ColourMap map, double position) {
  using Rgb = std::array<double, 3>;
  constexpr std::array<Rgb, 9> yellow_blue{{{255, 255, 217},
                                            {237, 248, 177},
                                            {199, 233, 180},
                                            {127, 205, 187},
                                            {65, 182, 196},
                                            {29, 145, 192},
                                            {34, 94, 168},
                                            {37, 52, 148},
                                            {8, 29, 88}}};
  constexpr std::array<Rgb, 9> red_blue{{{178, 24, 43},
                                         {214, 96, 77},
                                         {244, 165, 130},
                                         {253, 219, 199},
                                         {247, 247, 247},
                                         {209, 229, 240},
                                         {146, 197, 222},
                                         {67, 147, 195},
                                         {33, 102, 172}}};
  const auto& stops = map == ColourMap::sequential ? yellow_blue : red_blue;
  const double scaled = std::clamp(position, 0.0, 1.0) * 8;
  const std::size_t low = std::min<std::size_t>(static_cast<std::size_t>(scaled), 7);
  Rgb colour{};
  for (std::size_t i = 0; i < 3; ++i) {
    colour[i] = stops[low][i] + (stops[low + 1][i] - stops[low][i]) * (scaled - static_cast<double>(low));
  }
  const double brightness = (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255;  // ITU-R BT.601 luma
  const auto byte = [&](std::size_t i) { return static_cast<int>(colour[i] + 0.5); };
  return {fmt::format("#{:02x}{:02x}{:02x}", byte(0), byte(1), byte(2)), brightness > 0.52 ? "#10151a" : "#ffffff"};
}

}  // namespace hwnas
