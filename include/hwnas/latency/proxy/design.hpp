// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Optimal design: which architectures to measure on the target, before the first measurement.
///        DesignKernel kernel{features, noise};
///        auto rows = d_optimal(kernel, 10);                 // most information about the weights
///        auto rows = average_optimal({kernel}, {1}, reference, 10);   // least variance of the predictions, averaged
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <Eigen/Dense>

namespace hwnas {

/// A Gaussian process seen at candidates (rows to choose among) and at reference rows (where it will be asked).
struct DesignKernel {
  Eigen::MatrixXd cross = {};     ///< candidates x references
  Eigen::VectorXd own = {};       ///< prior variance of each candidate
  Eigen::MatrixXd features = {};  ///< candidates x features; their inner products are the covariance of candidates
  Eigen::ArrayXd noise = {};      ///< variance of the measurement at each candidate

  /// candidates' and references' features, already scaled by the square roots of their prior variances.
  [[nodiscard]] static DesignKernel from_features(const Eigen::MatrixXd& candidates, const Eigen::MatrixXd& references,
                                                  const Eigen::ArrayXd& noise) {
    return {candidates * references.transpose(), candidates.rowwise().squaredNorm(), candidates, noise};
  }
};

/// One kernel under measurements that are added one by one: each is a step of a Cholesky factorisation, so that n
/// measurements cost O(n (candidates * references + candidates * features)).
class GrowingDesign {
 public:
  explicit GrowingDesign(DesignKernel kernel)
      : kernel_{std::move(kernel)}, variance_{kernel_.own}, steps_(kernel_.own.size(), 0) {
    // Only differences between architectures matter for their order: a common shift is no loss.
    if (kernel_.cross.cols() > 0) kernel_.cross.colwise() -= kernel_.cross.rowwise().mean().eval();
  }

  /// log(1 + variance / noise): the information that each candidate would add.
  [[nodiscard]] Eigen::ArrayXd information() const { return (variance_.array().max(0) / kernel_.noise).log1p(); }
  /// How much each candidate would take off the references' mean variance.
  [[nodiscard]] Eigen::ArrayXd gain() const {
    return kernel_.cross.rowwise().squaredNorm().array() / double(std::max<Eigen::Index>(1, kernel_.cross.cols())) /
           (variance_.array().max(0) + kernel_.noise);
  }

  /// The same of one candidate.
  [[nodiscard]] double gain(Eigen::Index k) const {
    return kernel_.cross.row(k).squaredNorm() / double(std::max<Eigen::Index>(1, kernel_.cross.cols())) /
           (std::max(variance_(k), 0.0) + kernel_.noise(k));
  }

  void add(Eigen::Index k) {
    Eigen::VectorXd column = kernel_.features * kernel_.features.row(k).transpose();
    if (steps_.cols() > 0) column.noalias() -= steps_ * steps_.row(k).transpose();
    column /= std::sqrt(std::max(variance_(k), 0.0) + kernel_.noise(k));
    if (kernel_.cross.cols() > 0) {
      const Eigen::RowVectorXd reference =
          kernel_.cross.row(k) / std::sqrt(std::max(variance_(k), 0.0) + kernel_.noise(k));
      kernel_.cross.noalias() -= column * reference;
    }
    variance_ -= column.cwiseAbs2();
    steps_.conservativeResize(Eigen::NoChange, steps_.cols() + 1);
    steps_.rightCols(1) = column;
  }

 private:
  DesignKernel kernel_;
  Eigen::VectorXd variance_;
  Eigen::MatrixXd steps_;
};

namespace detail {
inline Eigen::Index best_unused(Eigen::ArrayXd score, const std::vector<Eigen::Index>& used) {
  for (const Eigen::Index row : used) score(row) = -std::numeric_limits<double>::infinity();
  Eigen::Index best = 0;
  score.maxCoeff(&best);
  return best;
}
}  // namespace detail

/// Greedy D-optimal choice of n candidates: each adds the most information given those before. Greedy is within
/// 1 - 1/e of the best set, because information is submodular (Krause and Guestrin 2005).
[[nodiscard]] inline std::vector<Eigen::Index> d_optimal(const DesignKernel& kernel, std::size_t n) {
  GrowingDesign design{kernel};
  std::vector<Eigen::Index> chosen;
  while (chosen.size() < std::min<std::size_t>(n, std::size_t(kernel.own.size()))) {
    chosen.push_back(detail::best_unused(design.information(), chosen));
    design.add(chosen.back());
  }
  return chosen;
}

/// Greedy choice of n candidates that leaves the least variance at the references, averaged over several kernels, each
/// counted relative to what it has left ("active learning Cohn", Cohn 1996, on a batch). The first `measured` candidates
/// are taken as measured before.
[[nodiscard]] inline std::vector<Eigen::Index> average_optimal(std::vector<DesignKernel> kernels,
                                                               const Eigen::VectorXd& weights,
                                                               const std::vector<double>& prior_variance, std::size_t n,
                                                               std::size_t measured = 0) {
  std::vector<GrowingDesign> designs;
  const auto candidates = kernels.at(0).own.size();
  for (auto& kernel : kernels) designs.emplace_back(std::move(kernel));
  std::vector<double> left = prior_variance;
  std::vector<Eigen::Index> chosen;
  const auto add = [&](Eigen::Index k) {
    for (std::size_t i = 0; i < designs.size(); ++i) {
      left[i] -= designs[i].gain(k);
      designs[i].add(k);
    }
    chosen.push_back(k);
  };
  for (std::size_t k = 0; k < measured; ++k) add(Eigen::Index(k));
  while (chosen.size() < std::min(n + measured, std::size_t(candidates))) {
    Eigen::ArrayXd score = Eigen::ArrayXd::Zero(candidates);
    for (std::size_t i = 0; i < designs.size(); ++i) {
      score += weights(Eigen::Index(i)) * designs[i].gain() / std::max(left[i], 1e-12);
    }
    add(detail::best_unused(score, chosen));
  }
  chosen.erase(chosen.begin(), chosen.begin() + std::ptrdiff_t(measured));
  return chosen;
}

}  // namespace hwnas
