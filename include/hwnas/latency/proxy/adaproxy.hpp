// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  AdaProxy: a proxy device's linear latency model, scaled and sparingly corrected (Lu et al. 2021, "One Proxy
///        Device Is Enough for Hardware-Aware Neural Architecture Search").
///        AdaProxy adapter{features, linear_latency_model(features, proxy_latency)};
///        adapter.fit(samples).value();
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/core/result.hpp"
#include "hwnas/latency/proxy/concepts.hpp"
#include "hwnas/latency/proxy/ridge_path.hpp"
#include "hwnas/latency/spectrum.hpp"

namespace hwnas {

/// Weights w of the least-squares model X w of measured latencies (NaN: not measured), smallest norm among equals.
/// By eigenvectors: one-hot columns are linearly dependent, and a plain inverse keeps the null directions with weights of 1e8, which then carry any correction free of charge.
[[nodiscard]] inline Eigen::VectorXd linear_latency_model(const Eigen::MatrixXd& features,
                                                          const Eigen::VectorXd& latency) {
  std::vector<Eigen::Index> rows;
  for (Eigen::Index i = 0; i < latency.size(); ++i) {
    if (std::isfinite(latency(i))) rows.push_back(i);
  }
  const Eigen::MatrixXd x = features(rows, Eigen::all);
  Spectrum spectrum{x.transpose() * x};
  spectrum.keep(spectrum.rank(1e-9));
  return spectrum.solve(x.transpose() * latency(rows));
}

/// The exact solution of   min over a, b, c of  (1/n) ||X (w o (a + b)) + c - y||^2 + lambda ||b||   (norm not squared).
///   Formula   with U = [X w, 1] and A = X diag(w), a stationary b is a ridge solution: 2 mu b = lambda b / ||b||, so
///             lambda = 2 mu ||b(mu)||, which grows with mu up to ||(2/n) A^T (I - Q Q^T) y||; from there on b = 0
class AdaProxyPath {
 public:
  AdaProxyPath(const Eigen::MatrixXd& features, const Eigen::VectorXd& weights, const Eigen::VectorXd& target)
      : unpenalised_{free_columns(features, weights)},
        path_{unpenalised_, features * weights.asDiagonal(), target},
        columns_{weights.size()} {}

  /// [X w, 1]
  [[nodiscard]] static Eigen::MatrixXd free_columns(const Eigen::MatrixXd& features, const Eigen::VectorXd& weights) {
    Eigen::MatrixXd columns(features.rows(), 2);
    columns << features * weights, Eigen::VectorXd::Ones(features.rows());
    return columns;
  }
  [[nodiscard]] const RidgePath& ridge() const { return path_; }
  [[nodiscard]] double lambda_of(double mu) const { return 2 * mu * path_.norm(mu); }
  /// The least weight under which there is no correction at all.
  [[nodiscard]] double largest_lambda() const { return path_.gradient_at_zero(); }

  /// b for the paper's lambda.
  [[nodiscard]] Eigen::VectorXd correction(double lambda) const {
    if (lambda >= largest_lambda()) return Eigen::VectorXd::Zero(columns_);
    const auto grid = path_.grid(2);
    double low = std::log(grid.front()) - 40, high = std::log(grid.back()) + 40;
    for (int step = 0; step < 200; ++step) {  // lambda_of is monotone
      const double middle = 0.5 * (low + high);
      (lambda_of(std::exp(middle)) < lambda ? low : high) = middle;
    }
    return path_.coefficients(std::exp(0.5 * (low + high)));
  }

 private:
  Eigen::MatrixXd unpenalised_;
  RidgePath path_;
  Eigen::Index columns_;
};

/// How AdaProxy's weight of the correction is chosen.
enum class LambdaChoice {
  leave_one_out,  ///< by the closed form, on all samples
  validation      ///< as the paper: the last samples are kept apart and judge the rank correlation
};

struct AdaProxyOptions {
  LambdaChoice choice = LambdaChoice::leave_one_out;
  std::size_t validation = 10;  ///< samples kept apart (the paper's 10)
};

/// A proxy's linear model adapted to the target.
class AdaProxy : public PoolPredictions {
 public:
  /// features: a row an architecture;  weights: the proxy's linear model (`linear_latency_model`)
  AdaProxy(Eigen::MatrixXd features, Eigen::VectorXd weights, AdaProxyOptions options = {})
      : features_{std::move(features)}, weights_{std::move(weights)}, options_{options} {}

  Result<void> fit(std::span<const Sample> samples) {
    predictions_.reset();
    const std::size_t kept = options_.choice == LambdaChoice::validation ? options_.validation : 0;
    const auto table = SampleTable::make(samples, features_.rows(), kept + 3);
    if (!table) return table.error();
    const std::vector<Eigen::Index> train(table->rows.begin(), table->rows.end() - std::ptrdiff_t(kept));
    const Eigen::MatrixXd x = features_(train, Eigen::all);
    const Eigen::VectorXd y = table->latency.head(Eigen::Index(train.size()));
    const AdaProxyPath path{x, weights_, y};
    const double mu = kept > 0 ? by_validation(path, *table, train.size())
                               : path.ridge().best_by_leave_one_out(path.ridge().grid());
    const double error = std::sqrt(path.ridge().leave_one_out_error(mu));
    predictions_ = Predictions{predicted(path, mu, features_), Eigen::VectorXd::Constant(features_.rows(), error)};
    return {};
  }

 private:
  [[nodiscard]] Eigen::VectorXd predicted(const AdaProxyPath& path, double mu, const Eigen::MatrixXd& rows) const {
    const Eigen::VectorXd b = path.ridge().coefficients(mu);
    return AdaProxyPath::free_columns(rows, weights_) * path.ridge().free_coefficients(b) +
           rows * weights_.asDiagonal() * b;
  }
  /// The penalty whose predictions rank the samples kept apart best; the larger penalty among equals.
  [[nodiscard]] double by_validation(const AdaProxyPath& path, const SampleTable& table, std::size_t train) const {
    const std::vector<Eigen::Index> rows(table.rows.begin() + std::ptrdiff_t(train), table.rows.end());
    const Eigen::VectorXd truth = table.latency.tail(Eigen::Index(rows.size()));
    const Eigen::MatrixXd x = features_(rows, Eigen::all);
    double best = 0, most = -std::numeric_limits<double>::infinity();
    for (const double mu : path.ridge().grid()) {
      const double rho = rank_correlation(predicted(path, mu, x), truth);
      if (rho >= most) most = rho, best = mu;
    }
    return best > 0 ? best : path.ridge().grid().back();
  }

  Eigen::MatrixXd features_;
  Eigen::VectorXd weights_;
  AdaProxyOptions options_;
};

}  // namespace hwnas
