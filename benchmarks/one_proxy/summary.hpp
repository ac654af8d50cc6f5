// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Tables of an evaluation: every method's figures, and how far AutoAdapter is from each.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "evaluation.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/report/table.hpp"

namespace one_proxy {

inline std::vector<double> defined(const std::vector<double>& values) {
  std::vector<double> out;
  std::copy_if(values.begin(), values.end(), std::back_inserter(out), [](double v) { return !std::isnan(v); });
  return out;
}
inline std::optional<double> mean_of(const std::vector<double>& values) {
  const auto usable = defined(values);
  return usable.empty() ? std::nullopt : std::optional{hwnas::mean(usable)};
}

/// One method with one number of samples, over all targets and seeds.
struct Summary {
  std::vector<double> rank = {}, device_means = {}, hypervolume = {}, violations = {}, covered = {}, seconds = {};
  std::vector<std::string> devices = {};
};

inline Summary summarise(const Results& results, std::size_t n, const std::string& method) {
  Summary out;
  const auto append = [](std::vector<double>& to, const std::vector<double>& from) {
    const auto usable = defined(from);
    to.insert(to.end(), usable.begin(), usable.end());
  };
  for (const auto& [device, by_samples] : results) {
    const auto at = by_samples.find(n);
    if (at == by_samples.end() || !at->second.contains(method)) continue;
    const Scores& scores = at->second.at(method);
    const auto mean = mean_of(scores.rank);
    if (!mean) continue;
    out.device_means.push_back(*mean), out.devices.push_back(device);
    append(out.rank, scores.rank), append(out.hypervolume, scores.hypervolume),
        append(out.violations, scores.violations);
    append(out.covered, scores.covered), append(out.seconds, scores.seconds);
  }
  return out;
}

inline hwnas::Table method_table(const Results& results, const std::vector<std::size_t>& samples,
                                 const std::vector<std::string>& methods) {
  hwnas::Table table{{{.name = "samples"},
                      {.name = "method"},
                      {.name = "mean", .decimals = 4},
                      {.name = "5th percentile", .decimals = 3},
                      {.name = "worst device", .decimals = 3},
                      {.name = "which"},
                      {.name = "hypervolume", .decimals = 3},
                      {.name = "budgets broken", .decimals = 3},
                      {.name = "90 % covers", .decimals = 3},
                      {.name = "adaptation", .unit = "ms", .decimals = 1}}};
  for (const auto n : samples) {
    for (const auto& method : methods) {
      const Summary s = summarise(results, n, method);
      if (s.rank.empty()) continue;
      const auto worst = std::min_element(s.device_means.begin(), s.device_means.end()) - s.device_means.begin();
      std::optional<double> wall = mean_of(s.seconds);
      if (wall) wall = hwnas::median(s.seconds) * 1e3;
      table.add_row({n, method, hwnas::mean(s.device_means), hwnas::quantile(s.rank, 0.05),
                     s.device_means[std::size_t(worst)], s.devices[std::size_t(worst)], mean_of(s.hypervolume),
                     mean_of(s.violations), mean_of(s.covered), wall});
    }
  }
  return table;
}

/// auto minus every other row: means over seeds, paired by device, with a bootstrap over devices.
inline hwnas::Table difference_table(const Results& results, const std::vector<std::size_t>& samples,
                                     const std::vector<std::string>& methods) {
  hwnas::Table table{{{.name = "samples"},
                      {.name = "auto minus"},
                      {.name = "mean", .decimals = 4},
                      {.name = "95 % from", .decimals = 4},
                      {.name = "to", .decimals = 4},
                      {.name = "devices"}}};
  for (const auto n : samples) {
    for (const auto& method : methods) {
      std::vector<double> differences;
      for (const auto& [device, by_samples] : results) {
        const auto at = by_samples.find(n);
        if (method == "auto" || at == by_samples.end() || !at->second.contains(method) || !at->second.contains("auto")) {
          continue;
        }
        const auto other = mean_of(at->second.at(method).rank), own = mean_of(at->second.at("auto").rank);
        if (other && own) differences.push_back(*own - *other);
      }
      if (differences.empty()) continue;
      hwnas::Rng rng{n};
      const auto interval = hwnas::bootstrap_interval(
          differences, [](std::span<const double> d) { return hwnas::mean(d); }, rng);
      table.add_row({n, method, hwnas::mean(differences), interval.low, interval.high, differences.size()});
    }
  }
  return table;
}

}  // namespace one_proxy
