// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Known devices and targets joined on one pool of architectures, and which devices are one family.
#pragma once

#include <cctype>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "features.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/latency/measured_latencies.hpp"
#include "hwnas/core/statistics.hpp"

namespace one_proxy {

using hwnas::Error;
using hwnas::Result;

/// Latencies with a row for every architecture of either file; NaN where a device did not measure it.
struct Devices {
  std::vector<std::string> architectures = {};
  std::vector<std::string> known_names = {}, target_names = {};
  Eigen::MatrixXd known = {}, targets = {};
  SpaceFeatures features = {};
  std::vector<std::string> left_out = {};  ///< a line each: devices that cannot be used, and why
};

/// The name without its last token where that begins with a digit: batch size or model number of one product line.
inline std::string_view family(std::string_view device) {
  const auto last = device.rfind('_');
  const bool numbered =
      last != device.npos && last + 1 < device.size() && std::isdigit(static_cast<unsigned char>(device[last + 1]));
  return numbered ? device.substr(0, last) : device;
}

/// Pearson's correlation over the rows that both have measured.
inline double common_correlation(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  std::vector<double> x, y;
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    if (!std::isnan(a(i)) && !std::isnan(b(i))) x.push_back(a(i)), y.push_back(b(i));
  }
  return x.size() < 8 ? 0 : hwnas::pearson(x, y);
}

/// The same product line, or so alike that one must be a second run of the other.
inline bool same_family(std::string_view known, std::string_view target, double correlation) {
  constexpr double repeated_run = 0.999;
  return family(known) == family(target) || correlation > repeated_run;
}

namespace detail {
/// Columns of `table` on the rows of the pool; a device with too little or without spread is left out, and said.
inline void add_columns(const hwnas::MeasuredLatencies& table,
                        const std::unordered_map<std::string, Eigen::Index>& rows, std::string_view role,
                        std::vector<std::string>& names, Eigen::MatrixXd& out, std::vector<std::string>& left_out) {
  std::vector<Eigen::VectorXd> columns;
  for (std::size_t d = 0; d < table.devices.size(); ++d) {
    Eigen::VectorXd column =
        Eigen::VectorXd::Constant(Eigen::Index(rows.size()), std::numeric_limits<double>::quiet_NaN());
    std::size_t measured = 0;
    double low = std::numeric_limits<double>::infinity(), high = 0;
    for (std::size_t i = 0; i < table.architectures.size(); ++i) {
      const double value = table.columns[d][i];
      if (std::isnan(value)) continue;
      column(rows.at(table.architectures[i])) = value;
      ++measured, low = std::min(low, value), high = std::max(high, value);
    }
    if (measured < 30 || !(high > low)) {
      left_out.push_back(
          fmt::format("{} {}: {}", role, table.devices[d],
                      measured < 30 ? fmt::format("{} measurements", measured) : std::string{"constant latencies"}));
      continue;
    }
    names.push_back(table.devices[d]);
    columns.push_back(std::move(column));
  }
  out.resize(Eigen::Index(rows.size()), Eigen::Index(columns.size()));
  for (std::size_t d = 0; d < columns.size(); ++d) out.col(Eigen::Index(d)) = columns[d];
}
}  // namespace detail

inline Result<Devices> join(std::string_view space, const hwnas::MeasuredLatencies& known,
                            const hwnas::MeasuredLatencies& targets) {
  Devices out;
  std::unordered_map<std::string, Eigen::Index> rows;
  for (const auto* table : {&known, &targets}) {
    for (const auto& architecture : table->architectures) {
      if (rows.emplace(architecture, Eigen::Index(out.architectures.size())).second) {
        out.architectures.push_back(architecture);
      }
    }
  }
  auto features = features_of(space, out.architectures);
  if (!features) return features.error();
  out.features = std::move(*features);
  detail::add_columns(known, rows, "known device", out.known_names, out.known, out.left_out);
  detail::add_columns(targets, rows, "target", out.target_names, out.targets, out.left_out);
  if (out.known_names.empty()) return Error{Error::Code::bad_value, "no known device is usable"};
  if (out.target_names.empty()) return Error{Error::Code::bad_value, "no target is usable"};
  return out;
}

/// Which candidate at which decision, and a constant: the columns of linear models of a device.
inline Eigen::MatrixXd one_hot(const Devices& devices) {
  const Eigen::MatrixXd& fine = devices.features.views.front().fine;
  Eigen::MatrixXd out(fine.rows(), fine.cols() + 1);
  out << fine, Eigen::VectorXd::Ones(fine.rows());
  return out;
}

}  // namespace one_proxy
