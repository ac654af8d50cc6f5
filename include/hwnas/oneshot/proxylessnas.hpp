// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  ProxylessNAS (Cai et al. 2019): single paths train the weights, binary gates or REINFORCE the architecture.
///        OneShot search{supernet, ProxylessNas{}, ExpectationPenalty{latency, 65_ms}};
///        OneShot search{supernet, ProxylessNas<Reinforce>{{.samples = 10}}, SamplePenalty{latency, 65_ms}};
#pragma once

#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "hwnas/oneshot/policy.hpp"
#include "hwnas/oneshot/reward_baseline.hpp"

namespace hwnas {

/// Learn the architecture by gradients through binary gates.
struct Gradient {};
/// Learn it by rewards of sampled paths.
struct Reinforce {};

struct ProxylessNasOptions {
  /// Which candidates run beside the active one to give their gates a gradient: one (the paper's two paths), or all,
  /// which is the official code's default.
  enum class Paths { two, all };
  /// leave_one_out is unbiased; moving_average is the official code's.
  using Baseline = RewardBaseline::Kind;

  ArchitectureOptions architecture{};
  double label_smoothing = 0.1;  ///< of the weights' loss only
  Paths paths = Paths::two;
  int samples = 10;              ///< REINFORCE: paths an update; at least 2
  Baseline baseline = Baseline::leave_one_out;
  double baseline_rate = 0.99;   ///< moving_average: baseline += rate (mean reward - baseline)
};

template <class Estimator = Gradient> class ProxylessNas;

/// With binary gates. Per decision two candidates are drawn by their probabilities without replacement, one of the two
/// becomes active; under constraints the active path is drawn from the conditioned distribution, and the candidate
/// beside it only lends its output to its gate.
///   Formula  d loss / d logit_i = sum over the candidates j that ran of dL/dgate_j p_j ([i = j] - p_i), p among these;
///            afterwards both logits are shifted so that the other candidates' probabilities stay as they were
///   Errors   compile error `mixed_candidates_disagree_on_shape`
template <> class ProxylessNas<Gradient> {
 public:
  static constexpr bool differentiable = true;

  ProxylessNas() = default;
  explicit ProxylessNas(ProxylessNasOptions options) : options_{options} {}
  [[nodiscard]] const ArchitectureOptions& architecture() const { return options_.architecture; }

  template <class Space, class Network>
  [[nodiscard]] torch::Tensor weight_loss(const PolicyRun<Space, Network>& run, const Batch& batch, Rng& rng) const {
    const torch::Tensor logits = run.supernet.forward(batch.images, run.inside.draw(rng));
    return cross_entropy(logits, batch.labels, options_.label_smoothing);
  }

  template <class Space, class Network>
  [[nodiscard]] Estimate<Space> estimate(const PolicyRun<Space, Network>& run, const Batch& batch, Rng& rng,
                                         const Reward<Space>&) const {
    Estimate<Space> result{.mixture = draw_paths(run.inside, rng)};
    Probabilities<Space> gates;
    for (std::size_t d = 0; d < decision_total<Space>; ++d) gates[d][result.mixture.runs[d].front()] = 1;
    const auto found = mixture_gradient(run.supernet, batch, result.mixture, gates);
    result.loss = found.loss;
    result.by_logits = logit_gradient(result.mixture, run.inside.probabilities(), found.by_gates);
    return result;
  }

  /// Which candidates run in one step, the active one first: for loops of one's own.
  template <class Space> [[nodiscard]] Mixture draw_paths(const Conditioned<Space>& inside, Rng& rng) const;

  /// The gradient by the logits, from that of such a mixture's gates.
  template <class Space>
  [[nodiscard]] Probabilities<Space> logit_gradient(const Mixture& mixture, const Probabilities<Space>& p,
                                                    const Probabilities<Space>& by_gates) const {
    Probabilities<Space> by_logits;
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      softmax_gradient_among(mixture.runs[d], p[d], by_gates[d], by_logits[d]);
    }
    return by_logits;
  }

  /// Keeps the sum of exp(logit) over what ran.
  template <class Space>
  void settle(const Probabilities<Space>& before, Probabilities<Space>& after, const Estimate<Space>& estimate) const {
    if (options_.paths == ProxylessNasOptions::Paths::all) return;
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      double sum_before = 0, sum_after = 0;
      for (const auto v : estimate.mixture.runs[d]) {
        sum_before += std::exp(before[d][v]);
        sum_after += std::exp(after[d][v]);
      }
      const double shift = std::log(sum_after / sum_before);
      for (const auto v : estimate.mixture.runs[d]) after[d][v] -= shift;
    }
  }

 private:
  ProxylessNasOptions options_{};
};

template <class Space>
Mixture ProxylessNas<Gradient>::draw_paths(const Conditioned<Space>& inside, Rng& rng) const {
  Mixture mixture = all_candidates<Space>();
  mixture.binary = true;
  const Probabilities<Space>& p = inside.probabilities();
  Architecture<Space> drawn;
  if (inside.is_constrained()) drawn = inside.draw(rng);
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    int active = inside.is_constrained() && drawn.is_active(d) ? drawn[d] : draw_index(p[d], rng);
    auto& runs = mixture.runs[d];
    if (options_.paths == ProxylessNasOptions::Paths::all) {
      std::swap(runs.front(), runs[static_cast<std::size_t>(active)]);
      continue;
    }
    if (runs.size() < 2) continue;
    int beside = draw_index(p[d], rng, active);
    // Which of the two is active is drawn anew, so that it does not depend on the order they came in.
    const double own = p[d][static_cast<std::size_t>(active)], both = own + p[d][static_cast<std::size_t>(beside)];
    if (!inside.is_constrained() && rng.uniform() * both >= own) std::swap(active, beside);
    runs = {static_cast<std::uint8_t>(active), static_cast<std::uint8_t>(beside)};
  }
  return mixture;
}

/// With REINFORCE: paths are drawn (under constraints, from the conditioned distribution), each gets its accuracy on the
/// batch, penalised, as reward. Works on every space.
///   Formula  gradient = - mean over samples k of (reward_k - baseline_k) d log p(a_k | inside) / d logits
template <> class ProxylessNas<Reinforce> {
 public:
  static constexpr bool differentiable = false;

  ProxylessNas() = default;
  explicit ProxylessNas(ProxylessNasOptions options)
      : options_{options}, baseline_{options.baseline, options.baseline_rate} {
    if (options_.samples >= 2) return;
    throw Error{Error::Code::bad_value, "hwnas: ProxylessNas<Reinforce> must have at least 2 samples an update"};
  }
  [[nodiscard]] const ArchitectureOptions& architecture() const { return options_.architecture; }

  template <class Space, class Network>
  [[nodiscard]] torch::Tensor weight_loss(const PolicyRun<Space, Network>& run, const Batch& batch, Rng& rng) const {
    const torch::Tensor logits = run.supernet.forward(batch.images, run.inside.draw(rng));
    return cross_entropy(logits, batch.labels, options_.label_smoothing);
  }

  template <class Space, class Network>
  [[nodiscard]] Estimate<Space> estimate(const PolicyRun<Space, Network>& run, const Batch& batch, Rng& rng,
                                         const Reward<Space>& reward) {
    const torch::NoGradGuard no_gradients;
    Estimate<Space> result;
    std::vector<double> rewards;
    for (int k = 0; k < options_.samples; ++k) {
      const auto a = run.inside.draw(rng);
      Scores scores;
      scores.add(run.supernet.forward(batch.images, a), batch.labels);
      rewards.push_back(reward(a, scores.top1()));
      result.samples.push_back(a);
      result.loss += scores.loss() / options_.samples;
    }
    result.by_logits = policy_gradient(run.inside, result.samples, rewards);
    return result;
  }

  /// The estimate from rewards alone. The gradient of log Z is added once: it is the same for all samples. With advantages
  /// that sum to 0, as leave-one-out's do, it need not be known; where it is not exact, the moving average's are made to.
  template <class Space>
  [[nodiscard]] Probabilities<Space> policy_gradient(const Conditioned<Space>& inside,
                                                     const std::vector<Architecture<Space>>& samples,
                                                     const std::vector<double>& rewards) {
    std::vector<double> above = baseline_.advantages(rewards);
    const bool sum_to_zero = options_.baseline == ProxylessNasOptions::Baseline::leave_one_out;
    if (!sum_to_zero && !inside.is_exact()) {
      const double mean = std::accumulate(above.begin(), above.end(), 0.0) / static_cast<double>(above.size());
      for (double& x : above) x -= mean;
    }
    const Probabilities<Space>& p = inside.probabilities();
    Probabilities<Space> gradient;
    double advantages = 0;
    for (std::size_t k = 0; k < rewards.size(); ++k) {
      const double advantage = above[k] / static_cast<double>(rewards.size());
      advantages += advantage;
      for_each_active_choice(samples[k], [&](std::size_t d, int chosen) {
        for (std::size_t v = 0; v < p[d].size(); ++v) gradient[d][v] += advantage * p[d][v];
        gradient[d][static_cast<std::size_t>(chosen)] -= advantage;
      });
    }
    if (!sum_to_zero && inside.is_constrained() && inside.is_exact()) {
      const auto by_total = inside.log_total_gradient();
      for (std::size_t i = 0; i < gradient.all().size(); ++i) gradient.all()[i] += advantages * by_total.all()[i];
    }
    return gradient;
  }

  [[nodiscard]] double baseline() const { return baseline_.value(); }
  void set_baseline(double value) { baseline_.set_value(value); }

 private:
  ProxylessNasOptions options_{};
  RewardBaseline baseline_{options_.baseline, options_.baseline_rate};
};

ProxylessNas() -> ProxylessNas<Gradient>;
ProxylessNas(ProxylessNasOptions) -> ProxylessNas<Gradient>;

}  // namespace hwnas
