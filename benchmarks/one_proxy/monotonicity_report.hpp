// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The matrix of rank correlations between devices: table, CSV and an annotated heatmap.
#pragma once

#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "devices.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/latency/proxy/monotonicity.hpp"
#include "hwnas/report/heatmap_chart.hpp"
#include "hwnas/report/table.hpp"

namespace one_proxy {

struct MonotonicityReport {
  hwnas::Table pairs = {};  ///< a row a pair: both correlations, interval of the first, common architectures
  hwnas::Chart chart = {};
  std::string lead = {};    ///< the matrix in a sentence
  double mean = 0, lowest = 1;
  int at_least_nine_tenths = 0;
};

inline hwnas::Chart rank_heatmap(const hwnas::MeasuredLatencies& table, const Eigen::MatrixXd& rho) {
  std::vector<std::vector<double>> values(table.devices.size());
  std::vector<std::string> families;
  for (std::size_t a = 0; a < table.devices.size(); ++a) {
    families.emplace_back(family(table.devices[a]));
    for (std::size_t b = 0; b < table.devices.size(); ++b) values[a].push_back(rho(Eigen::Index(a), Eigen::Index(b)));
  }
  const hwnas::HeatmapSide side{.labels = table.devices, .groups = families, .order = hwnas::similarity_order(rho)};
  return hwnas::heatmap_chart({.title = "Spearman's rank correlation of latencies",
                               .rows = side,
                               .columns = side,
                               .values = values,
                               .value = {.title = "rho"}});
}

/// The rows of one model family: names without their number, "mobilenetv2_17" -> "mobilenetv2".
inline std::map<std::string, hwnas::MeasuredLatencies> by_family(const hwnas::MeasuredLatencies& table) {
  std::map<std::string, hwnas::MeasuredLatencies> out;
  for (std::size_t i = 0; i < table.architectures.size(); ++i) {
    hwnas::MeasuredLatencies& part = out[std::string{family(table.architectures[i])}];
    if (part.devices.empty()) part.devices = table.devices, part.columns.resize(table.devices.size());
    part.architectures.push_back(table.architectures[i]);
    for (std::size_t d = 0; d < table.columns.size(); ++d) part.columns[d].push_back(table.columns[d][i]);
  }
  return out;
}

/// All pairs of devices of one table; intervals from so many bootstrap resamples of the architectures.
inline MonotonicityReport monotonicity(const hwnas::MeasuredLatencies& table, int resamples) {
  Eigen::MatrixXd latencies(Eigen::Index(table.architectures.size()), Eigen::Index(table.devices.size()));
  for (std::size_t d = 0; d < table.devices.size(); ++d) {
    for (std::size_t i = 0; i < table.architectures.size(); ++i) {
      latencies(Eigen::Index(i), Eigen::Index(d)) = table.columns[d][i];
    }
  }
  const auto rho = hwnas::rank_matrix(latencies, hwnas::spearman),
             tau = hwnas::rank_matrix(latencies, hwnas::kendall_tau);
  MonotonicityReport out;
  out.pairs = hwnas::Table{{{.name = "device"},
                            {.name = "other"},
                            {.name = "Spearman", .decimals = 3},
                            {.name = "95 % from", .decimals = 3},
                            {.name = "to", .decimals = 3},
                            {.name = "Kendall", .decimals = 3},
                            {.name = "common architectures"}}};
  hwnas::Rng rng{1};
  int pairs = 0;
  for (Eigen::Index a = 0; a < latencies.cols(); ++a) {
    for (Eigen::Index b = a + 1; b < latencies.cols(); ++b) {
      const auto interval =
          hwnas::rank_interval(latencies.col(a), latencies.col(b), hwnas::spearman, rng, {.resamples = resamples});
      const double value = rho.value(a, b);
      out.pairs.add_row({table.devices[std::size_t(a)], table.devices[std::size_t(b)], value, interval.low,
                         interval.high, tau.value(a, b), rho.common(a, b)});
      if (std::isnan(value)) continue;
      out.mean += value, ++pairs;
      out.lowest = std::min(out.lowest, value);
      out.at_least_nine_tenths += value >= 0.9;
    }
  }
  if (pairs > 0) out.mean /= pairs;
  out.chart = rank_heatmap(table, rho.value);
  out.lead = fmt::format("{} devices, {} architectures: mean {:.2f}, lowest {:.2f}; {} of {} pairs at 0.9 or more.",
                         table.devices.size(), table.architectures.size(), out.mean, out.lowest,
                         out.at_least_nine_tenths, pairs);
  return out;
}

}  // namespace one_proxy
