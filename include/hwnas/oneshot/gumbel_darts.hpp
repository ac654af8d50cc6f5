// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  DARTS with Gumbel noise: all candidates run, weighted by a softmax of noisy logits that sharpens as it cools.
///        OneShot search{supernet, GumbelDarts{}, ExpectationPenalty{flops, 300_MFLOPs, DualAscent{}}};
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include "hwnas/oneshot/policy.hpp"

namespace hwnas {

struct GumbelDartsOptions {
  ArchitectureOptions architecture{.rate = 3e-4, .beta1 = 0.5, .beta2 = 0.999, .weight_decay = 1e-3};  ///< NNI's
  double label_smoothing = 0;
  double first_temperature = 1.0;   ///< NNI's schedule: from here ...
  double last_temperature = 0.33;   ///< ... linearly to here
};

/// Gumbel-softmax (Jang et al. 2017; Maddison et al. 2017) in place of DARTS's softmax.
///   Formula  weights g = softmax((logits + noise) / t), noise = - log(- log u);
///            d loss / d logit_i = 1/t sum over j of dL/dg_j g_j ([i = j] - g_i)
///   Errors   compile error `mixed_candidates_disagree_on_shape`
class GumbelDarts {
 public:
  static constexpr bool differentiable = true;

  GumbelDarts() = default;
  explicit GumbelDarts(GumbelDartsOptions options) : options_{options} {}
  [[nodiscard]] const ArchitectureOptions& architecture() const { return options_.architecture; }

  /// At a share of the search, 0 .. 1.
  [[nodiscard]] double temperature(double progress) const {
    return options_.first_temperature +
           (options_.last_temperature - options_.first_temperature) * std::clamp(progress, 0.0, 1.0);
  }

  template <class Space, class Network>
  [[nodiscard]] torch::Tensor weight_loss(const PolicyRun<Space, Network>& run, const Batch& batch, Rng& rng) const {
    const auto gates = gates_of(noisy(run, rng), batch.images.device());
    const torch::Tensor logits = run.supernet.forward(batch.images, all_candidates<Space>(), gates);
    return cross_entropy(logits, batch.labels, options_.label_smoothing);
  }

  template <class Space, class Network>
  [[nodiscard]] Estimate<Space> estimate(const PolicyRun<Space, Network>& run, const Batch& batch, Rng& rng,
                                         const Reward<Space>&) const {
    const Probabilities<Space> weights = noisy(run, rng);
    Estimate<Space> result{.mixture = all_candidates<Space>()};
    const auto found = mixture_gradient(run.supernet, batch, result.mixture, weights);
    result.loss = found.loss;
    result.by_logits = softmax_gradient(weights, found.by_gates);
    for (double& x : result.by_logits.all()) x /= temperature(run.progress);
    return result;
  }

 private:
  template <class Space, class Network>
  [[nodiscard]] Probabilities<Space> noisy(const PolicyRun<Space, Network>& run, Rng& rng) const {
    Probabilities<Space> logits = run.logits;
    for (double& x : logits.all()) x -= std::log(-std::log(std::max(rng.uniform(), 1e-300)));
    return softmax(logits, temperature(run.progress));
  }

  GumbelDartsOptions options_{};
};

}  // namespace hwnas
