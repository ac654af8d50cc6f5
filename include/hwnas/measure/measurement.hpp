// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Timing: a callable run many times, and what is kept of it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/statistics.hpp"

namespace hwnas {

/// Statistics of repeated runs. The minimum is what disturbs a shared machine least; it is the table's statistic.
struct Measurement {
  std::int64_t count = 0;
  Milliseconds minimum{};
  Milliseconds median{};
  Milliseconds mean{};
  Milliseconds deviation{};
};

/// Collects runs of one thing over several rounds.
class Stopwatch {
 public:
  /// Runs f once and notes the time.
  void run(auto&& f) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
    times_.push_back(taken.count());
  }
  [[nodiscard]] Measurement result() const {
    return {static_cast<std::int64_t>(times_.size()), Milliseconds{*std::min_element(times_.begin(), times_.end())},
            Milliseconds{median(times_)}, Milliseconds{mean(times_)},
            Milliseconds{times_.size() < 2 ? 0.0 : sample_deviation(times_)}};
  }

 private:
  std::vector<double> times_;
};

/// How things are measured.
struct MeasureOptions {
  int threads = 1;
  int batch = 1;
  int warmup = 3;    ///< runs not counted, before the first round of each thing
  int rounds = 10;   ///< everything is measured once a round, so that a slow moment touches all alike
  int runs = 6;      ///< counted runs a round
  int networks = 8;  ///< whole networks that the correction is learnt on
  std::uint64_t seed = 1;
  std::function<void(int done, int total)> progress{};
  std::function<bool()> stop{};  ///< asked between measurements
};

}  // namespace hwnas
