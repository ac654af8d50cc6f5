// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  EvidenceMixture: Gaussian processes under several hypotheses at once, weighted by the samples' evidence.
///        A hypothesis says how much of the target's latency each block of the prior explains: "much like the known
///        devices", "a cost of its own for every operator", "dead branches are not run", or that the target is the twin of
///        one known device. Noise and scale are summed over too, so that nothing is tuned by hand for a device.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/latency/proxy/proxy_pool.hpp"
#include "hwnas/latency/spectrum.hpp"

namespace hwnas {

/// What the mixture sums over, and how probable each is before the first measurement.
struct MixturePrior {
  Eigen::MatrixXd hypotheses = {};   ///< log variance of each block (columns) under each hypothesis (rows)
  Eigen::VectorXi kind = {};         ///< of each hypothesis: equal kinds differ in the view only
  Eigen::VectorXd log_weight = {};   ///< of each hypothesis; one more entry: of the known devices' twins, all together
  Eigen::VectorXd log_noise = {};    ///< grid: log variance of the noise, in units of the scale squared
  Eigen::VectorXd noise_weight = {}; ///< log prior of each
  Eigen::VectorXd log_scale = {};    ///< grid: log of the target's scale over the known devices' scale
  Eigen::VectorXd scale_weight = {};

  [[nodiscard]] bool has_twins() const { return log_weight.size() > hypotheses.rows(); }
};

/// Noise variance of a latency relative to that of a typical one: part constant, part proportional. Repeated runs of
/// one device differ by a percentage, timers by a constant.
inline constexpr double constant_noise_share = 0.3;
[[nodiscard]] inline Eigen::ArrayXd noise_profile(const Eigen::ArrayXd& level) {
  return constant_noise_share + (1 - constant_noise_share) * level.square();
}

/// The posterior for n samples; prediction needs only inner products with them. The hypotheses come first, then the twin of
/// each known device.
struct MixturePosterior {
  Eigen::VectorXd weight = {};      ///< of each hypothesis and twin
  Eigen::MatrixXd log_evidence = {};  ///< log_weight's entries x noise levels, scales summed out, priors not included
  Eigen::MatrixXd alpha = {};       ///< samples x hypotheses: sum over noise and scale of P (y - s m)
  Eigen::VectorXd constant = {};    ///< of each hypothesis and twin
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
/// Evidence of each hypothesis, and of all twins together.
inline Eigen::MatrixXd evidence_of_kinds(const Eigen::ArrayXXd& evidence, Eigen::Index hypotheses) {
  const Eigen::Index twins = evidence.rows() - hypotheses;
  if (twins == 0) return evidence;
  Eigen::MatrixXd out(hypotheses + 1, evidence.cols());
  out.topRows(hypotheses) = evidence.topRows(hypotheses);
  for (Eigen::Index g = 0; g < evidence.cols(); ++g) {
    out(hypotheses, g) = log_sum_exp(evidence.col(g).tail(twins)) - std::log(double(twins));
  }
  return out;
}
}  // namespace detail

/// The posterior over hypotheses, noise and scale given relative latencies y (latency / mean) at n rows.
///   kernels   one n x n matrix of inner products a block;  samples: the prior at the same rows
[[nodiscard]] inline MixturePosterior condition(const MixturePrior& prior, const std::vector<Eigen::MatrixXd>& kernels,
                                                const PoolPrior& samples, const Eigen::ArrayXd& profile,
                                                const Eigen::VectorXd& y) {
  const Eigen::Index n = y.size(), hypotheses = prior.hypotheses.rows(), levels = prior.log_noise.size();
  const Eigen::Index twins = prior.has_twins() ? samples.twins.cols() : 0, all = hypotheses + twins;
  std::vector<detail::HypothesisFit> fits;
  std::vector<Eigen::ArrayXXd> scale_share;  // noise levels x scales
  Eigen::ArrayXXd evidence(all, levels), log_weight(all, 1);
  const Eigen::ArrayXd scales = prior.log_scale.array() + samples.log_scale;
  for (Eigen::Index h = 0; h < all; ++h) {
    Eigen::MatrixXd kernel = Eigen::MatrixXd::Zero(n, n);
    for (std::size_t b = 0; b < kernels.size() && h < hypotheses; ++b) {
      kernel += std::exp(prior.hypotheses(h, Eigen::Index(b))) * kernels[b];
    }
    const Eigen::VectorXd center = h < hypotheses ? samples.center : Eigen::VectorXd(samples.twins.col(h - hypotheses));
    const auto& fit = fits.emplace_back(kernel, y, center, profile);
    auto& share = scale_share.emplace_back(levels, scales.size());
    for (Eigen::Index g = 0; g < levels; ++g) {
      const Eigen::ArrayXd each = fit.log_evidence(std::exp(prior.log_noise(g)), scales) + prior.scale_weight.array();
      evidence(h, g) = detail::log_sum_exp(each);
      share.row(g) = (each - evidence(h, g)).exp().transpose();
    }
    log_weight(h) = h < hypotheses ? prior.log_weight(h) : prior.log_weight(hypotheses) - std::log(double(twins));
  }
  MixturePosterior out;
  out.log_evidence = detail::evidence_of_kinds(evidence, hypotheses);
  const Eigen::ArrayXXd joint =
      (evidence.colwise() + log_weight.col(0)).rowwise() + prior.noise_weight.array().transpose();
  const Eigen::ArrayXXd weight = (joint - joint.maxCoeff()).exp() / (joint - joint.maxCoeff()).exp().sum();
  out.weight = weight.rowwise().sum();
  out.alpha = Eigen::MatrixXd::Zero(n, hypotheses);
  out.constant = out.scale = out.scale_square = out.noise = Eigen::VectorXd::Zero(all);
  const Eigen::ArrayXd s = scales.exp();
  for (Eigen::Index h = 0; h < all; ++h) {
    const auto& fit = fits[std::size_t(h)];
    for (Eigen::Index g = 0; g < levels; ++g) {
      const double part = weight(h, g) / std::max(out.weight(h), std::numeric_limits<double>::min());
      if (part < 1e-6) continue;
      const Eigen::ArrayXd share = scale_share[std::size_t(h)].row(g).transpose();
      const double mean_scale = (share * s).sum(), noise = std::exp(prior.log_noise(g));
      const Eigen::ArrayXd rest = fit.y - mean_scale * fit.m;
      if (h < hypotheses) out.alpha.col(h) += part * fit.project(rest, noise);
      out.constant(h) += part * fit.constant(rest, noise);
      out.scale(h) += part * mean_scale;
      out.scale_square(h) += part * (share * s.square()).sum();
      out.noise(h) += part * prior.log_noise(g);
    }
    out.noise(h) = std::exp(out.noise(h));
  }
  return out;
}

namespace detail {
/// What the posterior mean is made of: so much of the center, of each twin, of one, and of each block's inner products with
/// the samples.
struct MeanTerms {
  double center = 0, one = 0;
  Eigen::VectorXd twins = {};
  std::vector<Eigen::VectorXd> samples = {};  ///< a vector a block

  MeanTerms(const MixturePrior& prior, const MixturePosterior& posterior) {
    const Eigen::Index hypotheses = prior.hypotheses.rows();
    const Eigen::VectorXd scale = posterior.weight.cwiseProduct(posterior.scale);
    center = scale.head(hypotheses).sum(), one = posterior.weight.dot(posterior.constant);
    twins = scale.tail(scale.size() - hypotheses);
    for (Eigen::Index b = 0; b < prior.hypotheses.cols(); ++b) {
      const Eigen::VectorXd share = posterior.weight.head(hypotheses).array() * prior.hypotheses.col(b).array().exp();
      samples.push_back(posterior.alpha * share);
    }
  }
};
}  // namespace detail

/// Mean of y at all rows of `all`, given that the samples are rows `at` of it. Works in the space of weights: a block
/// costs its own size.
[[nodiscard]] inline Eigen::VectorXd mixture_mean(const MixturePrior& prior, const MixturePosterior& posterior,
                                                  const PoolPrior& all, const std::vector<Eigen::Index>& at) {
  const detail::MeanTerms terms{prior, posterior};
  Eigen::VectorXd mean = (terms.center * all.center).array() + terms.one;
  if (terms.twins.size() > 0) mean.noalias() += all.twins * terms.twins;
  for (std::size_t b = 0; b < all.blocks.size(); ++b) {
    const Eigen::VectorXd weights = all.blocks[b](at, Eigen::all).transpose() * terms.samples[b];
    mean.noalias() += all.blocks[b] * weights;
  }
  return mean;
}

}  // namespace hwnas
