// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  evaluate: the errors of any predictor, or of any profiler of latency, on measurements.
///        evaluate(predictor, samples).value().within_10;                          // kernels, operators, or whole networks
///        evaluate(LatencyProfiler<OnImages, LookupTable>{table}, networks).rmspe; // whole networks, as sums
#pragma once

#include <concepts>
#include <span>
#include <vector>

#include "hwnas/latency/concepts.hpp"
#include "hwnas/latency/error_statistics.hpp"
#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/latency/network_sample.hpp"

namespace hwnas {

/// samples: pairs of a key of the predictor and its measured latency, as KernelSample, OperatorSample and NetworkSample are.
///   Errors  those of the predictor
template <Predictor P, class Samples>
[[nodiscard]] Result<ErrorStatistics> evaluate(const P& predictor, const Samples& samples) {
  std::vector<typename P::key> keys;
  std::vector<double> predicted, measured;
  for (const auto& [key, latency] : samples) {
    keys.push_back(key);
    measured.push_back(latency.value());
  }
  const auto latencies = detail::predictions(predictor, keys);
  if (!latencies) return latencies.error();
  for (const Milliseconds latency : *latencies) predicted.push_back(latency.value());
  return error_statistics(predicted, measured);
}

/// The same for whole networks and whatever has profile(architecture) in milliseconds.
///   Errors  throws the profiler's
template <class P>
  requires requires(const P& profiler, const Architecture<typename P::space>& a) {
    { profiler.profile(a).value() } -> std::convertible_to<double>;
  }
[[nodiscard]] ErrorStatistics evaluate(const P& profiler,
                                       std::span<const NetworkSample<typename P::space>> networks) {
  std::vector<double> predicted, measured;
  for (const auto& [architecture, latency] : networks) {
    predicted.push_back(profiler.profile(architecture).value());
    measured.push_back(latency.value());
  }
  return error_statistics(predicted, measured);
}

}  // namespace hwnas
