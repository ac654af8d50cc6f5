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
  /// Eigenvalues above `share` of the largest.
  [[nodiscard]] Eigen::Index rank(double share) const {
    return values.size() == 0 ? 0 : (values.array() > share * values(0)).count();
  }
  /// Keeps the first eigenvalues only.
  void keep(Eigen::Index count) {
    values.conservativeResize(count);
    vectors.conservativeResize(Eigen::NoChange, count);
  }
};

/// What the columns of a matrix span, whatever their units, and least squares in it.
///   Complexity  O(rows columns^2)
class ColumnSpace {
 public:
  /// share: directions whose square is less of the largest one's are round-off
  explicit ColumnSpace(const Eigen::MatrixXd& columns, double share = 1e-13)
      : scale_{columns.colwise().norm().transpose().cwiseMax(1e-300)}, scaled_{columns * scale_.cwiseInverse().asDiagonal()},
        spectrum_{scaled_.transpose() * scaled_} {
    spectrum_.keep(spectrum_.rank(share));
    const Eigen::VectorXd inverse = spectrum_.values.cwiseSqrt().cwiseInverse();
    basis_ = scaled_ * spectrum_.vectors * inverse.asDiagonal();
  }

  /// Orthonormal columns.
  [[nodiscard]] const Eigen::MatrixXd& basis() const { return basis_; }
  /// The x with the least ||columns x - b||, of the smallest scaled norm where several have it.
  [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& b) const {
    const Eigen::VectorXd along = spectrum_.vectors.transpose() * (scaled_.transpose() * b);
    return scale_.cwiseInverse().asDiagonal() * (spectrum_.vectors * along.cwiseQuotient(spectrum_.values));
  }

 private:
  Eigen::VectorXd scale_;
  Eigen::MatrixXd scaled_;
  Spectrum spectrum_;
  Eigen::MatrixXd basis_;
};

}  // namespace hwnas
