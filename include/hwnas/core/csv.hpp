// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Csv: a table of text with a header line; fields are separated by commas and are not quoted.
///        Csv table = Csv::read("latency.csv").value();
///        const std::size_t arch = table.column("arch").value();
///        for (const Csv::Row& row : table.rows()) use(row.fields[arch], row.line);
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"

namespace hwnas {

/// The parts of a text between separators; an empty text is one empty part.
[[nodiscard]] inline std::vector<std::string_view> split_text(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// Without blanks (and a carriage return) at both ends.
[[nodiscard]] inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = text.find_first_not_of(blanks);
  return begin == text.npos ? std::string_view{} : text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

/// A finite number that is the whole text, blanks aside; nullopt for anything else.
[[nodiscard]] inline std::optional<double> finite_number(std::string_view text) {
  text = trimmed(text);
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// A whole CSV file in memory. Copies share the text.
class Csv {
 public:
  struct Row {
    std::size_t line = 0;  ///< in the file, from 1
    std::vector<std::string_view> fields{};
  };

  /// Reads a file; empty lines are passed over.
  ///   Errors   not_found; bad_format with file and line: no header, a column twice, a row of another length
  [[nodiscard]] static Result<Csv> read(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    // A folder opens, too, and fails when it is read.
    if (!file || file.peek() == std::ifstream::traits_type::eof()) {
      return Error{Error::Code::not_found, fmt::format("{}: cannot be read, or is empty", path)};
    }
    Csv csv;
    csv.path_ = path;
    csv.text_ =
        std::make_shared<const std::string>(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
    if (auto done = csv.parse(); !done) return done.error();
    return csv;
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::vector<std::string_view>& head() const { return head_; }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

  /// Where a column stands.
  ///   Errors   unknown_name, with the columns there are
  [[nodiscard]] Result<std::size_t> column(std::string_view name) const {
    const auto found = std::find(head_.begin(), head_.end(), name);
    if (found != head_.end()) return static_cast<std::size_t>(found - head_.begin());
    return Error{Error::Code::unknown_name, fmt::format("{}:1: there is no column '{}'; there are {}", path_, name,
                                                        names())};
  }

  /// An Error about a row.
  [[nodiscard]] Error fault(const Row& row, std::string_view what) const {
    return {Error::Code::bad_format, fmt::format("{}:{}: {}", path_, row.line, what)};
  }

 private:
  [[nodiscard]] std::string names() const {
    std::string all;
    for (const std::string_view name : head_) all += fmt::format("{}{}", all.empty() ? "" : ", ", name);
    return all;
  }
  Result<void> parse() {
    std::size_t line = 0;
    for (std::string_view text : split_text(*text_, '\n')) {
      ++line;
      text = trimmed(text);
      if (text.empty()) continue;
      auto fields = split_text(text, ',');
      for (std::string_view& field : fields) field = trimmed(field);
      if (head_.empty()) {
        head_ = std::move(fields);
        if (auto fine = check_head(); !fine) return fine;
        continue;
      }
      rows_.push_back({line, std::move(fields)});
      if (rows_.back().fields.size() != head_.size()) {
        return fault(rows_.back(),
                     fmt::format("expected {} columns, found {}", head_.size(), rows_.back().fields.size()));
      }
    }
    if (rows_.empty()) return Error{Error::Code::bad_format, fmt::format("{}: no row follows the header", path_)};
    return {};
  }
  [[nodiscard]] Result<void> check_head() const {
    for (auto name = head_.begin(); name != head_.end(); ++name) {
      if (std::find(head_.begin(), name, *name) != name) {
        return Error{Error::Code::bad_format, fmt::format("{}:1: the column '{}' is there twice", path_, *name)};
      }
    }
    return {};
  }

  std::string path_;
  std::shared_ptr<const std::string> text_;  // what all views look at
  std::vector<std::string_view> head_;
  std::vector<Row> rows_;
};

}  // namespace hwnas
