// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Reads tables of measured latencies: [arch_index,]arch,device,device,...; empty cells are failed measurements.
///        MeasuredLatencies table = read_measured_latencies("nasbench201_help.csv").value();   table.columns[0][17]
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/csv.hpp"
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

namespace detail {
/// A latency, or NaN with the reason counted.
inline double measured_cell(std::string_view text, MeasuredLatencies& table) {
  if (text.empty()) return ++table.empty_cells, std::numeric_limits<double>::quiet_NaN();
  const auto value = finite_number(text);
  if (value && *value > 0) return *value;
  return ++table.bad_cells, std::numeric_limits<double>::quiet_NaN();
}
}  // namespace detail

/// Reads a table. `key`: the columns that name the architectures ("ks,e,d,r" for several); device columns follow them, and
/// columns that end in "_std" are none.
///   Errors  those of Csv::read; bad_format where a key or the devices are missing
[[nodiscard]] inline Result<MeasuredLatencies> read_measured_latencies(const std::string& path,
                                                                       const std::string& key = "arch") {
  const auto csv = Csv::read(path);
  if (!csv) return csv.error();
  std::vector<std::size_t> keys;
  for (const std::string_view part : split_text(key, ',')) {
    const auto column = csv->column(std::string{part});
    if (!column) return column.error();
    keys.push_back(*column);
  }
  MeasuredLatencies table;
  std::vector<std::size_t> columns;
  for (std::size_t c = *std::max_element(keys.begin(), keys.end()) + 1; c < csv->head().size(); ++c) {
    if (csv->head()[c].ends_with("_std")) continue;
    table.devices.emplace_back(csv->head()[c]);
    columns.push_back(c);
  }
  if (columns.empty()) {
    return Error{Error::Code::bad_format, fmt::format("{}:1: no device follows the column '{}'", path, key)};
  }
  table.columns.resize(columns.size());
  std::unordered_set<std::string> seen;
  for (const Csv::Row& row : csv->rows()) {
    std::string name;
    for (const std::size_t k : keys) name += (name.empty() ? "" : ",") + std::string{row.fields[k]};
    if (!seen.insert(name).second) {
      ++table.duplicate_rows;
      continue;
    }
    table.architectures.push_back(std::move(name));
    for (std::size_t d = 0; d < columns.size(); ++d) {
      table.columns[d].push_back(detail::measured_cell(row.fields[columns[d]], table));
    }
  }
  return table;
}

}  // namespace hwnas
