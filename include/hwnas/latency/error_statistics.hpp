// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  ErrorStatistics: how far predictions are from measurements, in the figures nn-Meter reports.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include "hwnas/core/statistics.hpp"

namespace hwnas {

/// Errors of predictions. Relative ones are relative to the measurement; all are NaN without data.
struct ErrorStatistics {
  std::size_t count = 0;
  double rmse = detail::not_a_number;       ///< root mean squared error, in the latencies' unit
  double rmspe = detail::not_a_number;      ///< root mean squared relative error, 0.1 is 10 %
  double within_5 = detail::not_a_number;   ///< share of relative errors up to 5 %
  double within_10 = detail::not_a_number;  ///< up to 10 %
  double spearman = detail::not_a_number;   ///< rank correlation
};

/// Errors  throws for lists of unequal length
[[nodiscard]] inline ErrorStatistics error_statistics(std::span<const double> predicted,
                                                      std::span<const double> measured) {
  detail::require_pairs(predicted, measured);
  ErrorStatistics result{.count = measured.size()};
  if (measured.empty()) return result;
  double squares = 0, relative_squares = 0, five = 0, ten = 0;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const double error = predicted[i] - measured[i];
    const double relative = std::abs(error / measured[i]);
    squares += error * error;
    relative_squares += relative * relative;
    five += relative <= 0.05 ? 1 : 0;
    ten += relative <= 0.10 ? 1 : 0;
  }
  const auto n = static_cast<double>(measured.size());
  result.rmse = std::sqrt(squares / n);
  result.rmspe = std::sqrt(relative_squares / n);
  result.within_5 = five / n;
  result.within_10 = ten / n;
  result.spearman = spearman(predicted, measured);
  return result;
}

}  // namespace hwnas
