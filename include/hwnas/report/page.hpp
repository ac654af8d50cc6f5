// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Page: one self-contained HTML file with key figures, prose, charts and the numbers behind each.
///        Page page{"SPOS on Fashion-MNIST"};
///        page.key_figure({.label = "test accuracy", .value = "93.1 %"});
///        page.section("Search").prose("Each point is one candidate.").chart(scatter_chart({...})).table(candidates);
///        if (auto written = page.write("report.html"); !written) fmt::print(stderr, "{}\n", written.error().message);
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/atomic_file.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/report/chart.hpp"
#include "hwnas/report/table.hpp"
#include "hwnas/report/text.hpp"
#include "hwnas/report/theme.hpp"

namespace hwnas {

/// One large number at the top of a page.
struct KeyFigure {
  std::string label = {};
  std::string value = {};
  std::string note = {};  ///< what to compare it with: "budget 65 ms"
};

/// Rows of numbers shown beside a chart; a page with more would be slow to open, and files hold them all.
inline constexpr std::size_t chart_table_rows = 300;

/// Style sheet of a page beside that of its charts.
inline constexpr std::string_view page_css = R"css(
:root{color-scheme:light dark;--raised:#f5f7f9}
@media (prefers-color-scheme:dark){:root{--raised:#1c2229}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:800px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:1.8rem;line-height:1.2;margin:.4em 0 .3em}h2{font-size:1.3rem;margin:2.2em 0 .5em;padding-top:.6em;
border-top:1px solid var(--grid)}p{margin:.6em 0;max-width:44em}.lead{color:var(--muted);font-size:1.06rem}
h1,h2,p,td,th,figcaption,li,dd{overflow-wrap:anywhere}
a{color:var(--s0)}nav ol{margin:.5em 0;padding-left:1.4em;columns:2 16em}nav{margin:1.2em 0}
dl.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:1.4em 0}
dl.figures div{background:var(--raised);border-radius:8px;padding:12px 14px}dl.figures dt{color:var(--muted);font-size:.85rem}
dl.figures dd{margin:0}dl.figures dd.value{font-size:1.45rem;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}
dl.figures dd.note{color:var(--muted);font-size:.85rem}
figure{margin:1.6em 0}figcaption{color:var(--muted);font-size:.92rem;margin:.4em 0}
.narrow{display:none}.scroll{overflow-x:auto}.scroll:focus-visible{outline:2px solid var(--s0)}
table{border-collapse:collapse;font-size:.9rem;margin:.4em 0}
th,td{text-align:left;padding:.3em .8em;border-bottom:1px solid var(--grid);vertical-align:top}
th{color:var(--muted);font-weight:600}.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.center{text-align:center}th,td{min-width:4em;overflow-wrap:break-word}
details{margin:.4em 0 0}summary{cursor:pointer;color:var(--muted);font-size:.92rem}
pre{background:var(--raised);border-radius:8px;padding:12px 14px;overflow-x:auto;font-size:.86rem;line-height:1.45}
footer{margin-top:3em;color:var(--muted);font-size:.85rem}
@media (max-width:600px){main{padding:12px 12px 48px}h1{font-size:1.5rem}.wide{display:none}.narrow{display:block}}
@media print{details>*{display:block}}
)css";

/// A headed part of a page. Each call adds below what is there.
class Section {
 public:
  explicit Section(std::string title) : title_{std::move(title)} {}

  [[nodiscard]] const std::string& title() const { return title_; }
  [[nodiscard]] const std::string& body() const { return body_; }

  /// Plain text; an empty line begins a new paragraph.
  Section& prose(std::string_view text) {
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find("\n\n", begin), text.size());
      if (end > begin) body_ += fmt::format("<p>{}</p>\n", xml_escape(text.substr(begin, end - begin)));
      begin = end + 2;
    }
    return *this;
  }
  /// Text as it stands: an architecture as a C++ type or as JSON.
  Section& code(std::string_view text) {
    body_ += fmt::format("<pre tabindex=\"0\"><code>{}</code></pre>\n", xml_escape(text));
    return *this;
  }
  Section& table(const Table& table, std::string_view caption = {}) {
    body_ += "<figure>\n";
    if (!caption.empty()) body_ += fmt::format("<figcaption>{}</figcaption>\n", xml_escape(caption));
    body_ += scrolled(table.html()) + "</figure>\n";
    return *this;
  }
  /// The picture, its description, and its numbers folded beneath.
  Section& chart(const Chart& chart) {
    body_ += "<figure>\n";
    if (chart.narrow_svg.empty()) {
      body_ += scrolled(at_natural_width(chart.svg, true));
    } else {
      body_ += fmt::format("<div class=\"wide\">{}</div>\n<div class=\"narrow\">{}</div>\n",
                           at_natural_width(chart.svg, false), chart.narrow_svg);
    }
    if (!chart.description.empty())
      body_ += fmt::format("<figcaption>{}</figcaption>\n", xml_escape(chart.description));
    if (!chart.numbers.empty()) {
      body_ +=
          "<details><summary>The numbers</summary>\n" + scrolled(chart.numbers.html(chart_table_rows)) + "</details>\n";
    }
    body_ += "</figure>\n";
    return *this;
  }

 private:
  /// What is wider than a phone scrolls in its own box; focusable, so that the keyboard can scroll it.
  static std::string scrolled(const std::string& html) {
    return fmt::format("<div class=\"scroll\" tabindex=\"0\">\n{}</div>\n", html);
  }
  /// Charts shrink with the page but never grow beyond the size that they were drawn for.
  static std::string at_natural_width(std::string svg, bool keep) {
    const std::size_t width = svg.find(" width=\"");
    if (width == svg.npos) return svg;
    const std::size_t begin = width + 8;
    const std::string pixels = svg.substr(begin, svg.find('"', begin) - begin);
    const std::string least = keep ? fmt::format("min-width:{}px;", pixels) : "";
    return svg.insert(width, fmt::format(" style=\"{}max-width:{}px\"", least, pixels));
  }

  std::string title_;
  std::string body_;
};

/// A whole report. Needs nothing but itself: no scripts, fonts or images from elsewhere.
class Page {
 public:
  explicit Page(std::string title, std::string lead = {}) : title_{std::move(title)}, lead_{std::move(lead)} {}

  Page& key_figure(KeyFigure figure) {
    figures_.push_back(std::move(figure));
    return *this;
  }
  /// A new section at the end; the reference stays good for the page's life.
  Section& section(std::string title) { return sections_.emplace_back(std::move(title)); }
  /// A last line: program, version, seed, machine.
  Page& footer(std::string text) {
    footer_ = std::move(text);
    return *this;
  }

  [[nodiscard]] std::string html() const {
    std::string out = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n"  // or browsers ask a server for one
        "<title>{0}</title>\n<style>{1}{2}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n",
        xml_escape(title_), chart_css, page_css);
    if (!lead_.empty()) out += fmt::format("<p class=\"lead\">{}</p>\n", xml_escape(lead_));
    out += figures_html() + contents_html();
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      out += fmt::format("<section id=\"section-{}\">\n<h2>{}</h2>\n{}</section>\n", i + 1,
                         xml_escape(sections_[i].title()), sections_[i].body());
    }
    if (!footer_.empty()) out += fmt::format("<footer>{}</footer>\n", xml_escape(footer_));
    return out + "</main>\n</body>\n</html>\n";
  }

  /// Writes the page whole or not at all.
  ///   Errors   io, as write_file_atomically
  [[nodiscard]] Result<void> write(const std::filesystem::path& path) const {
    return write_file_atomically(path, html());
  }

 private:
  [[nodiscard]] std::string figures_html() const {
    if (figures_.empty()) return {};
    std::string out = "<dl class=\"figures\">\n";
    for (const KeyFigure& figure : figures_) {
      out += fmt::format("<div><dt>{}</dt><dd class=\"value\">{}</dd>", xml_escape(figure.label),
                         xml_escape(figure.value));
      if (!figure.note.empty()) out += fmt::format("<dd class=\"note\">{}</dd>", xml_escape(figure.note));
      out += "</div>\n";
    }
    return out + "</dl>\n";
  }
  [[nodiscard]] std::string contents_html() const {
    if (sections_.size() < 2) return {};
    std::string out = "<nav aria-label=\"Contents\">\n<ol>\n";
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      out += fmt::format("<li><a href=\"#section-{}\">{}</a></li>\n", i + 1, xml_escape(sections_[i].title()));
    }
    return out + "</ol>\n</nav>\n";
  }

  std::string title_;
  std::string lead_;
  std::string footer_;
  std::vector<KeyFigure> figures_;
  std::deque<Section> sections_;  // its elements never move
};

}  // namespace hwnas
