// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How well a predictor ranks the measured networks that it was not trained on.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/latency/error_statistics.hpp"
#include "hwnas/latency/linear_predictor.hpp"
#include "hwnas/latency/network_sample.hpp"
#include "hwnas/train/gcn_predictor.hpp"
#include "hwnas/zoo/listed_spaces.hpp"

namespace latency_samples {

/// The networks of a table whose images have the space's own size: an architecture says nothing of the size.
template <class Names>
struct Networks {
  std::vector<hwnas::Architecture<typename Names::space>> architectures = {};
  std::vector<std::size_t> rows = {};

  ///   Errors  bad_format
  static hwnas::Result<Networks> read(const std::vector<std::string>& names) {
    const auto networks = hwnas::zoo::read_all<Names>(names);
    if (!networks) return networks.error();
    Networks out;
    for (std::size_t row = 0; row < names.size(); ++row) {
      if (hwnas::zoo::area_of((*networks)[row]) != 1) continue;
      out.architectures.push_back(hwnas::zoo::architecture_of((*networks)[row]));
      out.rows.push_back(row);
    }
    return out;
  }

  /// Those that a device has measured.
  [[nodiscard]] auto measured(const std::vector<double>& column) const {
    std::vector<hwnas::NetworkSample<typename Names::space>> result;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (std::isfinite(column[rows[i]])) result.push_back({architectures[i], hwnas::Milliseconds{column[rows[i]]}});
    }
    return result;
  }
};

/// In milliseconds; what a predictor cannot say is 0, the fastest.
template <class Space>
std::vector<double> predictions(const hwnas::LinearPredictor<Space>& predictor,
                                const std::vector<hwnas::Architecture<Space>>& networks) {
  std::vector<double> result;
  for (const auto& a : networks) {
    const auto latency = predictor.predict(a);
    result.push_back(latency ? latency->value() : 0);
  }
  return result;
}
template <class Space>
std::vector<double> predictions(const hwnas::GcnPredictor<Space>& predictor,
                                const std::vector<hwnas::Architecture<Space>>& networks) {
  std::vector<double> result;
  for (const auto latency : predictor.predict_all(networks).value()) result.push_back(latency.value());
  return result;
}

/// Trains on n networks drawn from all and ranks the others.
template <class Predictor, class Space, class... Options>
hwnas::ErrorStatistics held_out(std::vector<hwnas::NetworkSample<Space>> all, std::size_t n, std::uint64_t seed,
                                const Options&... options) {
  hwnas::Rng rng{seed};
  for (std::size_t i = 0; i < n; ++i) std::swap(all[i], all[i + rng.below(all.size() - i)]);
  Predictor predictor;
  predictor.fit(std::span<const hwnas::NetworkSample<Space>>{all}.first(n), options...).value();
  std::vector<hwnas::Architecture<Space>> networks;
  std::vector<double> measured;
  for (const auto& sample : std::span{all}.subspan(n)) {
    networks.push_back(sample.architecture);
    measured.push_back(sample.latency.value());
  }
  return hwnas::error_statistics(predictions(predictor, networks), measured);
}

struct Scores {
  double spearman = 0;
  double within_5 = 0;
  double within_10 = 0;
};

/// Means over the seeds 0, 1, ...
///   predictor   "linear" or "gcn"
template <class Space>
Scores mean_scores(const std::string& predictor, const std::vector<hwnas::NetworkSample<Space>>& all, std::size_t n,
                   int seeds, hwnas::GcnOptions options) {
  std::vector<double> ranks, fives, tens;
  for (int i = 0; i < seeds; ++i) {
    const auto seed = static_cast<std::uint64_t>(i);
    options.seed = seed;
    const hwnas::ErrorStatistics errors =
        predictor == "linear" ? held_out<hwnas::LinearPredictor<Space>>(all, n, seed)
                              : held_out<hwnas::GcnPredictor<Space>>(all, n, seed, options);
    ranks.push_back(errors.spearman);
    fives.push_back(errors.within_5);
    tens.push_back(errors.within_10);
  }
  return {hwnas::mean(ranks), hwnas::mean(fives), hwnas::mean(tens)};
}

}  // namespace latency_samples
