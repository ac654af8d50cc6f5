// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Text in reports: escaping, widths on a screen and in a terminal, shortening and wrapping. All input is UTF-8;
///        what is not becomes U+FFFD, so that no file name or exception text can break a page.
///        xml_escape("a < b") == "a &lt; b";   ellipsise("a very long name", 40, 12) == "a ver…"
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hwnas {
namespace detail {

struct CodePoint {
  char32_t value = 0xFFFD;
  std::size_t bytes = 1;  ///< how far to advance
};

/// The first code point of a text that is not empty; overlong forms and surrogates are invalid (RFC 3629).
inline CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  char32_t value = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = (value << 6) | (byte(i) & 0x3Fu);
  }
  constexpr char32_t smallest[] = {0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < smallest[length - 2] || value > 0x10FFFF || surrogate) return {};
  return {value, length};
}

template <class Function> void for_each_code_point(std::string_view text, Function f) {
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    f(point.value, text.substr(0, point.bytes));
    text.remove_prefix(point.bytes);
  }
}

inline bool is_combining(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x20D0 && c <= 0x20FF) ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F);
}
/// Twice as wide in terminals: East Asian Wide and Fullwidth blocks, and emoji (Unicode Annex 11).
inline bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF && c != 0x303F) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

/// Advance in em, at least that of DejaVu Sans and Verdana, the widest sans-serif fonts a system-ui may be.
inline double em_width(char32_t c) {
  if (is_combining(c)) return 0;
  if (is_wide(c)) return 1.3;
  if (c > 0x7F) return c < 0x250 ? 0.8 : 1.05;
  struct Class {
    std::string_view letters;
    double width;
  };
  constexpr Class classes[] = {{"il'", 0.31},  {" .,:;|!j", 0.42},          {"Ifrt()[]/\\-\"`J", 0.48},
                               {"csz*", 0.56}, {"w+<>=~#^&CDGHNOQU", 0.83}, {"mWM@", 1.01},
                               {"%", 1.08}};
  for (const auto& [letters, width] : classes) {
    if (letters.find(static_cast<char>(c)) != letters.npos) return width;
  }
  return c >= 'A' && c <= 'Z' ? 0.72 : 0.65;
}
}  // namespace detail

/// Text for XML and HTML, in elements and in quoted attributes. Control characters, which XML forbids, become spaces.
[[nodiscard]] inline std::string xml_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  detail::for_each_code_point(text, [&](char32_t value, std::string_view bytes) {
    if (value == '&') out += "&amp;";
    else if (value == '<') out += "&lt;";
    else if (value == '>') out += "&gt;";
    else if (value == '"') out += "&quot;";
    else if (value == '\'') out += "&#39;";
    else if ((value < 0x20 && value != '\n' && value != '\t') || (value >= 0x7F && value < 0xA0)) out += ' ';
    else if (value == 0xFFFD || (value & 0xFFFE) == 0xFFFE) out += "\xEF\xBF\xBD";
    else out += bytes;
  });
  return out;
}

/// A width in pixels that the text does not exceed in the fonts of a report.
[[nodiscard]] inline double text_width(std::string_view text, double font_size) {
  double em = 0;
  detail::for_each_code_point(text, [&](char32_t value, std::string_view) { em += detail::em_width(value); });
  return em * font_size;
}

/// Columns that the text takes in a terminal.
[[nodiscard]] inline std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  detail::for_each_code_point(text, [&](char32_t value, std::string_view) {
    columns += detail::is_combining(value) ? 0u : detail::is_wide(value) ? 2u : 1u;
  });
  return columns;
}

/// The text, or as much of its beginning as fits with an ellipsis.
[[nodiscard]] inline std::string ellipsise(std::string_view text, double max_width, double font_size) {
  if (text_width(text, font_size) <= max_width) return std::string{text};
  const double room = max_width / font_size - detail::em_width(U'…');
  std::string out;
  double em = 0;
  detail::for_each_code_point(text, [&](char32_t value, std::string_view bytes) {
    em += detail::em_width(value);
    if (em <= room) out += bytes;
    else em = 1e9;  // nothing after the first that does not fit, however thin
  });
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out + "…";
}

/// Breaks at spaces into lines no wider than `max_width`; a line that is still too wide, and the last, are shortened.
[[nodiscard]] inline std::vector<std::string> wrap_text(std::string_view text, double max_width, double font_size,
                                                        std::size_t max_lines) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
    const std::string word{text.substr(begin, end - begin)};
    begin = end + 1;
    if (word.empty()) continue;
    const bool fits = !lines.empty() && text_width(lines.back() + ' ' + word, font_size) <= max_width;
    // The last line takes all the rest, so that its ellipsis tells that something is missing.
    if (fits || (!lines.empty() && lines.size() == max_lines)) lines.back() += ' ' + word;
    else lines.push_back(word);
  }
  for (std::string& line : lines) line = ellipsise(line, max_width, font_size);
  return lines;
}

}  // namespace hwnas
