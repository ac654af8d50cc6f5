// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  TabularEvaluator: metrics that others measured, from CSV files with an architecture a row (NAS-Bench-201).
///        auto evaluator = TabularEvaluator<S>::make({{.metric = "accuracy", .path = "accuracy.csv", .column = "cifar10"},
///                                                    {.metric = "latency", .path = "latency.csv", .column = "pixel3"}},
///                                                   &from_nasbench201_string<S>).value();
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/csv.hpp"
#include "hwnas/experiment/evaluator.hpp"

namespace hwnas {

/// One metric: a column of a file whose column `arch` names the architectures. Empty cells are failed measurements.
struct TableColumn {
  std::string metric;
  std::string path;
  std::string column;
  std::string arch = "arch";
  bool positive = false;  ///< 0 and less are refused: a latency
};

/// Looks metrics up. The first column's metric is the objective; numbers are in the file's units.
template <class Space>
class TabularEvaluator {
 public:
  using Parse = std::function<Result<Architecture<Space>>(std::string_view)>;

  /// Reads the files.
  ///   parse    what the column `arch` spells
  ///   Errors   those of Csv; bad_format with file and line for a cell that is no number, an architecture that is none
  ///            of the space's, or that is there twice; mismatch where no architecture is in all files
  [[nodiscard]] static Result<TabularEvaluator> make(std::vector<TableColumn> columns, const Parse& parse) {
    TabularEvaluator made;
    made.columns_ = std::move(columns);
    for (std::size_t c = 0; c < made.columns_.size(); ++c) {
      if (auto done = made.read(c, parse); !done) return done.error();
    }
    if (made.complete().empty()) {
      return Error{Error::Code::mismatch, fmt::format("{}: no architecture has a value in all of the tables' columns",
                                                      made.columns_.empty() ? "" : made.columns_.back().path)};
    }
    return made;
  }

  /// Errors  not_found: the table has no row for it, or an empty cell
  [[nodiscard]] Result<Metrics> evaluate(const Architecture<Space>& a, const Budget&) const {
    Metrics metrics{.objective = columns_.front().metric};
    const auto row = rows_.find(a);
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const double value = row == rows_.end() ? missing : row->second[c];
      if (std::isnan(value)) {
        return Error{Error::Code::not_found, fmt::format("{}: column '{}' has no value for {}", columns_[c].path,
                                                         columns_[c].column, a)};
      }
      metrics.values[columns_[c].metric] = value;
    }
    return metrics;
  }

  /// The architectures with a value in every column, in lexicographic order.
  [[nodiscard]] std::vector<Architecture<Space>> complete() const {
    std::vector<Architecture<Space>> result;
    for (const auto& [a, values] : rows_) {
      bool whole = true;
      for (const double value : values) whole = whole && !std::isnan(value);
      if (whole) result.push_back(a);
    }
    std::sort(result.begin(), result.end());
    return result;
  }

 private:
  static constexpr double missing = std::numeric_limits<double>::quiet_NaN();

  Result<void> read(std::size_t c, const Parse& parse) {
    const auto csv = Csv::read(columns_[c].path);
    if (!csv) return csv.error();
    const auto arch = csv->column(columns_[c].arch), column = csv->column(columns_[c].column);
    if (!arch) return arch.error();
    if (!column) return column.error();
    std::unordered_map<Architecture<Space>, std::size_t> lines;
    for (const Csv::Row& row : csv->rows()) {
      const auto a = parse(row.fields[*arch]);
      if (!a) return csv->fault(row, a.error().message);
      if (const auto [first, fresh] = lines.emplace(*a, row.line); !fresh) {
        return csv->fault(row, fmt::format("'{}' is there twice, first in line {}", row.fields[*arch], first->second));
      }
      auto& values = rows_.try_emplace(*a, columns_.size(), missing).first->second;
      const std::string_view cell = row.fields[*column];
      if (cell.empty()) continue;
      const auto value = finite_number(cell);
      if (!value || (columns_[c].positive && *value <= 0)) {
        return csv->fault(row, fmt::format("{} '{}': expected a{} number, or nothing where there is none",
                                           columns_[c].column, cell, columns_[c].positive ? " positive" : ""));
      }
      values[c] = *value;
    }
    return {};
  }

  std::vector<TableColumn> columns_;
  std::unordered_map<Architecture<Space>, std::vector<double>> rows_;
};

}  // namespace hwnas
