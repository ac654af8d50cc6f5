// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  KernelTrend: what a kernel costs to start, to compute and to move its bytes; the smooth part of a kernel predictor.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include <Eigen/Dense>

#include "hwnas/latency/kernel.hpp"
#include "hwnas/latency/spectrum.hpp"

namespace hwnas {

/// latency = c0 + c1 multiply-adds + c2 bytes, in milliseconds; no coefficient is negative.
struct KernelTrend {
  std::array<double, 3> coefficients{};

  [[nodiscard]] double operator()(const KernelFeatures& f) const {
    return coefficients[0] + coefficients[1] * static_cast<double>(f.macs) +
           coefficients[2] * static_cast<double>(f.bytes);
  }

  /// Least squares of relative errors without negative coefficients: the best of all subsets of terms, which three of them
  /// allow to try.
  ///   Errors  none: latencies are above 0, so that a constant always fits
  [[nodiscard]] static KernelTrend fit(std::span<const KernelFeatures> features, std::span<const double> latencies) {
    const auto n = static_cast<Eigen::Index>(features.size());
    Eigen::MatrixXd terms(n, 3);
    for (Eigen::Index i = 0; i < n; ++i) {
      const KernelFeatures& f = features[static_cast<std::size_t>(i)];
      terms.row(i) << 1, static_cast<double>(f.macs), static_cast<double>(f.bytes);
      terms.row(i) /= latencies[static_cast<std::size_t>(i)];
    }
    KernelTrend best;
    double least = std::numeric_limits<double>::infinity();
    for (int subset = 1; subset < 8; ++subset) {
      const KernelTrend tried = with(terms, subset);
      const Eigen::Map<const Eigen::Vector3d> weights{tried.coefficients.data()};
      const double error = (terms * weights - Eigen::VectorXd::Ones(n)).squaredNorm();
      const bool valid = weights.minCoeff() >= 0 && (terms * weights).minCoeff() > 0;
      if (valid && error < least) least = error, best = tried;
    }
    return best;
  }

 private:
  static KernelTrend with(const Eigen::MatrixXd& terms, int subset) {
    Eigen::MatrixXd chosen = terms;
    for (int c = 0; c < 3; ++c) {
      if ((subset >> c & 1) == 0) chosen.col(c).setZero();
    }
    KernelTrend result;
    Eigen::Map<Eigen::VectorXd>{result.coefficients.data(), 3} =
        ColumnSpace{chosen}.solve(Eigen::VectorXd::Ones(terms.rows()));
    return result;
  }
};

}  // namespace hwnas
