// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  MultiProxyMixture: which known devices does the target resemble?
///        MultiProxyMixture adapter{known_latencies};          // a column a device
///        adapter.weights()                                    // after fit: how much each is believed
#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include <Eigen/Dense>

#include "hwnas/core/result.hpp"
#include "hwnas/latency/proxy/concepts.hpp"

namespace hwnas {

/// Each known device is one explanation: y = c + s z_d + noise with s > 0. The prediction averages them by how well each
/// explains the samples (Bayesian model averaging; c, s and the noise's variance integrated out under vague priors).
class MultiProxyMixture : public PoolPredictions {
 public:
  /// known: a row an architecture, a column a device, no missing entries (`ProxyPool::smoothed` fills them).
  explicit MultiProxyMixture(Eigen::MatrixXd known) : known_{std::move(known)} {}

  Result<void> fit(std::span<const Sample> samples) {
    predictions_.reset();
    const auto table = SampleTable::make(samples, known_.rows(), 4);
    if (!table) return table.error();
    const Eigen::Index devices = known_.cols();
    const auto n = double(table->rows.size());
    const Eigen::ArrayXd y = table->latency.array() - table->latency.mean();
    Eigen::VectorXd slope(devices), shift(devices), noise(devices), log_weight(devices);
    for (Eigen::Index d = 0; d < devices; ++d) {
      const Eigen::VectorXd z = known_.col(d)(table->rows);
      const Eigen::ArrayXd centred = z.array() - z.mean();
      const double zz = std::max(centred.square().sum(), 1e-300);
      slope(d) = std::max(0.0, (centred * y).sum() / zz);  // a faster operator elsewhere is no slower one here
      const double square = std::max((y - slope(d) * centred).square().sum(), 1e-12 * (1e-300 + y.square().sum()));
      shift(d) = table->latency.mean() - slope(d) * z.mean();
      noise(d) = square / (n - 2);
      log_weight(d) = -0.5 * (n - 2) * std::log(square);
    }
    weights_ = (log_weight.array() - log_weight.maxCoeff()).exp();
    weights_ /= weights_.sum();
    average(slope, shift, noise);
    return {};
  }

  /// Posterior probability of each known device; empty before fit.
  [[nodiscard]] const Eigen::VectorXd& weights() const { return weights_; }

 private:
  void average(const Eigen::VectorXd& slope, const Eigen::VectorXd& shift, const Eigen::VectorXd& noise) {
    const Eigen::MatrixXd each = (known_ * slope.asDiagonal()).rowwise() + shift.transpose();
    const Eigen::VectorXd mean = each * weights_;
    const Eigen::VectorXd between = (each.colwise() - mean).cwiseAbs2() * weights_;
    predictions_ = Predictions{mean, (between.array() + noise.dot(weights_)).sqrt()};
  }

  Eigen::MatrixXd known_;
  Eigen::VectorXd weights_;
};

}  // namespace hwnas
