// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Spectrum: the one decomposition that least squares are solved with here. Eigen's eigenvectors of a symmetric
///        matrix take a compiler a quarter of what its singular value decomposition takes.
///        auto [values, vectors] = Spectrum{a.transpose() * a};   Eigen::VectorXd x = ColumnSpace{a}.solve(b);
#pragma once

#include <algorithm>

#include <Eigen/Dense>

namespace hwnas {

/// Eigenvalues, the largest first and none negative, and their eigenvectors (columns) of a positive semidefinite matrix.
struct Spectrum {
  Eigen::VectorXd values;
  Eigen::MatrixXd vectors;

  Spectrum() = default;
  explicit Spectrum(const Eigen::MatrixXd& symmetric) {
    if (symmetric.size() == 0) return;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver{symmetric};
    values = solver.eigenvalues().reverse().cwiseMax(0);
    vectors = solver.eigenvectors().rowwise().reverse();
  }
  /// Eigenvalues above `share` of the largest, or of `whole` where the matrix is what is left of something larger.
  [[nodiscard]] Eigen::Index rank(double share, double whole = 0) const {
    return values.size() == 0 ? 0 : (values.array() > share * std::max(values(0), whole)).count();
  }
  /// Keeps the first eigenvalues only.
  void keep(Eigen::Index count) {
    values.conservativeResize(count);
    vectors.conservativeResize(Eigen::NoChange, count);
  }
  /// The shortest x of the kept directions with the least ||matrix x - b||. All kept eigenvalues are above 0.
  [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& b) const {
    const Eigen::VectorXd along = vectors.transpose() * b;
    return vectors * along.cwiseQuotient(values);
  }
};

/// What the columns of a matrix span, whatever their units, and least squares in it.
///   Complexity  O(rows columns^2)
class ColumnSpace {
 public:
  /// share: directions whose square is less of the largest one's are round-off
  explicit ColumnSpace(const Eigen::MatrixXd& columns, double share = 1e-13)
      : inverse_scale_{inverse_norms(columns)}, scaled_{columns * inverse_scale_.asDiagonal()},
        spectrum_{scaled_.transpose() * scaled_} {
    spectrum_.keep(spectrum_.rank(share));
  }

  /// Orthonormal columns.
  [[nodiscard]] Eigen::MatrixXd basis() const {
    return scaled_ * spectrum_.vectors * spectrum_.values.cwiseSqrt().cwiseInverse().asDiagonal();
  }
  /// The x with the least ||columns x - b||, of the smallest scaled norm where several have it; 0 for columns of zeros.
  [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& b) const {
    return inverse_scale_.asDiagonal() * spectrum_.solve(scaled_.transpose() * b);
  }

 private:
  [[nodiscard]] static Eigen::VectorXd inverse_norms(const Eigen::MatrixXd& columns) {
    const Eigen::VectorXd norms = columns.colwise().norm().transpose();
    return (norms.array() > 1e-300).select(norms.cwiseInverse(), 0);
  }

  Eigen::VectorXd inverse_scale_;  // 0 for a column of zeros
  Eigen::MatrixXd scaled_;
  Spectrum spectrum_;
};

}  // namespace hwnas
