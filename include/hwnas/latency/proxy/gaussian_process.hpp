// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  GaussianProcess: what a proxy leaves unexplained, as a smooth function of the architecture's features.
///        GaussianProcess adapter{features, proxy_predictions};
#pragma once

#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/core/result.hpp"
#include "hwnas/latency/proxy/bayesian_ridge.hpp"
#include "hwnas/latency/proxy/concepts.hpp"

namespace hwnas {

/// exp(-||x - y||^2 / (2 l^2)) for the rows of two matrices.
[[nodiscard]] inline Eigen::MatrixXd gaussian_kernel(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b,
                                                     double length) {
  Eigen::MatrixXd distance = -2 * a * b.transpose();
  distance.colwise() += a.rowwise().squaredNorm();
  distance.rowwise() += b.rowwise().squaredNorm().transpose();
  return (distance.array().max(0) / (-2 * length * length)).exp();
}

/// Gaussian process on the residual: trend = constant and proxies; length scale and noise from the evidence.
class GaussianProcess : public PoolPredictions {
 public:
  GaussianProcess(Eigen::MatrixXd features, const Eigen::MatrixXd& proxies) : features_{std::move(features)} {
    trend_.resize(features_.rows(), proxies.cols() + 1);
    trend_ << Eigen::VectorXd::Ones(features_.rows()), proxies;
  }

  Result<void> fit(std::span<const Sample> samples) {
    predictions_.reset();
    const auto table = SampleTable::make(samples, features_.rows(), std::size_t(trend_.cols()) + 2);
    if (!table) return table.error();
    const Eigen::MatrixXd at = features_(table->rows, Eigen::all), trend = trend_(table->rows, Eigen::all);
    std::optional<TrendProcess> best;
    double length = 1;
    for (const double candidate : lengths(at)) {
      TrendProcess process{gaussian_kernel(at, at, candidate), trend, table->latency};
      if (best && process.evidence() <= best->evidence()) continue;
      best.emplace(std::move(process)), length = candidate;
    }
    predictions_ =
        best->predict(gaussian_kernel(features_, at, length), Eigen::ArrayXd::Ones(features_.rows()), trend_);
    return {};
  }

 private:
  /// From half the typical distance of two samples, where each stands alone, to sixteen times, where it is linear.
  [[nodiscard]] static std::vector<double> lengths(const Eigen::MatrixXd& at) {
    const Eigen::MatrixXd centred = at.rowwise() - at.colwise().mean();
    const double typical = std::sqrt(2 * centred.squaredNorm() / double(std::max<Eigen::Index>(1, at.rows() - 1)));
    std::vector<double> out;
    for (const double factor : {0.5, 1.0, 2.0, 4.0, 16.0}) out.push_back(factor * std::max(typical, 1e-9));
    return out;
  }

  Eigen::MatrixXd features_, trend_;
};

}  // namespace hwnas
