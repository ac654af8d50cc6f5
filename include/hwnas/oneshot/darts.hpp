// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  DARTS (Liu et al. 2019), first order: all candidates run, weighted by their probabilities.
///        OneShot search{supernet, Darts{}, ExpectationPenalty{latency, 65_ms, DualAscent{}}};
#pragma once

#include <utility>

#include "hwnas/oneshot/policy.hpp"

namespace hwnas {

struct DartsOptions {
  /// NNI's, which are the paper's.
  ArchitectureOptions architecture{.rate = 3e-4, .beta1 = 0.5, .beta2 = 0.999, .weight_decay = 1e-3};
  double label_smoothing = 0;
};

/// Weights and architecture learn in turn, each with the other held (the paper's xi = 0). A constraint binds what is
/// chosen at the end: there is no sampled path that could keep it before.
///   Formula  d loss / d logit_i = sum over j of dL/dweight_j p_j ([i = j] - p_i)
///   Memory   of all candidates at once
///   Errors   compile error `mixed_candidates_disagree_on_shape`
class Darts {
 public:
  static constexpr bool differentiable = true;

  Darts() = default;
  explicit Darts(DartsOptions options) : options_{options} {}
  [[nodiscard]] const ArchitectureOptions& architecture() const { return options_.architecture; }

  template <class Space>
  [[nodiscard]] torch::Tensor weight_loss(const PolicyRun<Space>& run, const Batch& batch, Rng&) const {
    const auto gates = gates_of(run.inside.probabilities(), batch.images.device());
    return cross_entropy(run.supernet.forward(batch.images, all_candidates<Space>(), gates), batch.labels, options_.label_smoothing);
  }

  template <class Space>
  [[nodiscard]] Estimate<Space> estimate(const PolicyRun<Space>& run, const Batch& batch, Rng&, const Reward<Space>&) const {
    const Probabilities<Space>& p = run.inside.probabilities();
    Estimate<Space> result{.mixture = all_candidates<Space>()};
    const auto [loss, by_gates] = loss_by_gates(run.supernet, batch, result.mixture, p);
    result.loss = loss;
    result.by_logits = softmax_gradient(p, by_gates);
    return result;
  }

 private:
  DartsOptions options_{};
};

}  // namespace hwnas
