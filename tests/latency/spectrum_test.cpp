// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/latency/spectrum.hpp"

namespace spectrum_test {

using namespace hwnas;

Eigen::MatrixXd random_matrix(Eigen::Index rows, Eigen::Index columns, Rng& rng) {
  Eigen::MatrixXd m(rows, columns);
  for (double& x : m.reshaped()) x = 2 * rng.uniform() - 1;
  return m;
}

RC_GTEST_PROP(Spectrum, IsTheMatrixLargestEigenvalueFirst, (std::uint64_t seed)) {
  Rng rng{seed};
  const auto size = *rc::gen::inRange<Eigen::Index>(1, 12), rank = *rc::gen::inRange<Eigen::Index>(1, size + 1);
  const Eigen::MatrixXd half = random_matrix(size, rank, rng), square = half * half.transpose();
  const Spectrum spectrum{square};
  RC_ASSERT((spectrum.vectors * spectrum.values.asDiagonal() * spectrum.vectors.transpose() - square).norm() < 1e-12);
  RC_ASSERT((spectrum.vectors.transpose() * spectrum.vectors - Eigen::MatrixXd::Identity(size, size)).norm() < 1e-12);
  for (Eigen::Index i = 1; i < size; ++i) RC_ASSERT(spectrum.values(i) <= spectrum.values(i - 1));
  RC_ASSERT(spectrum.values.minCoeff() >= 0);
  RC_ASSERT(spectrum.rank(1e-13) <= rank);
}

// Against a decomposition that shares nothing with it, for columns of very different units, some of them dependent.
RC_GTEST_PROP(ColumnSpace, SolvesAsWellAsAnOrthogonalDecomposition, (std::uint64_t seed)) {
  Rng rng{seed};
  const auto columns = *rc::gen::inRange<Eigen::Index>(1, 8), copies = *rc::gen::inRange<Eigen::Index>(0, 3);
  const Eigen::Index rows = columns + copies + *rc::gen::inRange<Eigen::Index>(0, 20);
  Eigen::MatrixXd a(rows, columns + copies);
  a.leftCols(columns) = random_matrix(rows, columns, rng);
  a.rightCols(copies) = a.leftCols(columns) * random_matrix(columns, copies, rng);
  for (Eigen::Index c = 0; c < a.cols(); ++c) a.col(c) *= std::pow(10.0, 12 * rng.uniform() - 6);
  const Eigen::VectorXd b = random_matrix(rows, 1, rng);

  const ColumnSpace space{a};
  const Eigen::Index rank = space.basis().cols();
  RC_ASSERT(rank <= columns);
  const Eigen::MatrixXd overlap = space.basis().transpose() * space.basis();
  RC_ASSERT((overlap - Eigen::MatrixXd::Identity(rank, rank)).norm() < 1e-6);

  Eigen::MatrixXd scaled = a;
  for (auto column : scaled.colwise()) column.normalize();
  Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> orthogonal;
  orthogonal.setThreshold(1e-7);  // its default takes the round-off of dependent columns for a direction
  const Eigen::VectorXd other = orthogonal.compute(scaled).solve(b);
  RC_ASSERT((a * space.solve(b) - b).norm() <= (scaled * other - b).norm() + 1e-5 * b.norm());
}

TEST(ColumnSpace, ZeroColumnsGetNothing) {
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(3, 2);
  a.col(1) << 1, 2, 3;
  const ColumnSpace space{a};
  EXPECT_EQ(space.basis().cols(), 1);
  const Eigen::VectorXd x = space.solve(Eigen::Vector3d{2, 4, 6});
  EXPECT_EQ(x(0), 0);
  EXPECT_NEAR(x(1), 2, 1e-12);
}

TEST(ColumnSpace, ZeroColumnsGetNothingAmongOthers) {
  Rng rng{3};
  Eigen::MatrixXd a = random_matrix(20, 7, rng);
  for (const Eigen::Index zero : {1, 4, 5}) a.col(zero).setZero();
  const Eigen::VectorXd x = ColumnSpace{a}.solve(Eigen::VectorXd::Ones(20));
  for (const Eigen::Index zero : {1, 4, 5}) EXPECT_EQ(x(zero), 0);
  EXPECT_LT(x.norm(), 100);
}

TEST(ColumnSpace, NoColumnsAreNoSpace) {
  const ColumnSpace space{Eigen::MatrixXd(3, 0)};
  EXPECT_EQ(space.basis().cols(), 0);
  EXPECT_EQ(space.solve(Eigen::Vector3d::Ones()).size(), 0);
}

}  // namespace spectrum_test
