// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  EvidenceMixture: Gaussian processes under several hypotheses at once, weighted by the samples' evidence.
///        A hypothesis says how much of the target's latency each block of the prior explains: "much like the known
///        devices", "a cost of its own for every operator", "dead branches are not run". Noise and scale are summed over
///        too, so that nothing is tuned by hand for a device.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/latency/proxy/proxy_pool.hpp"
#include "hwnas/latency/spectrum.hpp"

namespace hwnas {

/// What the mixture sums over, and how probable each is before the first measurement.
struct MixturePrior {
  Eigen::MatrixXd hypotheses = {};   ///< log variance of each block (columns) under each hypothesis (rows)
  Eigen::VectorXi kind = {};         ///< of each hypothesis: equal kinds differ in the view only
  Eigen::VectorXd log_weight = {};   ///< of each hypothesis
  Eigen::VectorXd log_noise = {};    ///< grid: log variance of the noise, in units of the scale squared
  Eigen::VectorXd noise_weight = {}; ///< log prior of each
  Eigen::VectorXd log_scale = {};    ///< grid: log of the target's scale over the known devices' scale
  Eigen::VectorXd scale_weight = {};
};

/// Noise variance of a latency relative to that of a typical one: part constant, part proportional. Repeated runs of
/// one device differ by a percentage, timers by a constant.
inline constexpr double constant_noise_share = 0.3;
[[nodiscard]] inline Eigen::ArrayXd noise_profile(const Eigen::ArrayXd& level) {
  return constant_noise_share + (1 - constant_noise_share) * level.square();
}

/// The posterior for n samples; prediction needs only inner products with them.
struct MixturePosterior {
  Eigen::VectorXd weight = {};      ///< of each hypothesis
  Eigen::MatrixXd log_evidence = {};  ///< hypotheses x noise levels, scales summed out, priors of both not included
  Eigen::MatrixXd alpha = {};       ///< samples x hypotheses: sum over noise and scale of P (y - s m)
  Eigen::VectorXd constant = {};    ///< of each hypothesis
  Eigen::VectorXd scale = {};       ///< mean of s
  Eigen::VectorXd scale_square = {};
  Eigen::VectorXd noise = {};       ///< variance relative to s^2, geometric mean
};

namespace detail {
inline double log_sum_exp(const Eigen::ArrayXd& x) {
  const double top = x.maxCoeff();
  return std::isfinite(top) ? top + std::log((x - top).exp().sum()) : top;
}
/// Everything about one hypothesis: the whitened kernel's eigenvectors give all noise levels at once.
struct HypothesisFit {
  Eigen::MatrixXd vectors;
  Eigen::ArrayXd values, root;  ///< eigenvalues; 1 / sqrt(noise profile)
  Eigen::ArrayXd y, m, one;     ///< along the eigenvectors

  HypothesisFit(const Eigen::MatrixXd& kernel, const Eigen::VectorXd& target, const Eigen::VectorXd& center,
                const Eigen::ArrayXd& profile)
      : root{profile.sqrt().inverse()} {
    const Spectrum spectrum{root.matrix().asDiagonal() * kernel * root.matrix().asDiagonal()};
    vectors = spectrum.vectors;
    values = spectrum.values.array();
    const auto along = [&](const Eigen::ArrayXd& v) {
      return (vectors.transpose() * (root * v).matrix()).array().eval();
    };
    y = along(target.array()), m = along(center.array()), one = along(Eigen::ArrayXd::Ones(target.size()));
  }
  /// P v for P = A^-1 - A^-1 1 1^T A^-1 / (1^T A^-1 1) and A = kernel + noise * profile.
  [[nodiscard]] Eigen::VectorXd project(const Eigen::ArrayXd& v, double noise) const {
    const Eigen::ArrayXd inverse = 1 / (values + noise);
    const double c = (v * one * inverse).sum() / (one.square() * inverse).sum();
    return (root * (vectors * (inverse * (v - c * one)).matrix()).array()).matrix();
  }
  [[nodiscard]] double constant(const Eigen::ArrayXd& v, double noise) const {
    const Eigen::ArrayXd inverse = 1 / (values + noise);
    return (v * one * inverse).sum() / (one.square() * inverse).sum();
  }
  /// Log evidence of each scale, the constant integrated out under a flat prior.
  ///   Formula   -1/2 log|A| - 1/2 log(1^T A^-1 1) - (n - 1) log s - 1/2 (y/s - m)^T P (y/s - m) + constants
  [[nodiscard]] Eigen::ArrayXd log_evidence(double noise, const Eigen::ArrayXd& log_scale) const {
    const Eigen::ArrayXd inverse = 1 / (values + noise);
    const double oo = (one.square() * inverse).sum(), oy = (one * y * inverse).sum(), om = (one * m * inverse).sum();
    const double yy = (y.square() * inverse).sum() - oy * oy / oo, ym = (y * m * inverse).sum() - oy * om / oo,
                 mm = (m.square() * inverse).sum() - om * om / oo;
    const Eigen::ArrayXd over = (-log_scale).exp();
    const double determinant = -(values + noise).log().sum() + 2 * root.log().sum();
    return 0.5 * determinant - 0.5 * std::log(oo) - double(y.size() - 1) * log_scale -
           0.5 * (yy * over.square() - 2 * ym * over + mm);
  }
};
}  // namespace detail

/// The posterior over hypotheses, noise and scale given relative latencies y (latency / mean) at n rows.
///   kernels   one n x n matrix of inner products a block;  center, profile: the prior's at the same rows
[[nodiscard]] inline MixturePosterior condition(const MixturePrior& prior, const std::vector<Eigen::MatrixXd>& kernels,
                                                const Eigen::VectorXd& center, const Eigen::ArrayXd& profile,
                                                const Eigen::VectorXd& y, double log_scale) {
  const Eigen::Index n = y.size(), hypotheses = prior.hypotheses.rows(), levels = prior.log_noise.size();
  MixturePosterior out;
  out.log_evidence.resize(hypotheses, levels);
  std::vector<detail::HypothesisFit> fits;
  std::vector<Eigen::ArrayXXd> scale_share;  // a hypothesis: noise levels x scales
  const Eigen::ArrayXd scales = prior.log_scale.array() + log_scale;
  for (Eigen::Index h = 0; h < hypotheses; ++h) {
    Eigen::MatrixXd kernel = Eigen::MatrixXd::Zero(n, n);
    for (std::size_t b = 0; b < kernels.size(); ++b) {
      kernel += std::exp(prior.hypotheses(h, Eigen::Index(b))) * kernels[b];
    }
    const auto& fit = fits.emplace_back(kernel, y, center, profile);
    auto& share = scale_share.emplace_back(levels, scales.size());
    for (Eigen::Index g = 0; g < levels; ++g) {
      const Eigen::ArrayXd each = fit.log_evidence(std::exp(prior.log_noise(g)), scales) + prior.scale_weight.array();
      out.log_evidence(h, g) = detail::log_sum_exp(each);
      share.row(g) = (each - out.log_evidence(h, g)).exp().transpose();
    }
  }
  const Eigen::ArrayXXd joint = (out.log_evidence.array().colwise() + prior.log_weight.array()).rowwise() +
                                prior.noise_weight.array().transpose();
  const Eigen::ArrayXXd weight = (joint - joint.maxCoeff()).exp() / (joint - joint.maxCoeff()).exp().sum();
  out.weight = weight.rowwise().sum();
  out.alpha = Eigen::MatrixXd::Zero(n, hypotheses);
  out.constant = out.scale = out.scale_square = out.noise = Eigen::VectorXd::Zero(hypotheses);
  const Eigen::ArrayXd s = scales.exp();
  for (Eigen::Index h = 0; h < hypotheses; ++h) {
    const auto& fit = fits[std::size_t(h)];
    for (Eigen::Index g = 0; g < levels; ++g) {
      const double part = weight(h, g) / std::max(out.weight(h), std::numeric_limits<double>::min());
      if (part < 1e-6) continue;
      const Eigen::ArrayXd share = scale_share[std::size_t(h)].row(g).transpose();
      const double mean_scale = (share * s).sum(), noise = std::exp(prior.log_noise(g));
      const Eigen::ArrayXd rest = fit.y - mean_scale * fit.m;
      out.alpha.col(h) += part * fit.project(rest, noise);
      out.constant(h) += part * fit.constant(rest, noise);
      out.scale(h) += part * mean_scale;
      out.scale_square(h) += part * (share * s.square()).sum();
      out.noise(h) += part * prior.log_noise(g);
    }
    out.noise(h) = std::exp(out.noise(h));
  }
  return out;
}

/// Mean of y at all rows of `all`, given that the samples are rows `at` of it. Works in the space of weights: a block
/// costs its own size.
[[nodiscard]] inline Eigen::VectorXd mixture_mean(const MixturePrior& prior, const MixturePosterior& posterior,
                                                  const PoolPrior& all, const std::vector<Eigen::Index>& at) {
  Eigen::VectorXd mean = all.center * posterior.weight.dot(posterior.scale);
  mean.array() += posterior.weight.dot(posterior.constant);
  for (std::size_t b = 0; b < all.blocks.size(); ++b) {
    const Eigen::VectorXd share = posterior.weight.array() * prior.hypotheses.col(Eigen::Index(b)).array().exp();
    const Eigen::VectorXd weights = all.blocks[b](at, Eigen::all).transpose() * (posterior.alpha * share);
    mean.noalias() += all.blocks[b] * weights;
  }
  return mean;
}

namespace detail {
/// What the variance at any row needs of one hypothesis.
struct HypothesisVariance {
  double weight = 0, scale = 0, scale_square = 0, constant = 0;
  Eigen::VectorXd share;  ///< variance of each block
  Eigen::VectorXd alpha, solved_ones;
  Eigen::MatrixXd inverse_root;  ///< L^-T of the samples' covariance
  double information = 0;        ///< 1^T A^-1 1

  HypothesisVariance(const MixturePrior& prior, const MixturePosterior& posterior, Eigen::Index h,
                     const std::vector<Eigen::MatrixXd>& samples, const Eigen::ArrayXd& profile)
      : weight{posterior.weight(h)},
        scale{posterior.scale(h)},
        scale_square{posterior.scale_square(h)},
        constant{posterior.constant(h)},
        share{prior.hypotheses.row(h).array().exp()},
        alpha{posterior.alpha.col(h)} {
    Eigen::MatrixXd a = (posterior.noise(h) * profile).matrix().asDiagonal();
    for (std::size_t b = 0; b < samples.size(); ++b) a += share(Eigen::Index(b)) * samples[b] * samples[b].transpose();
    const Eigen::LLT<Eigen::MatrixXd> factor{a};
    const Eigen::VectorXd ones = Eigen::VectorXd::Ones(profile.size());
    solved_ones = factor.solve(ones);
    information = ones.dot(solved_ones);
    inverse_root = factor.matrixU().solve(Eigen::MatrixXd::Identity(profile.size(), profile.size()));
  }

  /// Adds this hypothesis' share of the variance; k: covariance of the rows with the samples.
  void add(const Eigen::MatrixXd& k, const Eigen::ArrayXd& own, const Eigen::VectorXd& center,
           const Eigen::VectorXd& mean, Eigen::Ref<Eigen::ArrayXd> variance) const {
    const Eigen::ArrayXd here = (k * alpha + scale * center - mean).array() + constant;
    const Eigen::ArrayXd shift = (1 - (k * solved_ones).array()).square() / information;
    const Eigen::MatrixXd explained = k * inverse_root;
    const Eigen::ArrayXd within = (own - explained.array().square().rowwise().sum() + shift).max(0);
    variance += weight * (scale_square * within + here.square());
  }
};
}  // namespace detail

/// Variance of y at the rows of `all`, without the measurement's noise: within each hypothesis and between them.
///   Formula     s^2 (k(x,x) - k^T A^-1 k + (1 - 1^T A^-1 k)^2 / (1^T A^-1 1)): generalised least squares with a constant
///   Complexity  O(rows n (features + n hypotheses)), in pieces of rows that stay in the cache
[[nodiscard]] inline Eigen::VectorXd mixture_variance(const MixturePrior& prior, const MixturePosterior& posterior,
                                                      const PoolPrior& all, const std::vector<Eigen::Index>& at,
                                                      const Eigen::ArrayXd& profile, const Eigen::VectorXd& mean) {
  constexpr double negligible_weight = 0.02, negligible_share = 1e-9;
  constexpr Eigen::Index piece = 256;
  std::vector<Eigen::MatrixXd> samples;
  for (const auto& block : all.blocks) samples.push_back(block(at, Eigen::all));
  std::vector<detail::HypothesisVariance> hypotheses;
  for (Eigen::Index h = 0; h < posterior.weight.size(); ++h) {
    if (posterior.weight(h) > negligible_weight) hypotheses.emplace_back(prior, posterior, h, samples, profile);
  }
  Eigen::ArrayXd variance = Eigen::ArrayXd::Zero(mean.size());
  std::vector<Eigen::MatrixXd> cross(all.blocks.size());
  std::vector<Eigen::ArrayXd> own(all.blocks.size());
  for (Eigen::Index first = 0; first < mean.size(); first += piece) {
    const Eigen::Index n = std::min(piece, mean.size() - first);
    for (std::size_t b = 0; b < cross.size(); ++b) {
      cross[b].noalias() = all.blocks[b].middleRows(first, n) * samples[b].transpose();
      own[b] = all.blocks[b].middleRows(first, n).rowwise().squaredNorm();
    }
    for (const auto& h : hypotheses) {
      Eigen::MatrixXd k = Eigen::MatrixXd::Zero(n, Eigen::Index(at.size()));
      Eigen::ArrayXd total = Eigen::ArrayXd::Zero(n);
      for (std::size_t b = 0; b < cross.size(); ++b) {
        const double share = h.share(Eigen::Index(b));
        if (share > negligible_share) k += share * cross[b], total += share * own[b];
      }
      h.add(k, total, all.center.segment(first, n), mean.segment(first, n), variance.segment(first, n));
    }
  }
  return variance;
}

}  // namespace hwnas
