// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  RankAware: fits the order of the samples, not their size; for searches that only compare.
///        RankAware adapter{features, proxy_predictions};
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/core/result.hpp"
#include "hwnas/latency/proxy/concepts.hpp"

namespace hwnas {

/// How RankAware fits.
struct RankAwareOptions {
  double penalty = 0.3;  ///< on the corrections of the features, relative to that on the proxies' weights
  int iterations = 30;   ///< Newton steps at most; the loss is convex and few are needed
};

/// Ridge-penalised logistic loss on all pairs of samples: P(a slower than b) = 1 / (1 + exp(-(f(a) - f(b)) / t)), with
/// f linear in proxies and features; then a straight line from scores to milliseconds.
///   Source   RankNet's loss (Burges et al. 2005) for a linear model
class RankAware : public PoolPredictions {
 public:
  RankAware(const Eigen::MatrixXd& features, const Eigen::MatrixXd& proxies, RankAwareOptions options = {})
      : options_{options} {
    columns_.resize(features.rows(), proxies.cols() + features.cols());
    columns_ << proxies, features * options.penalty;
    const Eigen::RowVectorXd center = columns_.colwise().mean();
    columns_.rowwise() -= center;
    if (proxies.cols() > 0) {  // proxies to unit spread, so that one penalty fits all
      const Eigen::RowVectorXd spread =
          (columns_.leftCols(proxies.cols()).colwise().squaredNorm() / double(columns_.rows())).cwiseSqrt();
      columns_.leftCols(proxies.cols()) *= spread.cwiseMax(1e-300).cwiseInverse().asDiagonal();
    }
  }

  Result<void> fit(std::span<const Sample> samples) {
    predictions_.reset();
    const auto table = SampleTable::make(samples, columns_.rows(), 4);
    if (!table) return table.error();
    const Eigen::MatrixXd at = columns_(table->rows, Eigen::all);
    // Weights lie in the span of the samples: n unknowns, however many features.
    const Eigen::MatrixXd kernel = at * at.transpose();
    const Eigen::VectorXd score_weights = newton(kernel, table->latency);
    const Eigen::VectorXd all = columns_ * (at.transpose() * score_weights);
    line_to_latency(all, *table);
    return {};
  }

 private:
  /// Dual coefficients a minimising  sum over pairs log(1 + exp(-(f_i - f_j))) + 1/2 a^T K a  with f = K a.
  [[nodiscard]] Eigen::VectorXd newton(const Eigen::MatrixXd& kernel, const Eigen::VectorXd& y) const {
    const Eigen::Index n = y.size();
    Eigen::VectorXd a = Eigen::VectorXd::Zero(n);
    for (int iteration = 0; iteration < options_.iterations; ++iteration) {
      const Eigen::VectorXd f = kernel * a;
      Eigen::VectorXd gradient = a;  // with respect to f, after one factor K is taken out
      Eigen::MatrixXd hessian = Eigen::MatrixXd::Zero(n, n);
      for (Eigen::Index i = 0; i < n; ++i) {
        for (Eigen::Index j = 0; j < n; ++j) {
          if (!(y(i) > y(j))) continue;
          const double p = 1 / (1 + std::exp(std::clamp(f(i) - f(j), -30.0, 30.0))), curve = p * (1 - p) + 1e-9;
          gradient(i) -= p, gradient(j) += p;
          hessian(i, i) += curve, hessian(j, j) += curve, hessian(i, j) -= curve, hessian(j, i) -= curve;
        }
      }
      const Eigen::VectorXd step = (Eigen::MatrixXd::Identity(n, n) + hessian * kernel).partialPivLu().solve(gradient);
      a -= step;
      if (step.norm() < 1e-8 * (1 + a.norm())) break;
    }
    return a;
  }
  void line_to_latency(const Eigen::VectorXd& scores, const SampleTable& table) {
    const Eigen::ArrayXd f = scores(table.rows), y = table.latency;
    const Eigen::ArrayXd centred = f - f.mean();
    const double slope = (centred * (y - y.mean())).sum() / std::max(centred.square().sum(), 1e-300);
    const double square = (y - y.mean() - slope * centred).square().sum();
    predictions_ = Predictions{(y.mean() + slope * (scores.array() - f.mean())).matrix(),
                               Eigen::VectorXd::Constant(scores.size(), std::sqrt(square / double(y.size() - 2)))};
  }

  RankAwareOptions options_;
  Eigen::MatrixXd columns_;
};

}  // namespace hwnas
