// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Measurement: what is kept of repeated runs, and whether a predictor can learn from a latency.
///        Measurement m = statistics_of(runs);   check_measured(m.median, "conv 3x3").value();
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <fmt/format.h>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/core/statistics.hpp"

namespace hwnas {

/// Statistics of repeated runs. The minimum is what disturbs a shared machine least; it is the table's statistic.
struct Measurement {
  static constexpr std::array<double, 4> quantile_levels{0.05, 0.25, 0.75, 0.95};

  std::int64_t count = 0;
  Milliseconds minimum{};
  Milliseconds median{};
  Milliseconds mean{};
  Milliseconds deviation{};                   ///< sample standard deviation; 0 of one run
  std::array<Milliseconds, 4> quantiles{};    ///< at quantile_levels
  bool disturbed = false;  ///< the machine's own speed moved in most rounds, also in the repeated ones
};

/// The statistics of at least one run.
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

/// Whether a measured latency can be learnt from.
///   what    took it; for the message
///   Errors  bad_value unless it is finite and above 0
template <class What>
[[nodiscard]] Result<void> check_measured(Milliseconds latency, const What& what) {
  if (std::isfinite(latency.value()) && latency.value() > 0) return {};
  return Error{Error::Code::bad_value,
               fmt::format("the measured latency of {} is {}: expected a finite number of milliseconds above 0", what,
                           latency)};
}

}  // namespace hwnas
