// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What is kept of repeated runs, and how they are made.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/statistics.hpp"

namespace hwnas {

/// Statistics of repeated runs. The minimum is what disturbs a shared machine least; it is the table's statistic.
struct Measurement {
  static constexpr std::array<double, 4> quantile_levels{0.05, 0.25, 0.75, 0.95};

  std::int64_t count = 0;
  Milliseconds minimum{};
  Milliseconds median{};
  Milliseconds mean{};
  Milliseconds deviation{};                   ///< sample standard deviation
  std::array<Milliseconds, 4> quantiles{};    ///< at quantile_levels
  bool disturbed = false;  ///< the machine's own speed moved in most rounds, also in the repeated ones
};

/// The statistics of runs.
[[nodiscard]] inline Measurement statistics_of(std::span<const double> milliseconds) {
  Measurement result{.count = static_cast<std::int64_t>(milliseconds.size()),
                     .minimum = Milliseconds{*std::min_element(milliseconds.begin(), milliseconds.end())},
                     .median = Milliseconds{median(milliseconds)},
                     .mean = Milliseconds{mean(milliseconds)},
                     .deviation = Milliseconds{milliseconds.size() < 2 ? 0.0 : sample_deviation(milliseconds)}};
  for (std::size_t q = 0; q < Measurement::quantile_levels.size(); ++q) {
    result.quantiles[q] = Milliseconds{quantile(milliseconds, Measurement::quantile_levels[q])};
  }
  return result;
}

/// Milliseconds that f takes by the wall clock.
[[nodiscard]] Milliseconds timed(auto&& f) {
  const auto begin = std::chrono::steady_clock::now();
  f();
  return Milliseconds{std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count()};
}

/// How things are measured.
struct MeasureOptions {
  int threads = 1;
  int batch = 1;
  std::vector<int> cpus{};  ///< processors the measuring thread is pinned to; empty: wherever the system puts it
  int warmup = 3;    ///< runs not counted, before the first round of each thing
  int rounds = 10;   ///< everything is measured once a round, so that a slow moment touches all alike
  int runs = 6;      ///< counted runs a round
  double max_drift = 0.15;  ///< a round counts as disturbed where the reference kernel is slower by more; 0: never looked at
  int repeats = 5;          ///< further rounds for what was disturbed in more than half of its rounds
  int networks = 8;  ///< whole networks that a table's correction is learnt on
  std::uint64_t seed = 1;
  std::function<void(int done, int total)> progress{};
  std::function<bool()> stop{};  ///< asked between measurements
};

}  // namespace hwnas
