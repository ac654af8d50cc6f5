// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Conditions of a measurement: the machine, what is pinned, and what of it is written down.
#pragma once

#include <algorithm>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <sched.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hwnas/core/result.hpp"
#include "hwnas/measure/measurement.hpp"

namespace hwnas {

/// Ordered names and values that decide whether a measurement still holds.
using Conditions = std::map<std::string, std::string>;

/// The processor's name as the system tells it; "unknown" where it does not.
[[nodiscard]] inline std::string cpu_model() {
  std::ifstream in{"/proc/cpuinfo"};
  for (std::string line; std::getline(in, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

/// What every device's conditions have.
[[nodiscard]] inline Conditions common_conditions(const std::string& device, const MeasureOptions& options) {
  Conditions conditions{{"device", device},
                        {"cpu", cpu_model()},
                        {"threads", std::to_string(options.threads)},
                        {"batch", std::to_string(options.batch)},
                        {"layout", "NCHW"},
                        {"data type", "float32"},
                        {"warm-up", std::to_string(options.warmup)},
                        {"repetitions", fmt::format("{} rounds of {}", options.rounds, options.runs)},
                        {"statistic", "minimum"}};
  if (options.runs > 2 && options.round_time > Milliseconds{0}) {
    conditions["repetitions"] += fmt::format(" (fewer after {})", options.round_time);
  }
  if (!options.cpus.empty()) conditions["affinity"] = fmt::format("{}", fmt::join(options.cpus, " "));
  return conditions;
}

/// Pins the calling thread to processors while it lives.
class AffinityGuard {
 public:
  ///   Errors   throws unavailable where the machine lacks one of them; pins nothing then
  explicit AffinityGuard(std::span<const int> cpus) {
    if (cpus.empty()) return;
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t wanted;
    CPU_ZERO(&wanted);
    for (const int cpu : cpus) {
      if (cpu >= 0 && cpu < CPU_SETSIZE) CPU_SET(static_cast<std::size_t>(cpu), &wanted);
    }
    pinned_ = sched_setaffinity(0, sizeof wanted, &wanted) == 0;
    if (!pinned_ || !runs_on(cpus)) {  // the system leaves out what it lacks while one remains
      unpin();
      throw Error{Error::Code::unavailable,
                  fmt::format("measuring: cannot run on processors {}", fmt::join(cpus, ", "))};
    }
  }
  AffinityGuard(const AffinityGuard&) = delete;
  AffinityGuard& operator=(const AffinityGuard&) = delete;
  ~AffinityGuard() { unpin(); }

 private:
  [[nodiscard]] static bool runs_on(std::span<const int> cpus) {
    cpu_set_t given;
    CPU_ZERO(&given);
    sched_getaffinity(0, sizeof given, &given);
    return std::all_of(cpus.begin(), cpus.end(), [&](int cpu) {
      return cpu >= 0 && cpu < CPU_SETSIZE && CPU_ISSET(static_cast<std::size_t>(cpu), &given);
    });
  }
  void unpin() {
    if (pinned_) sched_setaffinity(0, sizeof before_, &before_);
  }

  cpu_set_t before_{};
  bool pinned_ = false;
};

}  // namespace hwnas
