// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  BayesianRidge: a linear model whose prior mean is a proxy's prediction; its two variances from the evidence.
///        BayesianRidge adapter{features, proxy_predictions};       // a column a proxy; none: from scratch
///        BayesianRidge pairwise{features, proxy_predictions, some_pairs};    // and products of two features
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/core/result.hpp"
#include "hwnas/latency/proxy/concepts.hpp"
#include "hwnas/latency/spectrum.hpp"

namespace hwnas {

/// A Gaussian process with given inner products, its signal-to-noise ratio chosen by the evidence; the columns of `trend`
/// have flat priors. One eigendecomposition serves every ratio.
///   Formula   Rasmussen and Williams 2006, section 2.7 (explicit basis functions, vague prior)
class TrendProcess {
 public:
  TrendProcess(const Eigen::MatrixXd& kernel, const Eigen::MatrixXd& trend, const Eigen::VectorXd& y,
               std::optional<double> noise_ratio = std::nullopt)
      : trend_{trend}, y_{y}, kernel_{kernel} {
    const Spectrum spectrum{kernel};
    values_ = spectrum.values.array();
    along_y_ = spectrum.vectors.transpose() * y;
    along_trend_ = spectrum.vectors.transpose() * trend;
    if (noise_ratio) {
      ratio_ = *noise_ratio, best_ = log_evidence(ratio_);
    } else {
      for (double log_ratio = -12; log_ratio <= 4; log_ratio += 0.5) {
        const double ratio = std::exp(log_ratio), evidence = log_evidence(ratio);
        if (evidence > best_) best_ = evidence, ratio_ = ratio;
      }
    }
    solve();
  }

  [[nodiscard]] double noise_ratio() const { return ratio_; }
  [[nodiscard]] double evidence() const { return best_; }
  [[nodiscard]] double signal_variance() const { return variance_; }
  [[nodiscard]] const Eigen::VectorXd& trend_weights() const { return beta_; }

  /// Mean and deviation of measurements at new points.
  ///   cross   points x samples inner products;  own   the points' with themselves;  trend   their trend columns
  [[nodiscard]] Predictions predict(const Eigen::MatrixXd& cross, const Eigen::ArrayXd& own,
                                    const Eigen::MatrixXd& trend) const {
    Predictions out;
    out.mean = trend * beta_ + cross * alpha_;
    const Eigen::MatrixXd root = factor_.matrixL().solve(cross.transpose());
    const Eigen::MatrixXd rest = trend - cross * factor_.solve(trend_);
    const Eigen::MatrixXd spread = information_.matrixL().solve(rest.transpose());
    const Eigen::ArrayXd variance = own - root.array().square().colwise().sum().transpose() +
                                    spread.array().square().colwise().sum().transpose() + ratio_;
    out.deviation = (variance_ * variance.max(0)).sqrt();
    return out;
  }

  /// Log marginal likelihood with the signal's variance at its best, up to a constant.
  [[nodiscard]] double log_evidence(double ratio) const {
    const Eigen::ArrayXd inverse = 1 / (values_ + ratio);
    const Eigen::MatrixXd weighted = inverse.matrix().asDiagonal() * along_trend_;
    const Eigen::LDLT<Eigen::MatrixXd> information{Eigen::MatrixXd(along_trend_.transpose() * weighted)};
    const Eigen::VectorXd moment = weighted.transpose() * along_y_;
    const double square = (along_y_.array().square() * inverse).sum() - moment.dot(information.solve(moment));
    const double n = degrees();
    const double determinant =
        (values_ + ratio).log().sum() + information.vectorD().array().abs().max(1e-300).log().sum();
    return -0.5 * determinant - 0.5 * n * std::log(std::max(square, 1e-300) / n);
  }

 private:
  [[nodiscard]] double degrees() const { return std::max(1.0, double(y_.size() - trend_.cols())); }
  void solve() {
    Eigen::MatrixXd a = kernel_;
    a.diagonal().array() += ratio_;
    factor_.compute(a);
    const Eigen::MatrixXd solved = factor_.solve(trend_);
    information_.compute(Eigen::MatrixXd(trend_.transpose() * solved));
    beta_ = information_.solve(solved.transpose() * y_);
    const Eigen::VectorXd rest = y_ - trend_ * beta_;
    alpha_ = factor_.solve(rest);
    variance_ = rest.dot(alpha_) / degrees();
  }

  Eigen::MatrixXd trend_;
  Eigen::VectorXd y_, along_y_;
  Eigen::MatrixXd kernel_, along_trend_;
  Eigen::ArrayXd values_;
  double ratio_ = 1, best_ = -std::numeric_limits<double>::infinity(), variance_ = 1;
  Eigen::LLT<Eigen::MatrixXd> factor_, information_;
  Eigen::VectorXd beta_, alpha_;
};

/// Shares of the prior variance that products of two features may have; the evidence picks one of them.
using PairShares = std::vector<double>;
inline const PairShares no_pairs{0.0}, some_pairs{0.0, 0.1, 0.3, 0.6};

/// Linear in the features, and in all products of two of them where `pairs` says so, with the proxies' predictions and a
/// constant as trend. The products are never written down: their inner product is the square of the features' own.
class BayesianRidge : public PoolPredictions {
 public:
  BayesianRidge(Eigen::MatrixXd features, const Eigen::MatrixXd& proxies, PairShares pairs = no_pairs)
      : features_{std::move(features)}, pairs_{pairs.empty() ? no_pairs : std::move(pairs)},
        unit_{std::max(features_.squaredNorm() / double(std::max<Eigen::Index>(1, features_.rows())), 1e-300)} {
    trend_.resize(features_.rows(), proxies.cols() + 1);
    trend_ << Eigen::VectorXd::Ones(features_.rows()), proxies;
  }
  explicit BayesianRidge(Eigen::MatrixXd features) : BayesianRidge{features, Eigen::MatrixXd(features.rows(), 0)} {}

  Result<void> fit(std::span<const Sample> samples) {
    predictions_.reset();
    const auto table = SampleTable::make(samples, features_.rows(), std::size_t(trend_.cols()) + 2);
    if (!table) return table.error();
    const Eigen::MatrixXd at = features_(table->rows, Eigen::all), trend = trend_(table->rows, Eigen::all);
    const Eigen::MatrixXd cross = features_ * at.transpose(), own = features_.rowwise().squaredNorm();
    std::optional<TrendProcess> best;
    double share = 0;
    for (const double candidate : pairs_) {
      TrendProcess process{with_pairs(cross(table->rows, Eigen::all), candidate), trend, table->latency};
      if (best && process.evidence() <= best->evidence()) continue;
      best.emplace(std::move(process)), share = candidate;
    }
    predictions_ = best->predict(with_pairs(cross, share), with_pairs(own, share).array(), trend_);
    return {};
  }

 private:
  /// Inner products of the features and of their products, mixed.
  [[nodiscard]] Eigen::MatrixXd with_pairs(const Eigen::MatrixXd& inner, double share) const {
    if (share == 0) return inner;
    return (1 - share) * inner + share / unit_ * inner.cwiseAbs2();
  }

  Eigen::MatrixXd features_, trend_;
  PairShares pairs_;
  double unit_;  // mean squared norm of a row
};

}  // namespace hwnas
