// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  RidgePath: ridge regression for every penalty from one decomposition.
///        RidgePath path{ones, features, latencies};
///        double mu = path.best_by_leave_one_out(log_grid(1e-6, 1e3, 41));
///        Eigen::VectorXd b = path.coefficients(mu), u = path.free_coefficients(b);
#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/latency/spectrum.hpp"

namespace hwnas {

/// Numbers from `low` to `high` in equal ratios.
[[nodiscard]] inline std::vector<double> log_grid(double low, double high, int n) {
  std::vector<double> grid;
  for (int i = 0; i < n; ++i) grid.push_back(low * std::pow(high / low, n > 1 ? double(i) / (n - 1) : 0.0));
  return grid;
}

/// The whole path of   min over u, b of  (1/n) ||U u + A b - y||^2 + mu ||b||^2.
///   U            columns that carry no penalty (a constant, a proxy's prediction); they are projected out first
///   Formula      with Q an orthonormal basis of U and (I - Q Q^T) A = W S V^T:
///                b(mu) = V diag(s / (s^2 + n mu)) W^T y, leave-one-out residual e_i / (1 - h_i) with the leverage
///                h_i = sum_j Q_ij^2 + sum_j W_ij^2 s_j^2 / (s_j^2 + n mu); exact, no refit
///   Complexity   one decomposition, then O(n rank) a penalty
class RidgePath {
 public:
  RidgePath(const Eigen::MatrixXd& unpenalised, const Eigen::MatrixXd& penalised, const Eigen::VectorXd& target)
      : penalised_{penalised}, target_{target}, n_{static_cast<double>(target.size())}, free_{unpenalised} {
    if (unpenalised.rows() != target.size() || penalised.rows() != target.size() || target.size() == 0) {
      throw std::invalid_argument{"hwnas: RidgePath needs as many rows in both matrices as targets, and at least one"};
    }
    const Eigen::MatrixXd basis = free_.basis();
    const auto project = [&](const Eigen::MatrixXd& m) -> Eigen::MatrixXd {
      return m - basis * (basis.transpose() * m);
    };
    free_leverage_ = basis.rowwise().squaredNorm();
    residual_ = project(target);
    decompose(project(penalised), penalised.squaredNorm());
    along_ = left_.transpose() * residual_;
  }

  [[nodiscard]] Eigen::VectorXd coefficients(double mu) const {
    return right_ * (along_.array() * singular_.array() / (singular_.array().square() + n_ * mu)).matrix();
  }
  /// ||b(mu)||, without forming b.
  [[nodiscard]] double norm(double mu) const {
    return (along_.array() * singular_.array() / (singular_.array().square() + n_ * mu)).matrix().norm();
  }
  /// The best u for given b.
  [[nodiscard]] Eigen::VectorXd free_coefficients(const Eigen::VectorXd& b) const {
    return free_.solve(target_ - penalised_ * b);
  }
  /// Residuals that each sample would have under the fit to all others.
  [[nodiscard]] Eigen::VectorXd leave_one_out(double mu) const {
    const Eigen::ArrayXd shrink = singular_.array().square() / (singular_.array().square() + n_ * mu);
    const Eigen::ArrayXd fitted = (left_ * (shrink * along_.array()).matrix()).array();
    const Eigen::ArrayXd leverage =
        free_leverage_.array() + (left_.array().square().matrix() * shrink.matrix()).array();
    return ((residual_.array() - fitted) / (1 - leverage).max(1e-9)).matrix();
  }
  [[nodiscard]] double leave_one_out_error(double mu) const { return leave_one_out(mu).squaredNorm() / n_; }

  [[nodiscard]] double best_by_leave_one_out(std::span<const double> penalties) const {
    double best = std::numeric_limits<double>::quiet_NaN(), least = std::numeric_limits<double>::infinity();
    for (const double mu : penalties) {
      if (const double error = leave_one_out_error(mu); error < least) least = error, best = mu;
    }
    return best;
  }

  /// Penalties that cover the path, from almost none to almost nothing left of b.
  [[nodiscard]] std::vector<double> grid(int n = 41) const {
    const double top = singular_.size() ? singular_(0) * singular_(0) / n_ : 1;
    return log_grid(top * 1e-7, top * 1e3, n);
  }
  /// ||(2/n) A^T y|| after the projection: where the gradient of the fit no longer moves b away from 0.
  [[nodiscard]] double gradient_at_zero() const {
    return 2 / n_ * (singular_.array() * along_.array()).matrix().norm();
  }

 private:
  // W, S and V from the eigenvectors of the smaller of A^T A and A A^T. Directions that are round-off must not come back as
  // coefficients of 1e8 (a one-hot matrix has several), nor those of columns that the projection left nothing of, whose square was
  // `whole`; what squaring loses is far below the smallest penalty of the path.
  void decompose(const Eigen::MatrixXd& a, double whole) {
    const bool tall = a.rows() >= a.cols();
    const Eigen::MatrixXd turned = a.transpose();
    const Eigen::MatrixXd &shorter = tall ? turned : a, &longer = tall ? a : turned;
    Spectrum spectrum{shorter * longer};
    spectrum.keep(spectrum.rank(1e-13, whole));
    singular_ = spectrum.values.cwiseSqrt();
    right_ = longer * spectrum.vectors * singular_.cwiseInverse().asDiagonal();
    left_ = std::move(spectrum.vectors);
    if (tall) std::swap(left_, right_);
  }

  Eigen::MatrixXd penalised_;
  Eigen::VectorXd target_;
  double n_;
  ColumnSpace free_;
  Eigen::VectorXd free_leverage_, residual_, singular_, along_;
  Eigen::MatrixXd left_, right_;
};

}  // namespace hwnas
