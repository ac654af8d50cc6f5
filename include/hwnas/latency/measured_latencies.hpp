// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Reads tables of measured latencies: [arch_index,]arch,device,device,...; empty cells are failed measurements.
///        MeasuredLatencies table = read_measured_latencies("nasbench201_help.csv").value();   table.columns[0][17]
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_set>
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

/// Reads a table. `key`: the column that names the architectures; device columns follow it.
///   Errors  those of Csv::read; bad_format where the key or the devices are missing
[[nodiscard]] inline Result<MeasuredLatencies> read_measured_latencies(const std::string& path, const std::string& key = "arch") {
  const auto csv = Csv::read(path);
  if (!csv) return csv.error();
  const auto arch = csv->column(key);
  if (!arch) return arch.error();
  MeasuredLatencies table;
  table.devices.assign(csv->head().begin() + static_cast<std::ptrdiff_t>(*arch) + 1, csv->head().end());
  if (table.devices.empty()) {
    return Error{Error::Code::bad_format, fmt::format("{}:1: no device follows the column '{}'", path, key)};
  }
  table.columns.resize(table.devices.size());
  std::unordered_set<std::string_view> seen;
  for (const Csv::Row& row : csv->rows()) {
    if (!seen.insert(row.fields[*arch]).second) {
      ++table.duplicate_rows;
      continue;
    }
    table.architectures.emplace_back(row.fields[*arch]);
    for (std::size_t d = 0; d < table.devices.size(); ++d) {
      table.columns[d].push_back(detail::measured_cell(row.fields[*arch + 1 + d], table));
    }
  }
  return table;
}

}  // namespace hwnas
