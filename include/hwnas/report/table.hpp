// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Table: typed cells under headed columns, printed for a terminal, a page, a spreadsheet or a README.
///        Table table{{{.name = "network"}, {.name = "latency", .unit = "ms", .decimals = 2}, {.name = "FLOPs"}}};
///        table.add_row({"found", 5.25_ms, 320'427'584});
///        fmt::print("{}", table.text());             // also .html(), .csv(), .markdown()
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>  // fmt::join since fmt 11

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/u128.hpp"
#include "hwnas/report/number.hpp"
#include "hwnas/report/text.hpp"

namespace hwnas {

/// Side on which a column's text stands; automatic puts numbers right and everything else left.
enum class Align { automatic, left, right, center };

/// A column's head and how its cells are printed.
struct Column {
  std::string name = {};
  std::string unit = {};                       ///< stands in the head, never in the cells
  std::optional<int> decimals = std::nullopt;  ///< fixed decimals; otherwise whole numbers in full, six digits else
  Align align = Align::automatic;

  /// "latency (ms)"
  [[nodiscard]] std::string head() const { return unit.empty() ? name : fmt::format("{} ({})", name, unit); }
};

/// One value of a table: nothing, text, a whole number of up to 128 bits, or a real number.
class TableCell {
 public:
  TableCell() = default;
  TableCell(std::string text) : value_{std::move(text)} {}         // NOLINT: implicit, so that rows read as lists
  TableCell(std::string_view text) : value_{std::string{text}} {}  // NOLINT
  TableCell(const char* text) : value_{std::string{text}} {}       // NOLINT
  TableCell(bool answer) : value_{std::string{answer ? "yes" : "no"}} {}                      // NOLINT
  TableCell(std::floating_point auto number) : value_{static_cast<double>(number)} {}         // NOLINT
  TableCell(std::signed_integral auto number) : value_{static_cast<std::int64_t>(number)} {}  // NOLINT
  TableCell(std::unsigned_integral auto number) : value_{u128{number}} {}                     // NOLINT
  TableCell(u128 number) : value_{number} {}                                                  // NOLINT
  template <class Value> TableCell(const std::optional<Value>& value) {  // NOLINT: nothing is an empty cell
    if (value) *this = TableCell{*value};
  }
  template <class Tag, class Rep> TableCell(Quantity<Tag, Rep> quantity) : TableCell{quantity.value()} {  // NOLINT
    unit_ = Tag::unit;
  }

  [[nodiscard]] bool is_number() const { return value_.index() >= 2; }
  [[nodiscard]] std::string_view unit() const { return unit_; }

  /// For people: separators between thousands, the column's decimals; nothing prints as a dash.
  [[nodiscard]] std::string text(std::optional<int> decimals) const {
    if (const auto* words = std::get_if<std::string>(&value_)) return *words;
    if (const auto* whole = std::get_if<std::int64_t>(&value_)) return group_digits(fmt::format("{}", *whole));
    if (const auto* count = std::get_if<u128>(&value_)) return group_digits(to_string(*count));
    if (const auto* real = std::get_if<double>(&value_)) return format_number(*real, decimals);
    return "–";
  }
  /// For programs: every digit that a double needs, no separators; nothing is an empty field.
  [[nodiscard]] std::string exact() const {
    if (const auto* words = std::get_if<std::string>(&value_)) return *words;
    if (const auto* whole = std::get_if<std::int64_t>(&value_)) return fmt::format("{}", *whole);
    if (const auto* count = std::get_if<u128>(&value_)) return to_string(*count);
    if (const auto* real = std::get_if<double>(&value_)) return fmt::format("{}", *real);
    return {};
  }

 private:
  std::variant<std::monostate, std::string, std::int64_t, u128, double> value_;
  std::string_view unit_;  // a tag's static text
};

/// Rows of cells under typed columns.
///   Errors   a row with another number of cells, or a quantity in a column of another unit, throws invalid_argument
class Table {
 public:
  Table() = default;
  explicit Table(std::vector<Column> columns) : columns_{std::move(columns)} {}

  void add_row(std::vector<TableCell> cells) {
    if (cells.size() != columns_.size()) {
      throw std::invalid_argument{
          fmt::format("hwnas: a table row has {} cells and the table {} columns", cells.size(), columns_.size())};
    }
    for (std::size_t i = 0; i < cells.size(); ++i) check_unit(cells[i], columns_[i]);
    rows_.push_back(std::move(cells));
  }

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  [[nodiscard]] const std::vector<std::vector<TableCell>>& rows() const { return rows_; }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  /// Aligned for a terminal, with a rule under the head; ends with a newline.
  [[nodiscard]] std::string text() const;
  /// A `<table>`; numbers stand right in digits of equal width. With more rows than `max_rows` a last row says so.
  [[nodiscard]] std::string html(std::size_t max_rows = std::numeric_limits<std::size_t>::max()) const;
  /// RFC 4180 with all digits and one head line; lines end with \n as every Unix tool writes them.
  [[nodiscard]] std::string csv() const;
  /// GitHub's table syntax.
  [[nodiscard]] std::string markdown() const;

 private:
  static void check_unit(const TableCell& cell, const Column& column) {
    if (cell.unit().empty() || column.unit.empty() || cell.unit() == column.unit) return;
    throw std::invalid_argument{fmt::format("hwnas: the column \"{}\" is in {} and cannot hold a value in {}",
                                            column.name, column.unit, cell.unit())};
  }
  /// automatic resolved: right if the column has numbers and no text.
  [[nodiscard]] Align side(std::size_t column) const {
    if (columns_[column].align != Align::automatic) return columns_[column].align;
    const bool numbers =
        std::any_of(rows_.begin(), rows_.end(), [&](const auto& row) { return row[column].is_number(); });
    return numbers ? Align::right : Align::left;
  }
  [[nodiscard]] std::vector<std::size_t> widths() const;
  [[nodiscard]] std::string one_line(const std::vector<TableCell>& row, std::size_t column) const {
    std::string text = row[column].text(columns_[column].decimals);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    return text;
  }

  std::vector<Column> columns_;
  std::vector<std::vector<TableCell>> rows_;
};

namespace detail {
inline std::string padded(const std::string& text, std::size_t width, Align side) {
  const std::size_t space = width - std::min(width, display_width(text));
  const std::size_t before = side == Align::right ? space : side == Align::center ? space / 2 : 0;
  return std::string(before, ' ') + text + std::string(space - before, ' ');
}
inline std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string{"\"\""} : std::string{c};
  return out + '"';
}
inline std::string markdown_field(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string{"\\|"} : std::string{c};
  return out;
}
/// Joins fields and takes trailing spaces away.
inline std::string joined_line(const std::vector<std::string>& fields, std::string_view separator) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) (i == 0 ? line : line += separator) += fields[i];
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}
}  // namespace detail

inline std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(std::max<std::size_t>(3, display_width(columns_[i].head())));
    for (const auto& row : rows_) widths[i] = std::max(widths[i], display_width(one_line(row, i)));
  }
  return widths;
}

inline std::string Table::text() const {
  const std::vector<std::size_t> width = widths();
  std::vector<std::string> head, rule;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    head.push_back(detail::padded(columns_[i].head(), width[i], side(i)));
    rule.emplace_back(width[i], '-');
  }
  std::string out = detail::joined_line(head, "  ") + detail::joined_line(rule, "  ");
  for (const auto& row : rows_) {
    std::vector<std::string> fields;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      fields.push_back(detail::padded(one_line(row, i), width[i], side(i)));
    }
    out += detail::joined_line(fields, "  ");
  }
  return out;
}

inline std::string Table::html(std::size_t max_rows) const {
  const auto css = [&](std::size_t i) {
    const Align align = side(i);
    return align == Align::right ? " class=\"number\"" : align == Align::center ? " class=\"center\"" : "";
  };
  std::string out = "<table>\n<thead><tr>";
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    out += fmt::format("<th scope=\"col\"{}>{}</th>", css(i), xml_escape(columns_[i].head()));
  }
  out += "</tr></thead>\n<tbody>\n";
  for (std::size_t r = 0; r < std::min(max_rows, rows_.size()); ++r) {
    out += "<tr>";
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      out += fmt::format("<td{}>{}</td>", css(i), xml_escape(rows_[r][i].text(columns_[i].decimals)));
    }
    out += "</tr>\n";
  }
  if (rows_.size() > max_rows && !columns_.empty()) {
    out += fmt::format("<tr><td colspan=\"{}\">and {} more rows</td></tr>\n", columns_.size(),
                       group_digits(fmt::format("{}", rows_.size() - max_rows)));
  }
  return out + "</tbody>\n</table>\n";
}

inline std::string Table::csv() const {
  std::vector<std::string> head;
  for (const Column& column : columns_) head.push_back(detail::csv_field(column.head()));
  std::string out = fmt::format("{}\n", fmt::join(head, ","));
  for (const auto& row : rows_) {
    std::vector<std::string> fields;
    for (const TableCell& cell : row) fields.push_back(detail::csv_field(cell.exact()));
    out += fmt::format("{}\n", fmt::join(fields, ","));
  }
  return out;
}

inline std::string Table::markdown() const {
  std::string out = "|";
  for (const Column& column : columns_) out += fmt::format(" {} |", detail::markdown_field(column.head()));
  out += "\n|";
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Align align = side(i);
    out += align == Align::right ? " ---: |" : align == Align::center ? " :---: |" : " --- |";
  }
  out += '\n';
  for (const auto& row : rows_) {
    out += '|';
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      out += fmt::format(" {} |", detail::markdown_field(one_line(row, i)));
    }
    out += '\n';
  }
  return out;
}

}  // namespace hwnas
