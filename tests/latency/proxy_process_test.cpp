// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/latency/proxy/auto_adapter.hpp"
#include "hwnas/latency/proxy/bayesian_ridge.hpp"
#include "hwnas/latency/proxy/design.hpp"
#include "hwnas/latency/proxy/gaussian_process.hpp"
#include "hwnas/latency/proxy/mixture_variance.hpp"
#include "hwnas/latency/proxy/multi_proxy.hpp"
#include "hwnas/latency/proxy/rank_aware.hpp"
#include "latency/proxy_world.hpp"

namespace proxy_process_test {

using namespace hwnas;
using hwnas::testing::World;

TEST(TrendProcess, WithoutTrendEqualsTheTextbookFormulas) {
  const World world{30, 1, 0.05};
  const Eigen::MatrixXd k = gaussian_kernel(world.one_hot, world.one_hot, 2.0);
  const Eigen::MatrixXd samples = k.topLeftCorner(20, 20), cross = k.bottomLeftCorner(10, 20);
  const Eigen::VectorXd y = world.latency.col(0).head(20);
  const double noise = 0.3;
  const TrendProcess process{samples, Eigen::MatrixXd(20, 0), y, noise};
  const Predictions got = process.predict(cross, Eigen::ArrayXd::Ones(10), Eigen::MatrixXd(10, 0));
  // Rasmussen and Williams 2006, equations 2.25 and 2.26
  const Eigen::MatrixXd inverse = (samples + noise * Eigen::MatrixXd::Identity(20, 20)).inverse();
  EXPECT_LT((got.mean - cross * inverse * y).norm(), 1e-9 * y.norm());
  const Eigen::VectorXd variance =
      (Eigen::VectorXd::Ones(10) - (cross * inverse * cross.transpose()).diagonal()).array() + noise;
  EXPECT_LT((got.deviation.cwiseAbs2() / process.signal_variance() - variance).norm(), 1e-9);
}

TEST(TrendProcess, AFlatPriorOnTheTrendIsTheLimitOfAWideOne) {
  const World world{30, 1, 0.05};
  const Eigen::MatrixXd k = gaussian_kernel(world.one_hot, world.one_hot, 2.0);
  Eigen::MatrixXd trend(30, 2);
  trend << Eigen::VectorXd::Ones(30), world.counts.col(3);
  const Eigen::VectorXd y = world.latency.col(0).head(20);
  const double noise = 0.2, wide = 1e7;
  const TrendProcess process{k.topLeftCorner(20, 20), trend.topRows(20), y, noise};
  const Predictions got = process.predict(k.bottomLeftCorner(10, 20), Eigen::ArrayXd::Ones(10), trend.bottomRows(10));
  const Eigen::MatrixXd widened = k + wide * trend * trend.transpose();
  const Eigen::MatrixXd inverse = (widened.topLeftCorner(20, 20) + noise * Eigen::MatrixXd::Identity(20, 20)).inverse();
  const Eigen::VectorXd mean = widened.bottomLeftCorner(10, 20) * inverse * y;
  EXPECT_LT((got.mean - mean).norm(), 1e-4 * mean.norm());
}

TEST(BayesianRidge, PairsAreTheRidgeOfAllProductsWrittenDown) {
  const World world{200, 2, 0.05};
  const Eigen::MatrixXd& x = world.counts;
  const double share = 0.4, unit = x.squaredNorm() / 200;
  Eigen::MatrixXd written(200, 4 + 16);
  written.leftCols(4) = std::sqrt(1 - share) * x;
  for (Eigen::Index i = 0; i < 4; ++i) {
    for (Eigen::Index j = 0; j < 4; ++j) {
      written.col(4 + 4 * i + j) = std::sqrt(share / unit) * x.col(i).cwiseProduct(x.col(j));
    }
  }
  const Eigen::MatrixXd none(200, 0);
  BayesianRidge pairs{x, none, {share}}, products{written, none};
  pairs.fit(world.first(1, 25)).value(), products.fit(world.first(1, 25)).value();
  const Predictions a = pairs.predict_all().value(), b = products.predict_all().value();
  EXPECT_LT((a.mean - b.mean).norm(), 1e-8 * b.mean.norm());
  EXPECT_LT((a.deviation - b.deviation).norm(), 1e-6 * b.deviation.norm());
}

TEST(BayesianRidge, LearnsAnInteractionWhereTheEvidenceShowsOne) {
  World world{1300, 2, 0.01};
  const auto both = world.one_hot.col(0).cwiseProduct(world.one_hot.col(5));  // two operators that disturb each other
  world.latency.col(1) = (2 + world.counts.col(1).array() + 3 * both.array()).matrix();
  const Eigen::MatrixXd none(1300, 0);
  BayesianRidge linear{world.one_hot, none}, pairs{world.one_hot, none, some_pairs};
  linear.fit(world.first(1, 150)).value(), pairs.fit(world.first(1, 150)).value();
  const Eigen::VectorXd truth = world.latency.col(1).tail(250);
  const double error = (pairs.predict_all().value().mean.tail(250) - truth).norm();
  EXPECT_LT(error, 0.5 * (linear.predict_all().value().mean.tail(250) - truth).norm());
}

TEST(EvidenceMixture, OneHypothesisEqualsGeneralisedLeastSquares) {
  const World world{40, 5, 0.02};
  const ProxyPool pool = world.pool(4);
  const PoolPrior prior = pool.prior({0, 1, 2, 3});
  MixturePrior one = default_mixture(1);
  one.hypotheses = one.hypotheses.row(1).eval();
  one.kind = Eigen::VectorXi::Zero(1), one.log_weight = Eigen::VectorXd::Zero(1);
  one.log_noise = Eigen::VectorXd::Constant(1, -3), one.noise_weight = Eigen::VectorXd::Zero(1);
  one.log_scale = Eigen::VectorXd::Constant(1, 0.2), one.scale_weight = Eigen::VectorXd::Zero(1);
  std::vector<Eigen::Index> rows(12);
  std::iota(rows.begin(), rows.end(), Eigen::Index{0});
  const Eigen::VectorXd latency = world.latency.col(4)(rows);
  const detail::Conditioned c = detail::conditioned(one, prior, rows, latency);
  const Eigen::VectorXd mean = mixture_mean(one, c.posterior, prior, rows);
  const Eigen::VectorXd variance = mixture_variance(one, c.posterior, prior, rows, c.profile, mean);

  Eigen::MatrixXd k = Eigen::MatrixXd::Zero(40, 40);
  for (std::size_t b = 0; b < prior.blocks.size(); ++b) {
    k += std::exp(one.hypotheses(0, Eigen::Index(b))) * prior.blocks[b] * prior.blocks[b].transpose();
  }
  Eigen::MatrixXd a = k.topLeftCorner(12, 12);
  a.diagonal().array() += std::exp(-3.0) * c.profile;
  const Eigen::MatrixXd inverse = a.inverse();
  const double s = std::exp(prior.log_scale + 0.2);
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(12), rest = latency / c.unit - s * prior.center.head(12);
  const double information = ones.dot(inverse * ones), constant = ones.dot(inverse * rest) / information;
  const Eigen::MatrixXd cross = k.leftCols(12);
  const Eigen::VectorXd expected = (cross * inverse * (rest - constant * ones) + s * prior.center).array() + constant;
  EXPECT_LT((mean - expected).norm(), 1e-8);
  const Eigen::VectorXd spread = k.diagonal() - (cross * inverse * cross.transpose()).diagonal() +
                                 (1 - (cross * inverse * ones).array()).square().matrix() / information;
  EXPECT_LT((variance - s * s * spread).norm(), 1e-8);
}

TEST(EvidenceMixture, ATwinIsAStraightLineOverTheDeviceThatItResembles) {
  const World world{40, 4, 0.02};
  const PoolPrior prior = world.pool(3).prior({0, 1, 2});
  MixturePrior twins = default_mixture(1);
  twins.log_weight.head(twins.hypotheses.rows()).setConstant(-1e4), twins.log_weight.tail(1).setZero();
  twins.log_noise = Eigen::VectorXd::Constant(1, -6), twins.noise_weight = Eigen::VectorXd::Zero(1);
  twins.log_scale = Eigen::VectorXd::Constant(1, 0.2), twins.scale_weight = Eigen::VectorXd::Zero(1);
  std::vector<Eigen::Index> rows(6);
  std::iota(rows.begin(), rows.end(), Eigen::Index{0});
  const Eigen::VectorXd latency = 3 * world.latency.col(1)(rows);
  const auto c = detail::conditioned(twins, prior, rows, latency);
  const Eigen::Index first = twins.hypotheses.rows();
  ASSERT_EQ(c.posterior.weight.size(), first + 3);
  EXPECT_NEAR(c.posterior.weight.tail(3).sum(), 1, 1e-9);
  EXPECT_GT(c.posterior.weight(first + 1), 0.9);

  // Weighted by one over the noise: the constant that is left where the scale is given.
  const double s = std::exp(prior.log_scale + 0.2);
  const Eigen::ArrayXd trust = c.profile.inverse();
  Eigen::VectorXd expected = Eigen::VectorXd::Zero(40), square = expected;
  for (Eigen::Index d = 0; d < 3; ++d) {
    const Eigen::ArrayXd line = s * prior.twins.col(d).array();
    const double constant = ((latency / c.unit).array() - line.head(6)).matrix().dot(trust.matrix()) / trust.sum();
    const double weight = c.posterior.weight(first + d);
    expected.array() += weight * (line + constant);
    square.array() += weight * ((line + constant).square() + s * s * std::exp(-6.0) / trust.sum());
  }
  const Eigen::VectorXd mean = mixture_mean(twins, c.posterior, prior, rows);
  EXPECT_LT((mean - expected).norm(), 1e-9);
  const Eigen::VectorXd variance = mixture_variance(twins, c.posterior, prior, rows, c.profile, mean);
  const Eigen::VectorXd between = square - expected.cwiseAbs2();
  EXPECT_LT((variance - between).cwiseAbs().maxCoeff(), 0.03 * between.maxCoeff());  // twins below 2 % are left out of it
}

TEST(AutoAdapter, KnowsTheTwinOfAnUnusualDeviceAfterFiveMeasurements) {
  World world{300, 9, 0.005, 21};
  // Device 7 has costs like no other's, and device 8 is it again, three times slower.
  const Eigen::Vector4d costs{4, 0.1, 0.2, 2};
  world.latency.col(7) = (world.counts * costs).array() + 0.5 * world.one_hot.col(3).array() + 2;
  world.latency.col(8) = 3 * world.latency.col(7);
  AutoAdapter adapter{world.pool(8), {0, 1, 2, 3, 4, 5, 6, 7}};
  adapter.fit(world.first(8, 5)).value();
  EXPECT_GT(rank_correlation(adapter.predict_all().value().mean, world.latency.col(8)), 0.98);
}

TEST(EvidenceMixture, TheSpanOfThePriorGivesTheSameVariances) {
  const World world{300, 7, 0.02};
  const PoolPrior prior = world.pool(6).prior({0, 1, 2, 3, 4, 5});
  const PriorSpan span{prior};
  Eigen::Index columns = 2;
  for (const auto& block : prior.blocks) columns += block.cols();
  EXPECT_LT(span.basis.cols(), columns);  // what the coarse columns say the fine ones say too
  const MixturePrior mixture = default_mixture(1);
  for (const Eigen::Index n : {5, 20, 60}) {
    std::vector<Eigen::Index> rows(static_cast<std::size_t>(n));
    std::iota(rows.begin(), rows.end(), Eigen::Index{0});
    const auto c = detail::conditioned(mixture, prior, rows, world.latency.col(6)(rows));
    const Eigen::VectorXd mean = mixture_mean(mixture, c.posterior, prior, rows);
    const detail::VarianceTerms terms{mixture, c.posterior, prior, rows, c.profile};
    const Eigen::VectorXd one_way = detail::variance_by_samples(terms, prior, mean),
                          other_way = detail::variance_by_span(terms, mixture, c.posterior, span, rows);
    EXPECT_LT((one_way - other_way).cwiseAbs().maxCoeff(), 1e-6 * one_way.maxCoeff()) << n;
    EXPECT_LT((one_way - other_way).cwiseQuotient(one_way).cwiseAbs().maxCoeff(), 1e-3) << n;
  }
}

TEST(EvidenceMixture, PrefersTheHypothesisThatMadeTheData) {
  const World world{200, 6, 0.01};
  AutoAdapter adapter{world.pool(5), {0, 1, 2, 3, 4}};
  const double total = adapter.learned().mixture.log_weight.array().exp().sum();
  EXPECT_NEAR(total, 1, 1e-9);
  adapter.fit(world.first(5, 15)).value();
  EXPECT_GT(rank_correlation(adapter.predict_all().value().mean, world.latency.col(5)), 0.97);
}

TEST(AutoAdapter, NinetyPercentIntervalsCoverThatMuchOnDevicesNeverSeen) {
  double inside = 0, all = 0;
  const World world{400, 24, 0.03, 11};
  const AutoAdapter learned{world.pool(12), {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}};
  for (Eigen::Index device = 12; device < 24; ++device) {
    AutoAdapter adapter = learned;
    adapter.fit(world.first(device, 10)).value();
    const Predictions p = adapter.predict_all().value();
    for (Eigen::Index i = 100; i < 400; ++i) {
      inside += std::abs(p.mean(i) - world.latency(i, device)) < 1.645 * p.deviation(i);
      ++all;
    }
  }
  EXPECT_GT(inside / all, 0.82);
  EXPECT_LT(inside / all, 0.97);
}

/// log det of (I + noise^-1 X_S X_S^T): what D-optimal design maximises.
double information(const DesignKernel& kernel, const std::vector<Eigen::Index>& rows) {
  const Eigen::MatrixXd x = kernel.features(rows, Eigen::all);
  const Eigen::MatrixXd a = Eigen::MatrixXd::Identity(x.rows(), x.rows()) +
                            kernel.noise(rows).inverse().matrix().asDiagonal() * (x * x.transpose());
  return std::log(a.determinant());
}

TEST(DOptimal, IsWithinTheGuaranteeOfBruteForceAndItsFirstChoiceIsBest) {
  const World world{14, 1, 0};
  const Eigen::MatrixXd x = world.one_hot.leftCols(8);
  const DesignKernel kernel = DesignKernel::from_features(x, x, Eigen::ArrayXd::Constant(14, 0.1));
  const auto greedy = d_optimal(kernel, 3);
  double best = -1, best_single = -1;
  for (Eigen::Index a = 0; a < 14; ++a) {
    best_single = std::max(best_single, information(kernel, {a}));
    for (Eigen::Index b = a + 1; b < 14; ++b) {
      for (Eigen::Index c = b + 1; c < 14; ++c) best = std::max(best, information(kernel, {a, b, c}));
    }
  }
  EXPECT_NEAR(information(kernel, {greedy[0]}), best_single, 1e-9);
  EXPECT_GE(information(kernel, greedy), (1 - std::exp(-1.0)) * best);
  EXPECT_LE(information(kernel, greedy), best + 1e-9);
}

TEST(AverageOptimal, EveryStepIsTheBestOfAllCandidates) {
  const World world{20, 1, 0};
  const Eigen::MatrixXd x = world.one_hot;
  const auto noise = Eigen::ArrayXd::Constant(20, 0.2);
  const auto chosen = average_optimal({DesignKernel::from_features(x, x, noise)}, Eigen::VectorXd::Ones(1), {1}, 4);
  const auto loss = [&](const std::vector<Eigen::Index>& rows) {  // mean variance of differences from the mean
    const Eigen::MatrixXd at = x(rows, Eigen::all);
    const Eigen::MatrixXd a = at * at.transpose() + 0.2 * Eigen::MatrixXd::Identity(at.rows(), at.rows());
    const Eigen::MatrixXd cov = x * x.transpose() - x * at.transpose() * a.inverse() * at * x.transpose();
    const Eigen::MatrixXd centring = Eigen::MatrixXd::Identity(20, 20) - Eigen::MatrixXd::Constant(20, 20, 0.05);
    return (centring * cov * centring).trace() / 20;
  };
  std::vector<Eigen::Index> sofar;
  for (const auto pick : chosen) {
    double least = std::numeric_limits<double>::infinity();
    for (Eigen::Index i = 0; i < 20; ++i) {
      if (std::find(sofar.begin(), sofar.end(), i) != sofar.end()) continue;
      auto trial = sofar;
      trial.push_back(i);
      least = std::min(least, loss(trial));
    }
    sofar.push_back(pick);
    EXPECT_NEAR(loss(sofar), least, 1e-9);
  }
}

TEST(AverageOptimal, GoesOnFromWhatIsMeasuredAsIfItHadChosenIt) {
  const World world{20, 1, 0};
  const auto noise = Eigen::ArrayXd::Constant(20, 0.2);
  const auto kernel = [&](const std::vector<Eigen::Index>& order) {
    const Eigen::MatrixXd x = world.one_hot(order, Eigen::all);
    return DesignKernel::from_features(x, world.one_hot, noise);
  };
  std::vector<Eigen::Index> order(20);
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  const auto whole = average_optimal({kernel(order)}, Eigen::VectorXd::Ones(1), {1}, 6);
  std::vector<Eigen::Index> moved(whole.begin(), whole.begin() + 3);  // the first three come first, as measured
  for (const auto row : order) {
    if (std::find(moved.begin(), moved.end(), row) == moved.end()) moved.push_back(row);
  }
  const auto rest = average_optimal({kernel(moved)}, Eigen::VectorXd::Ones(1), {1}, 3, 3);
  ASSERT_EQ(rest.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(moved[std::size_t(rest[i])], whole[i + 3]);
}

TEST(MultiProxyMixture, BelievesTheDeviceThatTheTargetIs) {
  const World world{200, 4, 0.01};
  MultiProxyMixture adapter{world.latency};
  Samples samples = world.first(2, 10);
  for (Sample& sample : samples) sample.latency = sample.latency * 2.0;
  adapter.fit(samples).value();
  EXPECT_GT(adapter.weights()(2), 0.99);
}

TEST(RankAware, KeepsTheOrderOfCleanSamples) {
  const World world{200, 2, 0};
  RankAware adapter{world.one_hot, world.latency.leftCols(1)};
  const Samples samples = world.first(1, 20);
  adapter.fit(samples).value();
  const auto all = adapter.predict_all().value();
  EXPECT_GT(rank_correlation(all.mean, world.latency.col(1)),
            rank_correlation(world.latency.col(0), world.latency.col(1)) - 0.02);
}

TEST(ProxyPool, RefusesWhatItCannotUse) {
  const World world{50, 2, 0.01};
  const std::vector<FeatureView> views{{"as written", world.counts, world.one_hot}};
  Eigen::MatrixXd known = world.latency;
  known(3, 1) = -1;
  EXPECT_FALSE(ProxyPool::make(views, known).has_value());
  known.col(1).setConstant(5);
  EXPECT_FALSE(ProxyPool::make(views, known).has_value());
  known.col(1).setConstant(std::numeric_limits<double>::quiet_NaN());
  EXPECT_FALSE(ProxyPool::make(views, known).has_value());
  EXPECT_FALSE(ProxyPool::make(views, world.latency.topRows(49)).has_value());
  EXPECT_FALSE(ProxyPool::make({}, world.latency).has_value());
}

}  // namespace proxy_process_test
