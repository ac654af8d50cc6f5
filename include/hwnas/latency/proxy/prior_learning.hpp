// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What known devices teach about new ones: each is held out in turn and adapted to, as if it were the target.
///        LearnedPrior prior = learn_prior(pool, known);      // weights of hypotheses and noise; calibration
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/core/rng.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/latency/proxy/design.hpp"
#include "hwnas/latency/proxy/evidence_mixture.hpp"
#include "hwnas/latency/proxy/hypotheses.hpp"
#include "hwnas/latency/proxy/mixture_variance.hpp"
#include "hwnas/latency/proxy/proxy_pool.hpp"

namespace hwnas {

/// How honest the posterior was on held-out known devices with n samples each.
struct PosteriorCalibration {
  double samples = 0;
  double stretch = 1;   ///< factor on standard deviations that makes 90 % intervals cover 90 %
  double bias = 0;      ///< of atanh(rank correlation): reached minus expected
  double spread = 0.3;  ///< standard deviation of the same difference
};

struct LearnedPrior {
  MixturePrior mixture = {};
  std::vector<PosteriorCalibration> calibration = {};  ///< by rising number of samples

  /// Linear in log n between the numbers of samples that were tried, constant beyond.
  [[nodiscard]] PosteriorCalibration at(double n) const {
    if (calibration.empty()) return {n, 1.3, 0, 0.5};
    if (n <= calibration.front().samples) return calibration.front();
    for (std::size_t i = 1; i < calibration.size(); ++i) {
      const auto &a = calibration[i - 1], &b = calibration[i];
      if (n > b.samples) continue;
      const double t = std::log(n / a.samples) / std::log(b.samples / a.samples);
      return {n, a.stretch + t * (b.stretch - a.stretch), a.bias + t * (b.bias - a.bias),
              a.spread + t * (b.spread - a.spread)};
    }
    return calibration.back();
  }
};

/// How prior learning and the choice of samples go about it.
struct LearningOptions {
  std::size_t rows = 600;         ///< of the pool, drawn: half to measure, half to test on
  std::size_t candidates = 2000;  ///< of a design, drawn among those offered
  std::size_t references = 400;   ///< rows whose variance a design lowers
  std::uint64_t seed = 1;
};

/// Rank correlation that a prediction of this mean and variance can expect: Pearson's of mean and truth, then
/// Spearman's for a bivariate normal (Pearson 1907: 6/pi asin(r/2)).
[[nodiscard]] inline double expected_rank_correlation(const Eigen::ArrayXd& mean, const Eigen::ArrayXd& variance) {
  const double explained = (mean - mean.mean()).square().mean();
  if (!(explained > 0)) return 0;
  return 6 / 3.14159265358979323846 * std::asin(0.5 * std::sqrt(explained / (explained + variance.mean())));
}

/// `count` different entries of `from`, drawn.
[[nodiscard]] inline std::vector<Eigen::Index> drawn_rows(std::vector<Eigen::Index> from, std::size_t count, Rng& rng) {
  count = std::min(count, from.size());
  for (std::size_t i = 0; i < count; ++i) std::swap(from[i], from[i + rng.below(std::uint64_t{from.size() - i})]);
  from.resize(count);
  return from;
}

/// Features of one hypothesis at some rows, in units of y / s: constant, center, blocks.
[[nodiscard]] inline Eigen::MatrixXd hypothesis_features(const PoolPrior& prior, const Eigen::RowVectorXd& log_variance,
                                                         const std::vector<Eigen::Index>& rows) {
  constexpr double constant_deviation = 10;  // the mean of y is known to be 1, but the kernels' zero is arbitrary
  Eigen::Index columns = 2;
  for (const auto& block : prior.blocks) columns += block.cols();
  Eigen::MatrixXd out(Eigen::Index(rows.size()), columns);
  out.col(0).setConstant(constant_deviation);
  out.col(1) = prior.center(rows);
  columns = 2;
  for (std::size_t b = 0; b < prior.blocks.size(); ++b) {
    if (log_variance(Eigen::Index(b)) < -20) continue;
    const auto& block = prior.blocks[b];
    out.middleCols(columns, block.cols()) = block(rows, Eigen::all) * std::exp(0.5 * log_variance(Eigen::Index(b)));
    columns += block.cols();
  }
  return out.leftCols(columns);
}

/// The n rows among `candidates` to measure after the rows in `measured`: least mean variance over `references`, averaged
/// over the most probable hypotheses.
[[nodiscard]] inline std::vector<Eigen::Index> choose_samples(const MixturePrior& mixture, const PoolPrior& prior,
                                                              std::vector<Eigen::Index> candidates,
                                                              const std::vector<Eigen::Index>& references,
                                                              std::size_t n,
                                                              const std::vector<Eigen::Index>& measured = {}) {
  std::erase_if(candidates,
                [&](auto row) { return std::find(measured.begin(), measured.end(), row) != measured.end(); });
  n = std::min(n, candidates.size());
  candidates.insert(candidates.begin(), measured.begin(), measured.end());
  std::vector<Eigen::Index> order(std::size_t(mixture.hypotheses.rows()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return mixture.log_weight(a) > mixture.log_weight(b); });
  constexpr std::size_t most = 8;  // the rest hardly moves the average
  order.resize(std::min(order.size(), most));
  const double noise = std::exp(mixture.noise_weight.array().exp().matrix().dot(mixture.log_noise));
  const Eigen::ArrayXd profile = noise * noise_profile(prior.level(candidates).array());
  std::vector<DesignKernel> kernels;
  std::vector<double> variance;
  Eigen::VectorXd weights(Eigen::Index(order.size()));
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Eigen::RowVectorXd h = mixture.hypotheses.row(order[i]);
    const Eigen::MatrixXd at_references = hypothesis_features(prior, h, references);
    kernels.push_back(DesignKernel::from_features(hypothesis_features(prior, h, candidates), at_references, profile));
    variance.push_back((at_references.rowwise() - at_references.colwise().mean()).squaredNorm() /
                       double(references.size()));
    weights(Eigen::Index(i)) = std::exp(mixture.log_weight(order[i]));
  }
  std::vector<Eigen::Index> rows;
  for (const auto k : average_optimal(std::move(kernels), weights, variance, n, measured.size())) {
    rows.push_back(candidates[std::size_t(k)]);
  }
  return rows;
}

/// The mixture as samples have changed it: what the next samples are chosen under.
[[nodiscard]] inline MixturePrior updated(MixturePrior mixture, const MixturePosterior& posterior) {
  const Eigen::Index hypotheses = mixture.hypotheses.rows();
  mixture.log_weight.head(hypotheses) = posterior.weight.head(hypotheses);
  if (mixture.has_twins()) mixture.log_weight(hypotheses) = 1 - posterior.weight.head(hypotheses).sum();
  mixture.log_weight = mixture.log_weight.array().max(std::numeric_limits<double>::min()).log().eval();
  mixture.log_noise = Eigen::VectorXd::Constant(1, posterior.weight.dot(posterior.noise.array().log().matrix()));
  mixture.noise_weight = Eigen::VectorXd::Zero(1);
  return mixture;
}

namespace detail {

/// A known device held out, seen by others: what is asked of the prior.
struct HeldOut {
  PoolPrior prior;
  Eigen::VectorXd latency;           ///< at the drawn rows; NaN where not measured
  std::vector<Eigen::Index> order;   ///< rows to measure, best first
  std::vector<Eigen::Index> test;
};

/// Relative latencies of the first n samples under a prior, conditioned.
struct Conditioned {
  std::vector<Eigen::Index> rows;
  Eigen::ArrayXd profile;
  double unit = 1;    ///< mean latency of the samples
  double middle = 1;  ///< median over mean
  MixturePosterior posterior;
};

inline Conditioned conditioned(const MixturePrior& mixture, const PoolPrior& prior, std::vector<Eigen::Index> rows,
                               const Eigen::VectorXd& latency) {
  Conditioned out;
  out.rows = std::move(rows);
  out.unit = latency.mean();
  const Eigen::VectorXd y = latency / out.unit;
  out.middle = median(std::span<const double>{y.data(), std::size_t(y.size())});
  out.profile = noise_profile(y.array() / out.middle);
  std::vector<Eigen::MatrixXd> kernels;
  for (const auto& block : prior.blocks) {
    const Eigen::MatrixXd at = block(out.rows, Eigen::all);
    kernels.push_back(at * at.transpose());
  }
  out.posterior = condition(mixture, kernels, prior.at(out.rows), out.profile, y);
  return out;
}

/// Variance of a measurement at rows with this mean: the function's and the noise's.
inline Eigen::ArrayXd measurement_variance(const Conditioned& c, const Eigen::ArrayXd& mean,
                                           const Eigen::ArrayXd& variance) {
  const double noise =
      (c.posterior.weight.array() * c.posterior.scale_square.array() * c.posterior.noise.array()).sum();
  return variance + noise * noise_profile((mean / c.middle).max(0.05));
}

inline std::vector<HeldOut> hold_out(const ProxyPool& pool, const std::vector<Eigen::Index>& known,
                                     const MixturePrior& mixture, const LearningOptions& options) {
  // A target's nearest relative may be a twin, a cousin or a stranger; known devices are held out with their likes.
  constexpr double likeness[] = {0.998, 0.97, 0.85};
  Rng rng{options.seed};
  std::vector<HeldOut> out;
  for (const auto target : known) {
    std::vector<std::size_t> tried;
    for (const double limit : likeness) {
      std::vector<Eigen::Index> others;
      for (const auto other : known) {
        if (other != target && pool.similarity(other, target) < limit) others.push_back(other);
      }
      if (others.empty() || std::find(tried.begin(), tried.end(), others.size()) != tried.end()) continue;
      tried.push_back(others.size());
      HeldOut held{pool.prior(others), pool.measured(target), {}, {}};
      std::vector<Eigen::Index> rows;
      for (Eigen::Index i = 0; i < pool.rows(); ++i) {
        if (!std::isnan(held.latency(i))) rows.push_back(i);
      }
      rows = drawn_rows(std::move(rows), std::size_t(pool.rows()), rng);
      const std::size_t half = rows.size() / 2;
      const std::vector<Eigen::Index> candidates(rows.begin(), rows.begin() + std::ptrdiff_t(half));
      held.test.assign(rows.begin() + std::ptrdiff_t(half), rows.end());
      held.order = choose_samples(mixture, held.prior, candidates, held.test, 40);
      if (held.order.size() >= 5) out.push_back(std::move(held));
    }
  }
  return out;
}

/// The same weight for a hypothesis in every view. Which view a runtime follows (does it run dead branches?) is no matter
/// of degree that known devices could teach about a new one.
inline Eigen::ArrayXd alike_for_views(const Eigen::ArrayXd& weight, const MixturePrior& mixture) {
  Eigen::ArrayXd out = Eigen::ArrayXd::Zero(weight.size()), members = out;
  for (Eigen::Index a = 0; a < weight.size(); ++a) {
    for (Eigen::Index b = 0; b < weight.size(); ++b) {
      if (mixture.kind(a) == mixture.kind(b)) out(a) += weight(b), members(a) += 1;
    }
  }
  return out / members;
}

/// Weights of hypotheses and noise levels by expectation maximisation, with so many prior counts that a hypothesis which
/// no known device needs stays possible: the target may be of another kind.
inline void reweigh(MixturePrior& mixture, const std::vector<HeldOut>& all) {
  std::vector<Eigen::ArrayXXd> evidence;
  for (const HeldOut& held : all) {
    for (const std::size_t n : {std::size_t{10}, std::size_t{20}}) {
      if (held.order.size() < n) continue;
      const std::vector<Eigen::Index> rows(held.order.begin(), held.order.begin() + std::ptrdiff_t(n));
      evidence.push_back(conditioned(mixture, held.prior, rows, held.latency(rows)).posterior.log_evidence.array());
    }
  }
  if (evidence.empty()) return;
  const double devices = double(evidence.size());
  const Eigen::ArrayXd start = mixture.log_weight.array().exp(), noise_start = mixture.noise_weight.array().exp();
  for (int iteration = 0; iteration < 20; ++iteration) {
    Eigen::ArrayXd hypothesis = start * 1.0 * devices, noise = noise_start * 0.5 * devices;
    for (const auto& each : evidence) {
      Eigen::ArrayXXd joint =
          (each.colwise() + mixture.log_weight.array()).rowwise() + mixture.noise_weight.array().transpose();
      joint = (joint - joint.maxCoeff()).exp();
      joint /= joint.sum();
      hypothesis += joint.rowwise().sum();
      noise += joint.colwise().sum().transpose();
    }
    mixture.log_weight = alike_for_views(hypothesis / hypothesis.sum(), mixture).log();
    mixture.noise_weight = (noise / noise.sum()).log();
  }
}

/// devices: how many were held out. Few devices are a small sample of devices, so their quantile is taken a little
/// higher.
inline PosteriorCalibration calibrated(const MixturePrior& mixture, const std::vector<HeldOut>& all, std::size_t n,
                                       double devices) {
  std::vector<double> ratios, differences;
  for (const HeldOut& held : all) {
    if (held.order.size() < n) continue;
    const std::vector<Eigen::Index> rows(held.order.begin(), held.order.begin() + std::ptrdiff_t(n));
    const Conditioned c = conditioned(mixture, held.prior, rows, held.latency(rows));
    const Eigen::VectorXd mean = mixture_mean(mixture, c.posterior, held.prior, c.rows);
    const Eigen::VectorXd variance = mixture_variance(mixture, c.posterior, held.prior, c.rows, c.profile, mean);
    const Eigen::ArrayXd at = mean(held.test), total = measurement_variance(c, at, variance(held.test).array());
    const Eigen::ArrayXd truth = held.latency(held.test).array() / c.unit;
    for (Eigen::Index i = 0; i < at.size(); ++i) ratios.push_back(std::abs(truth(i) - at(i)) / std::sqrt(total(i)));
    const double reached = spearman({at.data(), std::size_t(at.size())}, {truth.data(), std::size_t(truth.size())});
    if (!std::isnan(reached)) {
      differences.push_back(std::atanh(std::min(reached, 0.9999)) - std::atanh(expected_rank_correlation(at, total)));
    }
  }
  PosteriorCalibration out{double(n)};
  if (ratios.empty()) return out;
  out.stretch = quantile(ratios, std::min(0.95, 0.9 + 0.2 / devices)) / normal_95;
  out.bias = mean(differences);
  out.spread = differences.size() > 1 ? sample_deviation(differences) : 0.3;
  return out;
}

}  // namespace detail

/// Holds out every known device, with its likes, and learns how probable each hypothesis and noise level is, and how far
/// the posterior can be trusted. With fewer than three known devices there is nothing to learn from.
[[nodiscard]] inline LearnedPrior learn_prior(const ProxyPool& pool, const std::vector<Eigen::Index>& known,
                                              const LearningOptions& options = {}) {
  LearnedPrior learned{default_mixture(pool.views())};
  if (known.size() < 3) return learned;
  Rng rng{options.seed};
  std::vector<Eigen::Index> all(std::size_t(pool.rows()));
  std::iota(all.begin(), all.end(), Eigen::Index{0});
  const ProxyPool part = pool.at(drawn_rows(std::move(all), options.rows, rng));
  const auto held = detail::hold_out(part, known, learned.mixture, options);
  detail::reweigh(learned.mixture, held);
  for (const std::size_t n : {5, 10, 20, 40}) {
    const PosteriorCalibration c = detail::calibrated(learned.mixture, held, n, double(known.size()));
    learned.calibration.push_back(c);
  }
  return learned;
}

}  // namespace hwnas
