// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How weights begin. torch::manual_seed(seed) before makes it reproducible.
///        torch::manual_seed(7);  Supernet<S> supernet{{.initial = {.linear_deviation = 0.001}}};
#pragma once

#include "hwnas/nn/torch_module.hpp"

namespace hwnas {

/// Initial weights. The default is what MobileNetV2's and ResNet's reference code does: convolutions normal with
/// variance 2 / (out kernel^2) (He et al. 2015, fan-out), batch-norm 1 and 0, linear layers normal, biases 0.
struct InitialWeights {
  enum class Rule {
    fan_out,      ///< as above
    library,      ///< LibTorch's own defaults
  };
  Rule rule = Rule::fan_out;
  double linear_deviation = 0.01;
};

/// Gives a module and all below it new weights. Modules of leaf operators keep the ones they were made with.
inline void initialise(torch::nn::Module& module, const InitialWeights& initial = {}) {
  const torch::NoGradGuard no_gradients;
  const bool library = initial.rule == InitialWeights::Rule::library;
  if (auto* convolution = module.as<torch::nn::Conv2dImpl>()) {
    if (library) return convolution->reset_parameters();
    torch::nn::init::kaiming_normal_(convolution->weight, 0, torch::kFanOut, torch::kReLU);
    if (convolution->bias.defined()) convolution->bias.zero_();
  } else if (auto* linear = module.as<torch::nn::LinearImpl>()) {
    if (library) return linear->reset_parameters();
    linear->weight.normal_(0, initial.linear_deviation);
    if (linear->bias.defined()) linear->bias.zero_();
  } else if (auto* norm = module.as<torch::nn::BatchNorm2dImpl>()) {
    norm->reset_parameters();
  } else {
    for (const auto& child : module.children()) initialise(*child, initial);
  }
}

}  // namespace hwnas
