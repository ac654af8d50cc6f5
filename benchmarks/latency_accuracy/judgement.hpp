// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How predictions of the judged networks compare with their measurements.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "hwnas/core/statistics.hpp"
#include "hwnas/latency/error_statistics.hpp"
#include "measure.hpp"

namespace accuracy {

/// A predictor's answers for the judged networks, in their order; NaN: it has none, and is not judged there.
struct Answers {
  std::string name;
  std::vector<double> latencies;
};

/// A predictor's figures over all networks, and rank correlations within the spaces.
struct Verdict {
  std::string name;
  hwnas::ErrorStatistics errors{};
  double within_10_lower = 0;
  double bias = 0;  ///< median of predicted / measured - 1
  std::map<std::string, hwnas::ErrorStatistics> by_space{};
};

[[nodiscard]] inline Verdict judge(const Answers& answers, const std::vector<Judged>& networks,
                                   double Judged::*measured = &Judged::first) {
  std::vector<double> predicted, latencies, ratios;
  std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> lists;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    if (std::isnan(answers.latencies[i])) continue;
    predicted.push_back(answers.latencies[i]);
    latencies.push_back(networks[i].*measured);
    ratios.push_back(predicted.back() / latencies.back() - 1);
    auto& [p, m] = lists[networks[i].space->name];
    p.push_back(predicted.back());
    m.push_back(latencies.back());
  }
  Verdict verdict{.name = answers.name, .errors = hwnas::error_statistics(predicted, latencies)};
  const double hits = std::round(verdict.errors.within_10 * static_cast<double>(verdict.errors.count));
  verdict.within_10_lower = hwnas::wilson_interval(hits, static_cast<double>(verdict.errors.count)).low;
  verdict.bias = hwnas::median(ratios);
  for (const auto& [space, pair] : lists) verdict.by_space[space] = hwnas::error_statistics(pair.first, pair.second);
  return verdict;
}

/// NaN becomes null, which JSON has a word for.
[[nodiscard]] inline nlohmann::json number(double x) { return std::isfinite(x) ? nlohmann::json(x) : nlohmann::json(); }

[[nodiscard]] inline nlohmann::json to_json(const Verdict& verdict) {
  nlohmann::json spearman = nlohmann::json::object();
  for (const auto& [space, errors] : verdict.by_space) {
    if (errors.count > 2) spearman[space] = number(errors.spearman);
  }
  return {{"networks", verdict.errors.count},
          {"within_10", number(verdict.errors.within_10)},
          {"within_10_lower", number(verdict.within_10_lower)},
          {"within_5", number(verdict.errors.within_5)},
          {"rmspe", number(verdict.errors.rmspe)},
          {"bias", number(verdict.bias)},
          {"spearman", spearman}};
}

}  // namespace accuracy
