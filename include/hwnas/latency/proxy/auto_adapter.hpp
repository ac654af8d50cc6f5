// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  AutoAdapter: few measurements on a new device, everything known of others, and a word on how sure it is.
///        AutoAdapter adapter{pool, {0, 1, 2, 3}};                      // learns from the known devices once
///        auto rows = adapter.choose(candidates, 10, rng);              // measure these
///        adapter.fit(samples).value();
///        adapter.confidence().value().expected                         // rank correlation with the truth
#pragma once

#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/core/result.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/latency/proxy/concepts.hpp"
#include "hwnas/latency/proxy/mixture_variance.hpp"
#include "hwnas/latency/proxy/prior_learning.hpp"

namespace hwnas {

/// How far an adaptation can be trusted.
struct Confidence {
  double expected = 0;     ///< rank correlation of the predictions with measurements of all architectures
  Interval interval = {};  ///< 90 %, from how such expectations fared on known devices
  /// Where `expected` is below the goal: how many more measurements would bring it there, if any number does.
  std::optional<std::size_t> more_measurements = std::nullopt;
  bool reachable = true;
};

/// Averages hypotheses about the target by the evidence of its samples and by what held for known devices when each was
/// held out.
///   Law    known devices' scales do not matter: only the shape of their latencies is used
class AutoAdapter {
 public:
  AutoAdapter(const ProxyPool& pool, const std::vector<Eigen::Index>& known, LearningOptions options = {})
      : options_{options}, learned_{std::make_shared<const LearnedPrior>(learn_prior(pool, known, options))},
        prior_{std::make_shared<const PoolPrior>(pool.prior(known))},
        span_{std::make_shared<const PriorSpan>(*prior_)} {}

  [[nodiscard]] const LearnedPrior& learned() const { return *learned_; }

  /// n of the candidates to measure, best first; after a fit those that add most to its samples, under the hypotheses
  /// and the noise that they made probable. Randomness only draws the candidates and references that are looked at.
  [[nodiscard]] std::vector<Eigen::Index> choose(const std::vector<Eigen::Index>& candidates, std::size_t n,
                                                 Rng& rng) const {
    std::vector<Eigen::Index> all(std::size_t(prior_->center.size()));
    std::iota(all.begin(), all.end(), Eigen::Index{0});
    const auto looked_at = drawn_rows(candidates, std::max(options_.candidates, n), rng);
    const auto references = drawn_rows(std::move(all), options_.references, rng);
    if (!conditioned_) return choose_samples(learned_->mixture, *prior_, looked_at, references, n);
    return choose_samples(updated(learned_->mixture, conditioned_->posterior), *prior_, looked_at, references, n,
                          conditioned_->rows);
  }

  Result<void> fit(std::span<const Sample> samples) {
    conditioned_.reset();
    auto table = SampleTable::make(samples, prior_->center.size(), 2);
    if (!table) return table.error();
    conditioned_ = detail::conditioned(learned_->mixture, *prior_, table->rows, table->latency);
    return {};
  }

  /// Mean latencies of the whole pool (ms): all that a search needs, and the cheapest answer.
  [[nodiscard]] Result<Eigen::VectorXd> predict_means() const {
    if (!conditioned_) return not_fitted();
    return Eigen::VectorXd(mixture_mean(learned_->mixture, conditioned_->posterior, *prior_, conditioned_->rows) *
                           conditioned_->unit);
  }
  [[nodiscard]] Result<Predictions> predict_all() const {
    if (!conditioned_) return not_fitted();
    return predictions(*prior_, conditioned_->rows, span_.get());
  }
  [[nodiscard]] Result<Prediction> predict(Eigen::Index row) const {
    if (!conditioned_) return not_fitted();
    if (row < 0 || row >= prior_->center.size()) return row_outside(row, prior_->center.size());
    return predict_some({row}).at(0);
  }

  /// How sure the adaptation is, and what more measurements would bring; `goal` is a rank correlation.
  [[nodiscard]] Result<Confidence> confidence(double goal = 0.9) const {
    if (!conditioned_) return not_fitted();
    Rng rng{options_.seed};
    std::vector<Eigen::Index> all(std::size_t(prior_->center.size()));
    std::iota(all.begin(), all.end(), Eigen::Index{0});
    return confidence_at(drawn_rows(std::move(all), 400, rng), goal);
  }

 private:
  /// Predictions at the rows of `part`, in which the samples are rows `at`.
  [[nodiscard]] Predictions predictions(const PoolPrior& part, const std::vector<Eigen::Index>& at,
                                        const PriorSpan* span = nullptr) const {
    const auto& c = *conditioned_;
    const Eigen::VectorXd mean = mixture_mean(learned_->mixture, c.posterior, part, at);
    const Eigen::VectorXd variance = mixture_variance(learned_->mixture, c.posterior, part, at, c.profile, mean, span);
    const double stretch = learned_->at(double(c.rows.size())).stretch * c.unit;
    return {mean * c.unit, stretch * detail::measurement_variance(c, mean, variance).sqrt()};
  }
  [[nodiscard]] Predictions predict_some(std::vector<Eigen::Index> rows) const {
    const std::size_t asked = rows.size();
    std::vector<Eigen::Index> at(conditioned_->rows.size());
    std::iota(at.begin(), at.end(), Eigen::Index(asked));
    rows.insert(rows.end(), conditioned_->rows.begin(), conditioned_->rows.end());
    Predictions some = predictions(prior_->at(rows), at);
    return {some.mean.head(Eigen::Index(asked)), some.deviation.head(Eigen::Index(asked))};
  }

  [[nodiscard]] Confidence confidence_at(const std::vector<Eigen::Index>& rows, double goal) const {
    const auto& c = *conditioned_;
    const auto n = double(c.rows.size());
    const Predictions some = predict_some(rows);
    const double stretch = learned_->at(n).stretch;
    const Eigen::ArrayXd mean = some.mean / c.unit, total = (some.deviation / (c.unit * stretch)).array().square();
    const Eigen::ArrayXd noise = detail::measurement_variance(c, mean, Eigen::ArrayXd::Zero(mean.size()));
    const auto judged = [&](double count, double left) {
      const PosteriorCalibration trust = learned_->at(count);
      const double lost = (total - noise).mean() * (1 - left);  // what is learnt moves from variance to explained
      const double explained = (mean - mean.mean()).square().mean() + lost;
      const double r = std::sqrt(explained / (explained + total.mean() - lost));
      const double z = std::atanh(6 / 3.14159265358979323846 * std::asin(0.5 * r)) + trust.bias;
      return std::pair{z, trust.spread};
    };
    const auto [z, spread] = judged(n, 1);
    Confidence out{std::tanh(z), {std::tanh(z - 1.645 * spread), std::tanh(z + 1.645 * spread)}};
    if (out.expected >= goal) return out;
    const auto left = variance_left(rows, 100);
    for (std::size_t k = 0; k < left.size(); ++k) {
      if (std::tanh(judged(n + double(k + 1), left[k]).first) < goal) continue;
      out.more_measurements = k + 1;
      return out;
    }
    out.reachable = false;
    return out;
  }

  /// Share of the mean variance at `rows` that would be left after 1, 2, ... more well-chosen measurements.
  [[nodiscard]] std::vector<double> variance_left(const std::vector<Eigen::Index>& rows, std::size_t most) const {
    const auto& posterior = conditioned_->posterior;
    Eigen::Index h = 0;
    posterior.weight.head(learned_->mixture.hypotheses.rows()).maxCoeff(&h);
    std::vector<Eigen::Index> candidates = conditioned_->rows;
    candidates.insert(candidates.end(), rows.begin(), rows.end());
    const Eigen::RowVectorXd hypothesis = learned_->mixture.hypotheses.row(h);
    const Eigen::MatrixXd features = hypothesis_features(*prior_, hypothesis, candidates);
    const Eigen::MatrixXd reference = hypothesis_features(*prior_, hypothesis, rows);
    const Eigen::ArrayXd noise = posterior.noise(h) * noise_profile(prior_->level(candidates).array());
    double variance = (reference.rowwise() - reference.colwise().mean()).squaredNorm() / double(rows.size());
    GrowingDesign design{DesignKernel::from_features(features, reference, noise)};
    for (Eigen::Index i = 0; i < Eigen::Index(conditioned_->rows.size()); ++i) {
      variance -= design.gain()(i);
      design.add(i);
    }
    const double start = std::max(variance, 1e-12);
    std::vector<double> left;
    std::vector<Eigen::Index> used(conditioned_->rows.size());
    std::iota(used.begin(), used.end(), Eigen::Index{0});
    while (left.size() < std::min(most, rows.size())) {
      const Eigen::ArrayXd gain = design.gain();
      const auto best = detail::best_unused(gain, used);
      variance -= gain(best);
      design.add(best);
      used.push_back(best);
      left.push_back(std::max(0.0, variance) / start);
    }
    return left;
  }

  LearningOptions options_;
  std::shared_ptr<const LearnedPrior> learned_;
  std::shared_ptr<const PoolPrior> prior_;
  std::shared_ptr<const PriorSpan> span_;
  std::optional<detail::Conditioned> conditioned_;
};

}  // namespace hwnas
