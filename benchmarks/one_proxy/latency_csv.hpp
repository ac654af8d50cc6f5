// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Reads tables of measured latencies: [arch_index,]arch,device,device,...; empty cells are failed measurements.
///        Several columns may name an architecture together (once-for-all's ks,e,d,r); columns *_std are no devices.
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

namespace one_proxy {

using hwnas::Error;
using hwnas::Result;

/// A column a device, a row an architecture; NaN where there is no usable measurement.
struct LatencyTable {
  std::vector<std::string> architectures = {};
  std::vector<std::string> devices = {};
  std::vector<std::vector<double>> columns = {};  ///< columns[device][row]
  std::size_t empty_cells = 0, bad_cells = 0, duplicate_rows = 0;
  [[nodiscard]] std::string defects() const {
    return fmt::format("{} empty cells, {} cells that are no positive number, {} repeated architectures (all left out)",
                       empty_cells, bad_cells, duplicate_rows);
  }
};

inline std::vector<std::string_view> split(std::string_view line, char separator) {
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
inline double cell(std::string_view text, LatencyTable& table) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  if (text.empty()) return ++table.empty_cells, std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault == std::errc{} && end == text.data() + text.size() && std::isfinite(value) && value > 0) return value;
  return ++table.bad_cells, std::numeric_limits<double>::quiet_NaN();
}
}  // namespace detail

namespace detail {
/// The columns that name an architecture: where the head has all of "ks,e,d,r".
inline std::vector<std::size_t> key_columns(const std::vector<std::string_view>& head, const std::string& key) {
  std::vector<std::size_t> columns;
  for (const auto part : split(key, ',')) {
    columns.push_back(static_cast<std::size_t>(std::find(head.begin(), head.end(), part) - head.begin()));
  }
  return columns;
}
inline std::string joined(const std::vector<std::string_view>& fields, const std::vector<std::size_t>& columns) {
  std::string out;
  for (const auto c : columns) out += (out.empty() ? "" : ",") + std::string{fields[c]};
  return out;
}
}  // namespace detail

/// key: the columns that name the architectures; device columns follow them.
inline Result<LatencyTable> read_latency_csv(const std::string& path, const std::string& key = "arch") {
  std::ifstream file{path};
  if (!file) return Error{Error::Code::not_found, fmt::format("{}: cannot be opened", path)};
  std::string line;
  std::getline(file, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  const std::string head_line = line;
  const auto head = split(head_line, ',');
  const auto keys = detail::key_columns(head, key);
  const std::size_t last_key = *std::max_element(keys.begin(), keys.end());
  if (last_key == head.size()) return Error{Error::Code::bad_format, fmt::format("{}:1: there is no column '{}'", path, key)};
  LatencyTable table;
  std::vector<std::size_t> device_columns;
  for (std::size_t i = last_key + 1; i < head.size(); ++i) {
    if (head[i].ends_with("_std")) continue;
    if (std::find(table.devices.begin(), table.devices.end(), head[i]) != table.devices.end()) {
      return Error{Error::Code::bad_format, fmt::format("{}:1: the column '{}' is there twice", path, head[i])};
    }
    table.devices.emplace_back(head[i]);
    device_columns.push_back(i);
  }
  if (table.devices.empty()) return Error{Error::Code::bad_format, fmt::format("{}:1: no device follows the column '{}'", path, key)};
  table.columns.resize(table.devices.size());
  std::unordered_map<std::string, std::size_t> seen;
  for (std::size_t number = 2; std::getline(file, line); ++number) {
    if (line.empty() || line == "\r") continue;
    const auto fields = split(line, ',');
    if (fields.size() != head.size()) {
      return Error{Error::Code::bad_format,
                   fmt::format("{}:{}: expected {} columns, found {}", path, number, head.size(), fields.size())};
    }
    const std::string architecture = detail::joined(fields, keys);
    if (!seen.emplace(architecture, number).second) {
      ++table.duplicate_rows;
      continue;
    }
    table.architectures.push_back(architecture);
    for (std::size_t d = 0; d < table.devices.size(); ++d) {
      table.columns[d].push_back(detail::cell(fields[device_columns[d]], table));
    }
  }
  if (table.architectures.empty()) return Error{Error::Code::bad_format, fmt::format("{}: no architecture", path)};
  return table;
}

}  // namespace one_proxy
