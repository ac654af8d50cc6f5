// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Synflow: scores an architecture without data and without training, in one forward and backward pass.
///        Synflow<S> evaluator{Rng{1}};  double score = evaluator.evaluate(a, {})->score();
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/experiment/evaluator.hpp"
#include "hwnas/train/seeded_subnet.hpp"
#include "hwnas/train/torch_error.hpp"

namespace hwnas {

/// {"synflow": natural logarithm of the score}; an Evaluator. Higher is better; the order is that of the score itself.
///   Formula   sum of |w dR/dw| over the weights w of convolutions and linear layers, where R is the sum of all outputs for
///             an input of ones, with every weight replaced by its absolute value and without biases (Tanaka et al.
///             2020, "Pruning neural networks without any data by iteratively conserving synaptic flow"; summed over a
///             network as in Abdelfattah et al. 2021, "Zero-Cost Proxies for Lightweight NAS", without batch-norm: fresh
///             layers in evaluation mode are the identity but for their epsilon)
template <class Space>
class Synflow {
 public:
  explicit Synflow(const Rng& rng) : seed_{weight_seed(rng)} {}

  /// Errors  bad_value: no path leads from the input to the output, or the score is not finite
  [[nodiscard]] Result<Metrics> evaluate(const Architecture<Space>& a, const Budget&) const {
    return guarded("synflow", [&]() -> Result<Metrics> {
      const torch::AutoGradMode gradients{true};
      const auto net = positive(a);
      const Shape in = program<Space>.shapes.front();
      net->forward(torch::ones({1, in.c, in.h, in.w}, torch::kFloat64)).sum().backward();
      double score = 0;
      for (const torch::Tensor& w : net->parameters()) {
        if (w.dim() > 1 && w.grad().defined()) score += (w * w.grad()).abs().sum().template item<double>();
      }
      const double logarithm = std::log(score);
      if (!std::isfinite(logarithm)) {
        return Error{Error::Code::bad_value, fmt::format("synflow is {}: expected a finite number above 0", score)};
      }
      return Metrics{.values = {{"synflow", logarithm}}, .objective = "synflow"};
    });
  }

 private:
  std::unique_ptr<Subnet<Space>> positive(const Architecture<Space>& a) const {
    auto net = seeded_subnet(a, seed_);
    net->to(torch::kFloat64);  // a product over all layers leaves the range of single precision
    net->eval();
    const torch::NoGradGuard no_gradients;
    for (auto& named : net->named_parameters()) {
      const std::string& name = named.key();
      const bool bias = name.size() >= 4 && name.compare(name.size() - 4, 4, "bias") == 0;
      bias ? named.value().zero_() : named.value().abs_();
    }
    return net;
  }

  std::uint64_t seed_;
};

}  // namespace hwnas
