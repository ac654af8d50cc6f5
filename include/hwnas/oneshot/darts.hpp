// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  DARTS (Liu et al. 2019), first and second order: all candidates run, weighted by their probabilities.
///        OneShot search{supernet, Darts{}, ExpectationPenalty{latency, 65_ms, DualAscent{}}};
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include "hwnas/oneshot/policy.hpp"

namespace hwnas {

struct DartsOptions {
  /// first: the weights are held while the architecture learns. second: it sees through one step of the weights, at
  /// about three times the cost.
  enum class Order { first, second };
  /// NNI's, which are the paper's.
  ArchitectureOptions architecture{.rate = 3e-4, .beta1 = 0.5, .beta2 = 0.999, .weight_decay = 1e-3};
  double label_smoothing = 0;  ///< of the weights' loss only
  Order order = Order::first;
  double unrolled_rate = 0;    ///< second order: rate of the step that is seen through; 0: the weights' present one
  double difference = 0.01;    ///< second order: length of the finite difference's step, over all weights
};

/// Weights and architecture learn in turn. A constraint binds what is chosen at the end: there is no sampled path that
/// could keep it before.
///   First order    d loss / d logit_i = sum over j of dL/dweight_j p_j ([i = j] - p_i)
///   Second order   grad_a L_val(w', a) - r (grad_a L_train(w+, a) - grad_a L_train(w-, a)) / (2 e), where
///                  w' = w - r grad_w L_train(w, a), w+- = w +- e grad_w' L_val(w', a), e = difference / |grad_w' L_val|;
///                  the unrolled step is plain gradient descent, and leaves no trace in the weights
///   Memory         of all candidates at once
///   Errors         compile error `mixed_candidates_disagree_on_shape`
class Darts {
 public:
  static constexpr bool differentiable = true;

  Darts() = default;
  explicit Darts(DartsOptions options) : options_{options} {}
  [[nodiscard]] const ArchitectureOptions& architecture() const { return options_.architecture; }

  template <class Space, class Network>
  [[nodiscard]] torch::Tensor weight_loss(const PolicyRun<Space, Network>& run, const Batch& batch, Rng&) const {
    const auto gates = gates_of(run.inside.probabilities(), batch.images.device());
    const torch::Tensor logits = run.supernet.forward(batch.images, all_candidates<Space>(), gates);
    return cross_entropy(logits, batch.labels, options_.label_smoothing);
  }

  template <class Space, class Network>
  [[nodiscard]] Estimate<Space> estimate(const PolicyRun<Space, Network>& run, const Batch& batch, Rng&,
                                         const Reward<Space>&) const {
    if (options_.order == DartsOptions::Order::second) return unrolled(run, batch);
    const Probabilities<Space>& p = run.inside.probabilities();
    Estimate<Space> result{.mixture = all_candidates<Space>()};
    const auto found = mixture_gradient(run.supernet, batch, result.mixture, p);
    result.loss = found.loss;
    result.by_logits = softmax_gradient(p, found.by_gates);
    return result;
  }

 private:
  /// Weights that are moved for a while and put back bit by bit, however that ends.
  class Moved {
   public:
    explicit Moved(const torch::nn::Module& module) {
      for (const auto& weight : module.parameters()) {
        if (weight.requires_grad()) weights_.push_back(weight);
      }
      for (const auto& weight : weights_) before_.push_back(weight.detach().clone());
    }
    Moved(const Moved&) = delete;
    Moved& operator=(const Moved&) = delete;
    ~Moved() { to({}, 0); }

    [[nodiscard]] const std::vector<torch::Tensor>& weights() const { return weights_; }
    /// Where they were, plus `length` times a direction.
    void to(const std::vector<torch::Tensor>& direction, double length) {
      const torch::NoGradGuard no_gradients;
      for (std::size_t i = 0; i < weights_.size(); ++i) {
        weights_[i].copy_(before_[i]);
        if (i < direction.size() && direction[i].defined()) weights_[i].add_(direction[i], length);
      }
    }

   private:
    std::vector<torch::Tensor> weights_, before_;
  };

  template <class Space, class Network>
  [[nodiscard]] Estimate<Space> unrolled(const PolicyRun<Space, Network>& run, const Batch& batch) const {
    const Probabilities<Space>& p = run.inside.probabilities();
    const double rate = options_.unrolled_rate > 0 ? options_.unrolled_rate : run.weight_rate;
    Estimate<Space> result{.mixture = all_candidates<Space>()};
    Moved moved{run.supernet};
    const auto training = [&](const std::vector<torch::Tensor>& weights) {
      return mixture_gradient(run.supernet, *run.training, result.mixture, p, weights, options_.label_smoothing);
    };
    moved.to(training(moved.weights()).by_weights, -rate);
    const auto found = mixture_gradient(run.supernet, batch, result.mixture, p, moved.weights());
    double squares = 0;
    for (const auto& g : found.by_weights) squares += g.defined() ? g.square().sum().template item<double>() : 0;
    result.loss = found.loss;
    Probabilities<Space> by_p = found.by_gates;
    if (squares > 0) {
      const double step = options_.difference / std::sqrt(squares);
      moved.to(found.by_weights, step);
      const auto above = training({}).by_gates;
      moved.to(found.by_weights, -step);
      const auto below = training({}).by_gates;
      for (std::size_t i = 0; i < by_p.all().size(); ++i) {
        by_p.all()[i] -= rate * (above.all()[i] - below.all()[i]) / (2 * step);
      }
    }
    result.by_logits = softmax_gradient(p, by_p);
    return result;
  }

  DartsOptions options_{};
};

}  // namespace hwnas
