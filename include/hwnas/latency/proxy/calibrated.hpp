// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Calibrated: any adapter, its deviations stretched by what it said of samples that it had not seen.
///        Calibrated adapter{RankAware{features, proxies}};
///        adapter.fit(samples).value();         // fits once for each fold, then with all samples
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/latency/proxy/concepts.hpp"

namespace hwnas {

/// Student's 95 % quantile at n degrees of freedom (>= 3), within 1 %.
///   Formula  Abramowitz and Stegun 1964, 26.7.5, with all of its terms but the last
[[nodiscard]] inline double student_95(double n) {
  const double z = normal_95, z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
  return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) +
         (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n);
}

/// An adapter whose 90 % intervals (mean -+ 1.645 deviations) cover that much of measurements like the samples.
/// Each fold of the samples is predicted from the others; errors over deviations say by how much to stretch: their conformal
/// quantile, rank ceil(0.9 (n + 1)) of n (Vovk, Gammerman and Shafer 2005), or, for fewer than nine, their root mean square
/// as a scale with Student's quantile. Samples have to be drawn at random: chosen ones are not like the rest.
///   Law         the mean is the adapter's
///   Complexity  folds + 1 times the adapter's fit
template <Adapter A>
class Calibrated {
 public:
  explicit Calibrated(A adapter, std::size_t folds = 5)
      : adapter_{std::move(adapter)}, folds_{std::max<std::size_t>(2, folds)} {}

  Result<void> fit(std::span<const Sample> samples) {
    stretch_ = stretch_of(ratios(samples));
    return adapter_.fit(samples);
  }
  [[nodiscard]] Result<Prediction> predict(Eigen::Index row) const {
    auto prediction = adapter_.predict(row);
    if (prediction) prediction->deviation = prediction->deviation * stretch_;
    return prediction;
  }
  [[nodiscard]] Result<Predictions> predict_all() const {
    auto predictions = adapter_.predict_all();
    if (predictions) predictions->deviation *= stretch_;
    return predictions;
  }
  /// What the adapter's own deviations are multiplied with; 1 where the samples are too few to tell.
  [[nodiscard]] double stretch() const { return stretch_; }

 private:
  /// |error| over deviation of samples that were left out; a fold whose rest is too small to fit has none.
  [[nodiscard]] std::vector<double> ratios(std::span<const Sample> samples) {
    std::vector<double> found;
    const std::size_t folds = std::min(folds_, samples.size());
    for (std::size_t fold = 0; fold < folds; ++fold) {
      Samples rest, left_out;
      for (std::size_t i = 0; i < samples.size(); ++i) (i % folds == fold ? left_out : rest).push_back(samples[i]);
      if (!adapter_.fit(rest)) continue;
      for (const Sample& sample : left_out) {
        const auto prediction = adapter_.predict(sample.row);
        if (!prediction || !(prediction->deviation.value() > 0)) continue;
        found.push_back(std::abs((sample.latency - prediction->mean).value()) / prediction->deviation.value());
      }
    }
    return found;
  }
  [[nodiscard]] static double stretch_of(std::vector<double> ratios) {
    if (ratios.size() < 3) return 1;
    const std::size_t rank = conformal_rank(ratios.size(), 0.9);
    if (rank <= ratios.size()) {
      const auto at = ratios.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
      std::nth_element(ratios.begin(), at, ratios.end());
      return *at / normal_95;
    }
    const auto n = static_cast<double>(ratios.size());
    double square = 0;
    for (const double ratio : ratios) square += ratio * ratio;
    return std::sqrt(square / n) * student_95(n) / normal_95;
  }

  A adapter_;
  std::size_t folds_;
  double stretch_ = 1;
};

}  // namespace hwnas
