// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  SearchPolicy: how a search with architecture parameters trains weights and estimates gradients. Adding one is
///        one file: copy darts.hpp. Everything else (optimiser, penalties, constraints, export) is LearnedSearch's.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "hwnas/nn/supernet.hpp"
#include "hwnas/nn/torch.hpp"
#include "hwnas/profile/conditioned.hpp"
#include "hwnas/profile/softmax.hpp"
#include "hwnas/train/loader.hpp"
#include "hwnas/train/metrics.hpp"

namespace hwnas {

/// Numbers of the architecture parameters' optimiser, Adam. The defaults are ProxylessNAS's: without a first moment,
/// candidates that were not sampled stay where they are.
struct ArchitectureOptions {
  double rate = 1e-3;
  double beta1 = 0;
  double beta2 = 0.999;
  double weight_decay = 0;
  double initial_deviation = 1e-3;  ///< logits start as normal numbers of this standard deviation
  std::int64_t every = 1;           ///< weight steps for each architecture step; the official ProxylessNAS code takes 5
};

/// What a policy sees of a search.
///   Network  a Supernet, or what takes its place: forward(images, architecture) and forward(images, mixture, gates)
template <class Space, class Network = Supernet<Space>> struct PolicyRun {
  Network& supernet;
  const Probabilities<Space>& logits;
  const Conditioned<Space>& inside;  ///< the candidates' probabilities, conditioned on the constraints
  double progress = 0;               ///< 0 after the warm-up .. 1 at the end
  const Batch* training = nullptr;   ///< the weights' batch of this step
  double weight_rate = 0;            ///< and their learning rate
};

/// What a policy found out on one batch.
template <class Space> struct Estimate {
  double loss = 0;                       ///< mean cross entropy, without penalties
  Probabilities<Space> by_logits{};      ///< gradient to descend by
  Mixture mixture{};                     ///< what ran
  std::vector<Architecture<Space>> samples{};  ///< of policies that learn from rewards
  std::optional<double> entropy{};             ///< of policies with a distribution of their own: of a choice, nats
};

/// The reward of an architecture with this accuracy, penalties included.
template <class Space> using Reward = std::function<double(const Architecture<Space>&, double accuracy)>;

/// A policy.
///   differentiable                    whether it takes gradients through the candidates' probabilities
///   architecture()                    ArchitectureOptions
///   weight_loss(run, batch, rng)      loss for one step of the weights
///   estimate(run, batch, rng, reward) gradient by the logits on a batch of the validation part; leaves no gradients
///   settle(before, after, estimate)   optional: corrects the logits after the optimiser's step
///   A policy with a distribution of its own instead of the logits' (enas.hpp) also has
///   begin(inside, rng)                makes its parameters anew
///   parameters()                      which estimate() leaves gradients in
///   most_probable(inside)             what is chosen
///   Laws                              the same seed gives the same estimate
template <class P, class Space>
concept SearchPolicy = requires(P& p, const PolicyRun<Space>& run, const Batch& batch, Rng& rng,
                                const Reward<Space>& reward) {
  { P::differentiable } -> std::convertible_to<bool>;
  { p.architecture() } -> std::convertible_to<ArchitectureOptions>;
  { p.weight_loss(run, batch, rng) } -> std::same_as<torch::Tensor>;
  { p.estimate(run, batch, rng, reward) } -> std::same_as<Estimate<Space>>;
};

template <class P, class Space>
concept HasOwnDistribution = requires(P& p, const Conditioned<Space>& inside, Rng rng) {
  p.begin(inside, rng);
  { p.parameters() } -> std::same_as<std::vector<torch::Tensor>>;
  { p.most_probable(inside) } -> std::same_as<Architecture<Space>>;
};

/// Every candidate of every decision.
template <class Space> [[nodiscard]] Mixture all_candidates() {
  Mixture mixture;
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    auto& run = mixture.runs.emplace_back();
    for (int v = 0; v < decisions<Space>[d].count; ++v) run.push_back(static_cast<std::uint8_t>(v));
    mixture.first_gate.push_back(static_cast<int>(Probabilities<Space>::first(d)));
  }
  return mixture;
}

/// Gates of these values.
template <class Space> [[nodiscard]] torch::Tensor gates_of(const Probabilities<Space>& values, torch::Device device) {
  const std::vector<float> numbers(values.all().begin(), values.all().end());
  return torch::tensor(numbers).to(device);
}

/// What a mixture comes to on a batch.
template <class Space> struct MixtureGradient {
  double loss = 0;
  Probabilities<Space> by_gates{};
  std::vector<torch::Tensor> by_weights{};  ///< undefined where a weight was not used
};

/// Loss of a mixture on a batch and its derivatives by the gates, and by weights where they are asked for. Nothing is
/// left in the weights' gradients.
template <class Space, class Network>
[[nodiscard]] MixtureGradient<Space> mixture_gradient(Network& supernet, const Batch& batch, const Mixture& mixture,
                                                      const Probabilities<Space>& values,
                                                      const std::vector<torch::Tensor>& weights = {},
                                                      double smoothing = 0) {
  std::vector<torch::Tensor> inputs{gates_of(values, batch.images.device()).requires_grad_()};
  const torch::Tensor logits = supernet.forward(batch.images, mixture, inputs.front());
  const torch::Tensor loss = cross_entropy(logits, batch.labels, smoothing);
  inputs.insert(inputs.end(), weights.begin(), weights.end());
  MixtureGradient<Space> result{.loss = loss.template item<double>()};
  // grad(), not backward(): the engine leaves out the gradients of all other weights.
  auto gradients = torch::autograd::grad({loss}, inputs, {}, /*retain_graph=*/false, /*create_graph=*/false,
                                         /*allow_unused=*/true);
  if (gradients.front().defined()) {
    const torch::Tensor numbers = gradients.front().to(torch::kCPU, torch::kFloat64).contiguous();
    std::copy_n(numbers.data_ptr<double>(), result.by_gates.all().size(), result.by_gates.all().begin());
  }
  result.by_weights.assign(gradients.begin() + 1, gradients.end());
  return result;
}

}  // namespace hwnas
