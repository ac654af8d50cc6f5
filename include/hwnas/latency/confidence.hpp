// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Budgets with a confidence: latencies that networks keep with a stated probability.
///        auto calibration = Calibration::make(predicted, measured).value();      // networks not used for building the predictor
///        auto latency95 = at_confidence(latency, calibration, 0.95).value();
///        uniform_within(latency95, 0_ms, 5_ms);      // "at most 5 ms with probability 0.95", wherever a budget is taken
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/profile/any_profiler.hpp"

namespace hwnas {

/// Split conformal calibration of relative errors.
///   Formula   with the ratios r = measured / predicted of n networks in order, measured <= r(k) predicted holds with probability
///             p for another network drawn as they were, k = ceil((n + 1) p)
///   Source    Lei, G'Sell, Rinaldo, Tibshirani and Wasserman 2018, "Distribution-free predictive inference for regression"
class Calibration {
 public:
  /// From predicted and measured latencies of the same networks.
  ///   Errors  bad_value for lists of unequal length, or numbers that are not finite and above 0
  [[nodiscard]] static Result<Calibration> make(std::span<const double> predicted, std::span<const double> measured) {
    if (predicted.size() != measured.size()) {
      return Error{Error::Code::bad_value,
                   fmt::format("calibration: {} predictions for {} measurements", predicted.size(), measured.size())};
    }
    Calibration result;
    for (std::size_t i = 0; i < measured.size(); ++i) {
      if (!(positive(predicted[i]) && positive(measured[i]))) {
        return Error{Error::Code::bad_value,
                     fmt::format("calibration: network {} is predicted {} ms and measured {} ms: expected finite "
                                 "numbers above 0",
                                 i, predicted[i], measured[i])};
      }
      result.ratios_.push_back(measured[i] / predicted[i]);
    }
    std::sort(result.ratios_.begin(), result.ratios_.end());
    return result;
  }

  /// measured / predicted of the networks, in order.
  [[nodiscard]] std::span<const double> ratios() const { return ratios_; }

  /// What a prediction is multiplied by to become an upper bound with a probability.
  ///   Errors  bad_value for a probability outside (0, 1), or one that so few networks cannot support
  [[nodiscard]] Result<double> factor(double probability) const {
    if (!(probability > 0 && probability < 1)) {
      return Error{Error::Code::bad_value,
                   fmt::format("a confidence must be above 0 and below 1, not {}", probability)};
    }
    const std::size_t rank = conformal_rank(ratios_.size(), probability);
    if (rank <= ratios_.size()) return ratios_[rank - 1];
    return Error{Error::Code::bad_value,
                 fmt::format("a confidence of {} needs at least {} networks for calibration, there are {}", probability,
                             std::ceil(probability / (1 - probability) - 1e-9), ratios_.size())};
  }
  /// Both ends of an interval that holds with a probability, the rest shared between its sides.
  [[nodiscard]] Result<Interval> interval(Milliseconds predicted, double probability) const {
    const auto high = factor((1 + probability) / 2);
    if (!high) return high.error();
    const double rank = std::floor(static_cast<double>(ratios_.size() + 1) * (1 - probability) / 2 * (1 + 1e-12));
    const double low = ratios_[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
    return Interval{predicted.value() * low, predicted.value() * *high};
  }

 private:
  static bool positive(double x) { return std::isfinite(x) && x > 0; }
  std::vector<double> ratios_;
};

/// How often upper bounds held: the share of networks whose measured latency is at most factor times the predicted one.
[[nodiscard]] inline double coverage(std::span<const double> predicted, std::span<const double> measured,
                                     double factor) {
  detail::require_pairs(predicted, measured);
  if (measured.empty()) return detail::not_a_number;
  std::size_t held = 0;
  for (std::size_t i = 0; i < measured.size(); ++i) held += measured[i] <= factor * predicted[i] ? 1 : 0;
  return static_cast<double>(held) / static_cast<double>(measured.size());
}

/// Another table profiler's costs times a factor, rounded up edge by edge.
template <class P>
class ScaledProfiler : public AnyProfiler<typename P::space, typename P::unit> {
 public:
  ScaledProfiler(P profiler, double factor)
      : AnyProfiler<typename P::space, typename P::unit>{std::move(profiler),
                                                         [factor](std::int64_t ticks) {
                                                           return static_cast<std::int64_t>(
                                                               std::ceil(static_cast<double>(ticks) * factor));
                                                         }},
        factor_{factor} {}
  [[nodiscard]] double factor() const { return factor_; }

 private:
  double factor_;
};

/// The latency that networks keep with a probability, as a profiler of its own: limits, counts, draws and penalties take it.
///   Errors  those of Calibration::factor()
template <TableProfilerType P>
[[nodiscard]] Result<ScaledProfiler<P>> at_confidence(const P& latency, const Calibration& calibration,
                                                      double probability) {
  const auto factor = calibration.factor(probability);
  if (!factor) return factor.error();
  return ScaledProfiler<P>{latency, *factor};
}

}  // namespace hwnas
