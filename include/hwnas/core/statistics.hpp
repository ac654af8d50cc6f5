// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Summary statistics, rank correlations and bootstrap intervals.
///        double tau = kendall_tau(predicted, measured);
///        Interval band = bootstrap_interval(predicted, measured, kendall_tau, rng);     // 95 %, percentile
///        What is undefined (no data, no spread, a NaN among the data) is NaN; lists of unequal length throw.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "hwnas/core/rng.hpp"

namespace hwnas {

/// 95 % quantile of the normal distribution: so many deviations to either side hold 90 %.
inline constexpr double normal_95 = 1.6448536269514722;

/// The k for which another value is at most the k-th smallest of n with probability p, all drawn alike; above n: n are too few.
///   Formula  k = ceil((n + 1) p)
///   Source   Lei, G'Sell, Rinaldo, Tibshirani and Wasserman 2018, "Distribution-free predictive inference for regression"
[[nodiscard]] inline std::size_t conformal_rank(std::size_t n, double p) {
  // A little less, so that (n + 1) p that is a whole number stays one.
  return static_cast<std::size_t>(std::ceil(static_cast<double>(n + 1) * p * (1 - 1e-12)));
}

/// Both ends of an interval.
struct Interval {
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// A bootstrap's options.
struct BootstrapOptions {
  double level = 0.95;   ///< probability that the interval is to cover, in (0, 1)
  int resamples = 2000;  ///< Efron and Tibshirani 1993, chapter 13, advise at least 1000 for intervals
};

namespace detail {
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

inline bool any_nan(std::span<const double> values) {
  return std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
}
inline void require_pairs(std::span<const double> x, std::span<const double> y) {
  if (x.size() != y.size()) throw std::invalid_argument{"hwnas: a correlation needs two lists of equal length"};
}
/// Pairs among equal neighbours of a sorted list: sum of t (t - 1) / 2 over the runs.
template <class Equal> std::int64_t tied_pairs(std::size_t n, Equal equal) {
  std::int64_t pairs = 0, run = 0;
  for (std::size_t i = 1; i < n; ++i) {
    run = equal(i - 1, i) ? run + 1 : 0;
    pairs += run;
  }
  return pairs;
}
/// Sorts and returns the number of exchanges that a bubble sort would make (Knight 1966).
inline std::int64_t sort_counting_exchanges(std::span<double> values, std::span<double> scratch) {
  if (values.size() < 2) return 0;
  const std::size_t half = values.size() / 2;
  std::int64_t exchanges =
      sort_counting_exchanges(values.first(half), scratch) + sort_counting_exchanges(values.subspan(half), scratch);
  std::size_t left = 0, right = half;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const bool take_right = left == half || (right < values.size() && values[right] < values[left]);
    if (take_right) exchanges += static_cast<std::int64_t>(half - left);
    scratch[k] = values[take_right ? right++ : left++];
  }
  std::copy_n(scratch.begin(), values.size(), values.begin());
  return exchanges;
}
}  // namespace detail

/// Arithmetic mean; NaN without data.
[[nodiscard]] inline double mean(std::span<const double> values) {
  if (values.empty()) return detail::not_a_number;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Sample standard deviation (n - 1 in the denominator); NaN with fewer than two values.
[[nodiscard]] inline double sample_deviation(std::span<const double> values) {
  if (values.size() < 2) return detail::not_a_number;
  const double center = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - center) * (value - center);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

/// 95 % score interval of a share (Wilson 1927): sound also near 0 and 1, where hits / trials plus or minus a deviation is not.
///   Formula  (h + z^2/2 -+ z sqrt(h (n - h) / n + z^2/4)) / (n + z^2), z = 1.96;  no trials give NaN
[[nodiscard]] inline Interval wilson_interval(double hits, double trials) {
  if (!(trials > 0)) return {};
  constexpr double z = 1.959963984540054;
  const double center = hits + z * z / 2, width = z * std::sqrt(hits * (trials - hits) / trials + z * z / 4);
  return {std::max(0.0, (center - width) / (trials + z * z)), std::min(1.0, (center + width) / (trials + z * z))};
}

/// Quantile of type 7 in Hyndman and Fan 1996, the default of R and NumPy: linear between the order statistics that
/// surround position (n - 1) p.  p outside [0, 1] throws.
[[nodiscard]] inline double quantile(std::span<const double> values, double p) {
  if (!(p >= 0 && p <= 1)) throw std::invalid_argument{"hwnas: a quantile's probability must lie in [0, 1]"};
  if (values.empty() || detail::any_nan(values)) return detail::not_a_number;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double position = static_cast<double>(sorted.size() - 1) * p;
  const auto below = static_cast<std::size_t>(position);
  const double part = position - static_cast<double>(below);
  if (part == 0) return sorted[below];  // also keeps infinity times zero away
  return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

/// Median: the mean of the middle two where their number is even.
[[nodiscard]] inline double median(std::span<const double> values) { return quantile(values, 0.5); }

/// Ranks from 1; equal values share the mean of their ranks.
[[nodiscard]] inline std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> rank(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) rank[order[i]] = 0.5 * static_cast<double>(begin + 1 + end);
    begin = end;
  }
  return rank;
}

/// Pearson's linear correlation; NaN where one list has no spread.
[[nodiscard]] inline double pearson(std::span<const double> x, std::span<const double> y) {
  detail::require_pairs(x, y);
  const double mean_x = mean(x), mean_y = mean(y);
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  if (!(xx > 0 && yy > 0)) return detail::not_a_number;
  return std::clamp(xy / (std::sqrt(xx) * std::sqrt(yy)), -1.0, 1.0);
}

/// Spearman's rank correlation: Pearson's on average ranks, which is its definition where values are tied.
[[nodiscard]] inline double spearman(std::span<const double> x, std::span<const double> y) {
  detail::require_pairs(x, y);
  if (detail::any_nan(x) || detail::any_nan(y)) return detail::not_a_number;
  return pearson(ranks(x), ranks(y));
}

/// Kendall's tau-b, which corrects for ties on both sides.
///   Formula     (P - Q) / sqrt((P + Q + X) (P + Q + Y)); P, Q pairs in equal and opposite order, X, Y tied in one only
///   Source      Knight 1966, "A computer method for calculating Kendall's tau with ungrouped data"
///   Complexity  O(n log n)
[[nodiscard]] inline double kendall_tau(std::span<const double> x, std::span<const double> y) {
  detail::require_pairs(x, y);
  const std::size_t n = x.size();
  if (n < 2 || detail::any_nan(x) || detail::any_nan(y)) return detail::not_a_number;
  std::vector<std::pair<double, double>> pairs(n);
  for (std::size_t i = 0; i < n; ++i) pairs[i] = {x[i], y[i]};
  std::sort(pairs.begin(), pairs.end());
  const auto tied_x =
      detail::tied_pairs(n, [&](std::size_t a, std::size_t b) { return pairs[a].first == pairs[b].first; });
  const auto tied_both = detail::tied_pairs(n, [&](std::size_t a, std::size_t b) { return pairs[a] == pairs[b]; });
  std::vector<double> second(n), scratch(n);
  for (std::size_t i = 0; i < n; ++i) second[i] = pairs[i].second;
  const std::int64_t exchanges = detail::sort_counting_exchanges(second, scratch);
  const auto tied_y = detail::tied_pairs(n, [&](std::size_t a, std::size_t b) { return second[a] == second[b]; });
  const auto all = static_cast<std::int64_t>(n) * (static_cast<std::int64_t>(n) - 1) / 2;
  if (all == tied_x || all == tied_y) return detail::not_a_number;
  const auto balance = static_cast<double>(all - tied_x - tied_y + tied_both - 2 * exchanges);
  const auto untied_x = static_cast<double>(all - tied_x), untied_y = static_cast<double>(all - tied_y);
  if (untied_x == untied_y) return balance / untied_x;  // exactly 1 for equal orders, which two roots miss
  return std::clamp(balance / (std::sqrt(untied_x) * std::sqrt(untied_y)), -1.0, 1.0);
}

namespace detail {
/// The percentile interval of what `draw()` returns; draws that are undefined (all ties) are left out.
template <class Draw> Interval percentile_interval(const BootstrapOptions& options, Draw draw) {
  if (!(options.level > 0 && options.level < 1) || options.resamples < 1) {
    throw std::invalid_argument{"hwnas: a bootstrap needs a level in (0, 1) and at least one resample"};
  }
  std::vector<double> statistics;
  for (int i = 0; i < options.resamples; ++i) {
    if (const double value = draw(); !std::isnan(value)) statistics.push_back(value);
  }
  const double tail = (1 - options.level) / 2;
  return {quantile(statistics, tail), quantile(statistics, 1 - tail)};
}
}  // namespace detail

/// Bootstrap percentile interval of a statistic of one sample: values drawn with replacement, the statistic's
/// quantiles over the resamples (Efron and Tibshirani 1993, section 13.3). No data gives NaN.
template <class Statistic>
[[nodiscard]] Interval bootstrap_interval(std::span<const double> values, Statistic statistic, Rng& rng,
                                          BootstrapOptions options = {}) {
  std::vector<double> drawn(values.size());
  return detail::percentile_interval(options, [&] {
    for (double& value : drawn) value = values[rng.below(std::uint64_t{values.size()})];
    return static_cast<double>(statistic(std::span<const double>{drawn}));
  });
}

/// The same for a statistic of pairs (a correlation): whole pairs are drawn.
template <class Statistic>
[[nodiscard]] Interval bootstrap_interval(std::span<const double> x, std::span<const double> y, Statistic statistic,
                                          Rng& rng, BootstrapOptions options = {}) {
  detail::require_pairs(x, y);
  std::vector<double> drawn_x(x.size()), drawn_y(x.size());
  return detail::percentile_interval(options, [&] {
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t pick = rng.below(std::uint64_t{x.size()});
      drawn_x[i] = x[pick];
      drawn_y[i] = y[pick];
    }
    return static_cast<double>(statistic(std::span<const double>{drawn_x}, std::span<const double>{drawn_y}));
  });
}

}  // namespace hwnas
