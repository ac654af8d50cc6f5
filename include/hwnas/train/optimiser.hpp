// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Optimisers with batch-norm kept from weight decay.
///        auto optimiser = make_optimiser(*net, {.momentum = 0.9, .weight_decay = 4e-5});
///        clear_gradients(*optimiser); loss.backward(); set_rate(*optimiser, 0.05); optimiser->step();
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "hwnas/nn/torch.hpp"

namespace hwnas {

/// Which optimiser, with its numbers. The learning rate is the schedule's.
struct OptimiserOptions {
  enum class Kind { sgd, adam, adamw };
  Kind kind = Kind::sgd;
  double momentum = 0.9;                    ///< SGD
  bool nesterov = true;                     ///< SGD
  double weight_decay = 4e-5;               ///< ProxylessNAS' and MobileNetV2's
  bool decay_vectors = false;               ///< also decay batch-norm's scale and shift, and biases
  std::array<double, 2> betas{0.9, 0.999};  ///< Adam
  double epsilon = 1e-8;                    ///< Adam
};

namespace detail {
template <class Optimiser, class Options>
[[nodiscard]] std::unique_ptr<torch::optim::Optimizer> make_with(const std::vector<torch::Tensor>& parameters,
                                                                 Options values, const OptimiserOptions& options) {
  std::vector<torch::Tensor> decayed, spared;
  for (const auto& parameter : parameters) {
    // Vectors are batch-norm's scale and shift, and biases: decaying them costs accuracy (He et al. 2019, section 3.1).
    (options.decay_vectors || parameter.dim() > 1 ? decayed : spared).push_back(parameter);
  }
  std::vector<torch::optim::OptimizerParamGroup> groups;
  const auto add = [&](std::vector<torch::Tensor> some, double decay) {
    if (!some.empty())
      groups.emplace_back(std::move(some), std::make_unique<Options>(Options{values}.weight_decay(decay)));
  };
  add(std::move(decayed), options.weight_decay);
  add(std::move(spared), 0);
  // Newer LibTorch takes a group's value that equals the class's default for "not set" and replaces it by the
  // optimiser's; so the optimiser's own decay must stay at the class's default, or the spared group would get it.
  return std::make_unique<Optimiser>(std::move(groups), values);
}

template <class Optimiser, class Options>
[[nodiscard]] std::unique_ptr<torch::optim::Optimizer> make_adam(const std::vector<torch::Tensor>& parameters,
                                                                 const OptimiserOptions& options) {
  Options values{1e-3};
  values.betas(std::make_tuple(options.betas[0], options.betas[1])).eps(options.epsilon);
  return make_with<Optimiser>(parameters, values, options);
}
}  // namespace detail

/// An optimiser of these parameters, in two groups where some are spared from weight decay.
[[nodiscard]] inline std::unique_ptr<torch::optim::Optimizer> make_optimiser(
    const std::vector<torch::Tensor>& parameters, const OptimiserOptions& options) {
  using namespace torch::optim;  // NOLINT
  using Kind = OptimiserOptions::Kind;
  if (options.kind == Kind::adam) return detail::make_adam<Adam, AdamOptions>(parameters, options);
  if (options.kind == Kind::adamw) return detail::make_adam<AdamW, AdamWOptions>(parameters, options);
  SGDOptions values{0.1};
  // LibTorch refuses Nesterov without momentum.
  values.momentum(options.momentum).nesterov(options.nesterov && options.momentum > 0);
  return detail::make_with<SGD>(parameters, values, options);
}

/// An optimiser of all parameters of a module that want gradients.
[[nodiscard]] inline std::unique_ptr<torch::optim::Optimizer> make_optimiser(const torch::nn::Module& module,
                                                                             const OptimiserOptions& options) {
  std::vector<torch::Tensor> parameters;
  for (const auto& parameter : module.parameters()) {
    if (parameter.requires_grad()) parameters.push_back(parameter);
  }
  return make_optimiser(parameters, options);
}

/// Sets the learning rate of all groups.
inline void set_rate(torch::optim::Optimizer& optimiser, double rate) {
  for (auto& group : optimiser.param_groups()) group.options().set_lr(rate);
}

/// Removes all gradients. Removed, not zeroed: a weight that is not on this step's path must not move by momentum and
/// decay, and costs nothing.
inline void clear_gradients(torch::optim::Optimizer& optimiser) {
  for (auto& group : optimiser.param_groups()) {
    for (auto& parameter : group.params()) parameter.mutable_grad().reset();
  }
}

/// Scales all gradients so that their common norm is at most `limit`; returns the norm before.
inline double clip_gradients(torch::optim::Optimizer& optimiser, double limit) {
  std::vector<torch::Tensor> all;
  for (auto& group : optimiser.param_groups()) all.insert(all.end(), group.params().begin(), group.params().end());
  return torch::nn::utils::clip_grad_norm_(all, limit);
}

}  // namespace hwnas
