// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Reads tables of measured latencies: [arch_index,]arch,device,device,...; empty cells are failed measurements.
///        MeasuredLatencies table = read_measured_latencies("nasbench201_help.csv").value();   table.columns[0][17]
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"

namespace hwnas {

/// A column a device, a row an architecture; NaN where there is no usable measurement.
struct MeasuredLatencies {
  std::vector<std::string> architectures = {};
  std::vector<std::string> devices = {};
  std::vector<std::vector<double>> columns = {};  ///< columns[device][row]
  std::size_t empty_cells = 0, bad_cells = 0, duplicate_rows = 0;
  [[nodiscard]] std::string defects() const {
    return fmt::format("{} empty cells, {} cells that are no positive number, {} repeated architectures (all left out)",
                       empty_cells, bad_cells, duplicate_rows);
  }
};

/// The parts of a line between separators; one more than there are separators.
[[nodiscard]] inline std::vector<std::string_view> split_fields(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  for (;;) {
    const auto end = line.find(separator);
    fields.push_back(line.substr(0, end));
    if (end == line.npos) return fields;
    line.remove_prefix(end + 1);
  }
}

namespace detail {
/// A latency, or NaN with the reason counted.
inline double measured_cell(std::string_view text, MeasuredLatencies& table) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  if (text.empty()) return ++table.empty_cells, std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault == std::errc{} && end == text.data() + text.size() && std::isfinite(value) && value > 0) return value;
  return ++table.bad_cells, std::numeric_limits<double>::quiet_NaN();
}
}  // namespace detail

/// Reads a table. `key`: the column that names the architectures; device columns follow it.
///   Errors  not_found; bad_format with file and line
[[nodiscard]] inline Result<MeasuredLatencies> read_measured_latencies(const std::string& path, const std::string& key = "arch") {
  std::ifstream file{path};
  if (!file) return Error{Error::Code::not_found, fmt::format("{}: cannot be opened", path)};
  std::string line;
  std::getline(file, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  const auto head = split_fields(line, ',');
  const auto arch = static_cast<std::size_t>(std::find(head.begin(), head.end(), key) - head.begin());
  if (arch == head.size()) return Error{Error::Code::bad_format, fmt::format("{}:1: there is no column '{}'", path, key)};
  MeasuredLatencies table;
  for (std::size_t i = arch + 1; i < head.size(); ++i) {
    if (std::find(table.devices.begin(), table.devices.end(), head[i]) != table.devices.end()) {
      return Error{Error::Code::bad_format, fmt::format("{}:1: the column '{}' is there twice", path, head[i])};
    }
    table.devices.emplace_back(head[i]);
  }
  if (table.devices.empty()) return Error{Error::Code::bad_format, fmt::format("{}:1: no device follows the column '{}'", path, key)};
  table.columns.resize(table.devices.size());
  std::unordered_map<std::string, std::size_t> seen;
  for (std::size_t number = 2; std::getline(file, line); ++number) {
    if (line.empty() || line == "\r") continue;
    const auto fields = split_fields(line, ',');
    if (fields.size() != head.size()) {
      return Error{Error::Code::bad_format,
                   fmt::format("{}:{}: expected {} columns, found {}", path, number, head.size(), fields.size())};
    }
    if (!seen.emplace(std::string{fields[arch]}, number).second) {
      ++table.duplicate_rows;
      continue;
    }
    table.architectures.emplace_back(fields[arch]);
    for (std::size_t d = 0; d < table.devices.size(); ++d) {
      table.columns[d].push_back(detail::measured_cell(fields[arch + 1 + d], table));
    }
  }
  if (table.architectures.empty()) return Error{Error::Code::bad_format, fmt::format("{}: no architecture", path)};
  return table;
}

}  // namespace hwnas
