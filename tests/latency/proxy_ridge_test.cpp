// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/latency/proxy/adaproxy.hpp"
#include "hwnas/latency/proxy/ridge_path.hpp"
#include "latency/proxy_world.hpp"

namespace proxy_ridge_test {

using namespace hwnas;
using hwnas::testing::World;

Eigen::MatrixXd without_row(const Eigen::MatrixXd& m, Eigen::Index out) {
  std::vector<Eigen::Index> rows;
  for (Eigen::Index i = 0; i < m.rows(); ++i) {
    if (i != out) rows.push_back(i);
  }
  return m(rows, Eigen::all);
}

TEST(RidgePath, SolvesTheNormalEquations) {
  const World world{25, 1, 0.1};
  const Eigen::MatrixXd ones = Eigen::VectorXd::Ones(25);
  const Eigen::VectorXd y = world.latency.col(0);
  const RidgePath path{ones, world.one_hot, y};
  for (const double mu : {1e-4, 0.1, 10.0}) {
    const Eigen::VectorXd b = path.coefficients(mu), u = path.free_coefficients(b);
    const Eigen::VectorXd residual = world.one_hot * b + ones * u - y;
    EXPECT_LT((world.one_hot.transpose() * residual / 25 + mu * b).norm(), 1e-10 * y.norm());
    EXPECT_LT(std::abs(residual.sum()), 1e-10 * y.norm());
    EXPECT_NEAR(path.norm(mu), b.norm(), 1e-12 * (1 + b.norm()));
  }
}

TEST(RidgePath, LeaveOneOutEqualsRefittingWithoutEachSample) {
  const World world{18, 1, 0.1};
  Eigen::MatrixXd free(18, 2);
  free << Eigen::VectorXd::Ones(18), world.counts.col(1);
  const Eigen::VectorXd y = world.latency.col(0);
  const RidgePath path{free, world.one_hot, y};
  const double mu = 0.05;
  const Eigen::VectorXd closed = path.leave_one_out(mu);
  for (Eigen::Index i = 0; i < 18; ++i) {
    // The penalty of the sum of squares, n mu, stays that of all samples.
    const RidgePath refit{without_row(free, i), without_row(world.one_hot, i), without_row(y, i)};
    const Eigen::VectorXd b = refit.coefficients(mu * 18 / 17);
    const double predicted = world.one_hot.row(i).dot(b) + free.row(i).dot(refit.free_coefficients(b));
    EXPECT_NEAR(closed(i), y(i) - predicted, 1e-8 * y.norm());
  }
}

TEST(RidgePath, DependentColumnsStaySmall) {
  const World world{200, 1, 0.01};
  Eigen::MatrixXd doubled(200, 2 * world.one_hot.cols());
  doubled << world.one_hot, world.one_hot;
  const RidgePath path{Eigen::VectorXd::Ones(200), doubled, world.latency.col(0)};
  EXPECT_LT(path.norm(1e-12), 100 * world.latency.col(0).norm());
}

TEST(LinearLatencyModel, IsRankRevealing) {
  const World world{500, 1, 0.01};  // one-hot blocks of six places: six dependent sums
  Eigen::VectorXd latency = world.latency.col(0);
  latency(3) = std::numeric_limits<double>::quiet_NaN();
  const Eigen::VectorXd w = linear_latency_model(world.one_hot, latency);
  EXPECT_LT(w.norm(), 10 * latency.tail(400).maxCoeff());
  const Eigen::VectorXd fitted = world.one_hot * w;
  EXPECT_LT((fitted - world.latency.col(0)).norm(), 0.05 * world.latency.col(0).norm());
}

/// A general convex solver: proximal gradient with acceleration (FISTA, Beck and Teboulle 2009) on
/// (1/n) ||X (w o (a + b)) + c - y||^2 + lambda ||b||, in which nothing of the exact path is used.
struct ProximalSolution {
  double objective;
  Eigen::VectorXd b;
};
ProximalSolution proximal(const Eigen::MatrixXd& x, const Eigen::VectorXd& w, const Eigen::VectorXd& y, double lambda) {
  const Eigen::Index n = x.rows(), p = x.cols();
  Eigen::MatrixXd m(n, p + 2);
  m << x * w.asDiagonal(), x * w, Eigen::VectorXd::Ones(n);
  const double lipschitz = 2.0 / double(n) * (m.transpose() * m).operatorNorm();
  Eigen::VectorXd v = Eigen::VectorXd::Zero(p + 2), ahead = v;
  double momentum = 1;
  const auto objective = [&](const Eigen::VectorXd& at) {
    return (m * at - y).squaredNorm() / double(n) + lambda * at.head(p).norm();
  };
  for (int i = 0; i < 200'000; ++i) {
    Eigen::VectorXd next = ahead - 2.0 / double(n) / lipschitz * (m.transpose() * (m * ahead - y));
    const double norm = next.head(p).norm();
    next.head(p) *= norm > lambda / lipschitz ? 1 - lambda / lipschitz / norm : 0.0;
    if (objective(next) > objective(v)) momentum = 1;  // restart (O'Donoghue and Candes 2015)
    const double following = 0.5 * (1 + std::sqrt(1 + 4 * momentum * momentum));
    ahead = next + (momentum - 1) / following * (next - v);
    momentum = following;
    v = next;
  }
  return {objective(v), v.head(p)};
}

TEST(AdaProxyPath, AgreesWithAGeneralConvexSolver) {
  const World world{60, 2, 0.05};
  const Eigen::VectorXd w = linear_latency_model(world.one_hot, world.latency.col(0));
  std::vector<Eigen::Index> rows(24);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = Eigen::Index(2 * i);
  const Eigen::MatrixXd x = world.one_hot(rows, Eigen::all);
  const Eigen::VectorXd target = world.latency.col(1), y = target(rows);
  const AdaProxyPath path{x, w, y};
  for (const double share : {0.9, 0.3, 0.03}) {
    const double lambda = share * path.largest_lambda();
    const Eigen::VectorXd b = path.correction(lambda);
    const Eigen::VectorXd u = path.ridge().free_coefficients(b);
    const Eigen::VectorXd residual = AdaProxyPath::free_columns(x, w) * u + x * w.asDiagonal() * b - y;
    const double exact = residual.squaredNorm() / double(y.size()) + lambda * b.norm();
    const ProximalSolution general = proximal(x, w, y, lambda);
    EXPECT_LE(exact, general.objective * (1 + 1e-9));
    EXPECT_NEAR(exact, general.objective, 1e-5 * general.objective);
    EXPECT_LT((b - general.b).norm(), 2e-2 * (1e-3 + b.norm()));
  }
}

TEST(AdaProxyPath, HasNoCorrectionFromTheLargestLambdaOn) {
  const World world{40, 2, 0.05};
  const Eigen::VectorXd w = linear_latency_model(world.one_hot, world.latency.col(0));
  const AdaProxyPath path{world.one_hot, w, world.latency.col(1)};
  EXPECT_EQ(path.correction(path.largest_lambda()).norm(), 0);
  EXPECT_GT(path.correction(0.99 * path.largest_lambda()).norm(), 0);
  const double lambda = 0.2 * path.largest_lambda();
  const double mu = lambda / (2 * path.correction(lambda).norm());
  EXPECT_NEAR(path.lambda_of(mu), lambda, 1e-6 * lambda);
}

TEST(AdaProxy, AProportionalDeviceNeedsNoCorrection) {
  const World world{200, 1, 0};
  AdaProxy adapter{world.one_hot, linear_latency_model(world.one_hot, world.latency.col(0))};
  Samples samples = world.first(0, 8);
  for (Sample& sample : samples) sample.latency = sample.latency * 3.0;
  adapter.fit(samples).value();
  EXPECT_LT((adapter.predict_all().value().mean - 3 * world.latency.col(0)).norm(), 1e-3 * world.latency.col(0).norm());
}

}  // namespace proxy_ridge_test
