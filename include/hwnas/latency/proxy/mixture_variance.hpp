// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How unsure an evidence mixture is of every row: within each hypothesis and between them.
///        Eigen::VectorXd variance = mixture_variance(mixture, posterior, prior, rows, profile, mean);
///        const PriorSpan span{prior};       // once; then the same, quicker where rows and samples are many:
///        variance = mixture_variance(mixture, posterior, prior, rows, profile, mean, &span);
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/latency/proxy/evidence_mixture.hpp"
#include "hwnas/latency/proxy/proxy_pool.hpp"
#include "hwnas/latency/spectrum.hpp"

namespace hwnas {

/// The distinct directions of a prior's constant, center, twins and blocks: `basis` times their coordinates are they.
struct PriorSpan {
  Eigen::MatrixXd basis = {};                     ///< rows x rank
  Eigen::VectorXd one = {}, center = {};
  Eigen::MatrixXd twins = {};
  std::vector<Eigen::MatrixXd> covariance = {};   ///< of each block: its coordinates times their transpose

  /// Complexity  O(rows columns^2)
  explicit PriorSpan(const PoolPrior& prior) {
    const Eigen::Index before = 2 + prior.twins.cols();
    Eigen::Index columns = before;
    for (const auto& block : prior.blocks) columns += block.cols();
    Eigen::MatrixXd all(prior.center.size(), columns);
    all.leftCols(before) << Eigen::VectorXd::Ones(all.rows()), prior.center, prior.twins;
    columns = before;
    for (const auto& block : prior.blocks) {
      all.middleCols(columns, block.cols()) = block;
      columns += block.cols();
    }
    basis = ColumnSpace{all}.basis();
    const Eigen::MatrixXd coordinates = basis.transpose() * all;
    one = coordinates.col(0), center = coordinates.col(1), twins = coordinates.middleCols(2, prior.twins.cols());
    columns = before;
    for (const auto& block : prior.blocks) {
      const Eigen::MatrixXd part = coordinates.middleCols(columns, block.cols());
      covariance.push_back(part * part.transpose());
      columns += block.cols();
    }
  }
};

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
    const Eigen::MatrixXd explained = k * inverse_root.triangularView<Eigen::Upper>();
    const Eigen::ArrayXd within = (own - explained.array().square().rowwise().sum() + shift).max(0);
    variance += weight * (scale_square * within + here.square());
  }
};

/// The same of a known device's twin: nothing but scale and constant is unknown.
struct TwinVariance {
  Eigen::Index device = 0;
  double weight = 0, scale = 0, constant = 0;
  double within = 0;  ///< of the constant

  TwinVariance(const MixturePosterior& posterior, Eigen::Index h, Eigen::Index twin, const Eigen::ArrayXd& profile)
      : device{twin}, weight{posterior.weight(h)}, scale{posterior.scale(h)}, constant{posterior.constant(h)},
        within{posterior.scale_square(h) / (posterior.noise(h) * profile).inverse().sum()} {}
};

/// Everything that the two ways to the variance have in common.
struct VarianceTerms {
  std::vector<Eigen::MatrixXd> samples;         ///< of each block: its rows at the samples
  std::vector<HypothesisVariance> hypotheses;   ///< those that matter
  std::vector<TwinVariance> twins;

  VarianceTerms(const MixturePrior& prior, const MixturePosterior& posterior, const PoolPrior& all,
                const std::vector<Eigen::Index>& at, const Eigen::ArrayXd& profile) {
    constexpr double negligible_weight = 0.02;
    for (const auto& block : all.blocks) samples.push_back(block(at, Eigen::all));
    const Eigen::Index first_twin = prior.hypotheses.rows();
    for (Eigen::Index h = 0; h < posterior.weight.size(); ++h) {
      if (posterior.weight(h) < negligible_weight) continue;
      if (h < first_twin) hypotheses.emplace_back(prior, posterior, h, samples, profile);
      if (h >= first_twin) twins.emplace_back(posterior, h, h - first_twin, profile);
    }
  }
};
constexpr Eigen::Index rows_in_cache = 256;

/// From each row's covariances with the samples. O(rows n (features + n hypotheses)).
inline Eigen::VectorXd variance_by_samples(const VarianceTerms& terms, const PoolPrior& all,
                                           const Eigen::VectorXd& mean) {
  constexpr double negligible_share = 1e-9;
  const auto samples = terms.samples.empty() ? Eigen::Index{0} : terms.samples.front().rows();
  Eigen::ArrayXd variance = Eigen::ArrayXd::Zero(mean.size());
  std::vector<Eigen::MatrixXd> cross(all.blocks.size());
  std::vector<Eigen::ArrayXd> own(all.blocks.size());
  for (Eigen::Index first = 0; first < mean.size(); first += rows_in_cache) {
    const Eigen::Index n = std::min(rows_in_cache, mean.size() - first);
    for (std::size_t b = 0; b < cross.size(); ++b) {
      cross[b].noalias() = all.blocks[b].middleRows(first, n) * terms.samples[b].transpose();
      own[b] = all.blocks[b].middleRows(first, n).rowwise().squaredNorm();
    }
    for (const auto& h : terms.hypotheses) {
      Eigen::MatrixXd k = Eigen::MatrixXd::Zero(n, samples);
      Eigen::ArrayXd total = Eigen::ArrayXd::Zero(n);
      for (std::size_t b = 0; b < cross.size(); ++b) {
        const double share = h.share(Eigen::Index(b));
        if (share > negligible_share) k += share * cross[b], total += share * own[b];
      }
      h.add(k, total, all.center.segment(first, n), mean.segment(first, n), variance.segment(first, n));
    }
    for (const auto& t : terms.twins) {
      const Eigen::ArrayXd here = t.scale * all.twins.col(t.device).segment(first, n) - mean.segment(first, n);
      variance.segment(first, n) += t.weight * (t.within + (here + t.constant).square());
    }
  }
  return variance;
}

/// The variance as one quadratic form of a row's coordinates: how many hypotheses and samples there are is no matter
/// then. O(rows rank^2 + hypotheses rank n (rank + n)).
inline Eigen::VectorXd variance_by_span(const VarianceTerms& terms, const MixturePrior& prior,
                                        const MixturePosterior& posterior, const PriorSpan& span,
                                        const std::vector<Eigen::Index>& at) {
  const Eigen::MatrixXd samples = span.basis(at, Eigen::all);
  const Eigen::Index rank = span.basis.cols();
  const MeanTerms parts{prior, posterior};
  Eigen::VectorXd mean = parts.center * span.center + parts.one * span.one;
  if (parts.twins.size() > 0) mean += span.twins * parts.twins;
  for (std::size_t b = 0; b < span.covariance.size(); ++b) {
    mean += span.covariance[b] * (samples.transpose() * parts.samples[b]);
  }
  Eigen::MatrixXd form = Eigen::MatrixXd::Zero(rank, rank);
  for (const auto& h : terms.hypotheses) {
    Eigen::MatrixXd own = Eigen::MatrixXd::Zero(rank, rank);
    for (std::size_t b = 0; b < span.covariance.size(); ++b) own += h.share(Eigen::Index(b)) * span.covariance[b];
    const Eigen::MatrixXd cross = own * samples.transpose(), explained = cross * h.inverse_root;
    const Eigen::VectorXd shift = span.one - cross * h.solved_ones,
                          here = cross * h.alpha + h.scale * span.center + h.constant * span.one - mean;
    const Eigen::MatrixXd within =
        own - explained * explained.transpose() + shift * shift.transpose() / h.information;
    form += h.weight * (h.scale_square * within + here * here.transpose());
  }
  for (const auto& t : terms.twins) {
    const Eigen::VectorXd here = t.scale * span.twins.col(t.device) + t.constant * span.one - mean;
    form += t.weight * (t.within * span.one * span.one.transpose() + here * here.transpose());
  }
  form.diagonal().array() += 1e-12 * form.trace();  // directions without variance are not quite 0 after rounding
  const Eigen::MatrixXd root = form.llt().matrixL();
  Eigen::VectorXd variance(span.basis.rows());
  for (Eigen::Index first = 0; first < variance.size(); first += rows_in_cache) {
    const Eigen::Index n = std::min(rows_in_cache, variance.size() - first);
    const Eigen::MatrixXd along = span.basis.middleRows(first, n) * root.triangularView<Eigen::Lower>();
    variance.segment(first, n) = along.rowwise().squaredNorm();
  }
  return variance;
}

/// Multiplications that variance_by_span saves.
inline double saved_by_span(const VarianceTerms& terms, const PoolPrior& all, const PriorSpan& span, double n) {
  double columns = 0;
  for (const auto& block : all.blocks) columns += double(block.cols());
  const auto rows = double(all.center.size()), rank = double(span.basis.cols()),
             hypotheses = double(terms.hypotheses.size());
  const double by_samples = rows * n * (columns + hypotheses * (0.5 * n + double(all.blocks.size()) + 2));
  const double by_span = 0.5 * rows * rank * rank + hypotheses * rank * n * (2 * rank + n);
  return by_samples - by_span;
}
}  // namespace detail

/// Variance of y at the rows of `all`, given that the samples are rows `at` of it; without the measurement's noise.
///   mean      what mixture_mean says
///   span      of `all`, where there is one: many samples then cost no more than few
///   Formula   s^2 (k(x,x) - k^T A^-1 k + (1 - 1^T A^-1 k)^2 / (1^T A^-1 1)) within a hypothesis: generalised least
///             squares with a constant
[[nodiscard]] inline Eigen::VectorXd mixture_variance(const MixturePrior& prior, const MixturePosterior& posterior,
                                                      const PoolPrior& all, const std::vector<Eigen::Index>& at,
                                                      const Eigen::ArrayXd& profile, const Eigen::VectorXd& mean,
                                                      const PriorSpan* span = nullptr) {
  const detail::VarianceTerms terms{prior, posterior, all, at, profile};
  if (span != nullptr && detail::saved_by_span(terms, all, *span, double(at.size())) > 0) {
    return detail::variance_by_span(terms, prior, posterior, *span, at);
  }
  return detail::variance_by_samples(terms, all, mean);
}

}  // namespace hwnas
