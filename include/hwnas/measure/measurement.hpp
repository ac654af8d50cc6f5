// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How runs are made and timed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "hwnas/core/quantity.hpp"
#include "hwnas/latency/measurement.hpp"

namespace hwnas {

[[nodiscard]] inline Milliseconds milliseconds_since(std::chrono::steady_clock::time_point begin) {
  return Milliseconds{std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count()};
}
/// Milliseconds that f takes by the wall clock.
[[nodiscard]] Milliseconds timed(auto&& f) {
  const auto begin = std::chrono::steady_clock::now();
  f();
  return milliseconds_since(begin);
}

/// How things are measured.
struct MeasureOptions {
  int threads = 1;
  int batch = 1;
  std::vector<int> cpus{};  ///< processors the measuring thread is pinned to; empty: wherever the system puts it
  int warmup = 3;    ///< runs not counted, before the first round of each thing
  int rounds = 10;   ///< everything is measured once a round, so that a slow moment touches all alike
  int runs = 6;      ///< counted runs a round, at most
  Milliseconds round_time{100};  ///< a thing's runs of a round end when two or more have taken so long together: rounds are
                                 ///< spread over time and say more of a slow network than runs in a row; 0: no limit
  Milliseconds least_time{0};  ///< rounds go on until so long has passed: those of one small network take some hundredths of a
                               ///< second, all of which a slow moment of the machine can fill
  double max_drift = 0.15;  ///< a round counts as disturbed where the reference kernel is slower by more; 0: never looked at
  int reference_every = 1;  ///< things between two runs of the reference kernel; each round ends with one
  int repeats = 5;          ///< further rounds for what was disturbed in more than half of its rounds
  int networks = 8;  ///< whole networks that a table's correction is learnt on
  std::uint64_t seed = 1;
  std::function<void(int done, int total)> progress{};
  std::function<bool()> stop{};  ///< asked between measurements
};

}  // namespace hwnas
