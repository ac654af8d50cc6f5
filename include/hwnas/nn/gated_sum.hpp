// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  gated_sum: a mixed operation's result, the sum of its candidates' results weighted by gates.
#pragma once

#include <utility>
#include <vector>

#include "hwnas/nn/torch_module.hpp"

#include <torch/csrc/autograd/custom_function.h>

namespace hwnas {

/// Binary gates (ProxylessNAS, Cai et al. 2019): the result is the active candidate's, bit by bit, and each gate gets
/// the gradient <dL/dy, candidate's result>. Candidates beside the active one get none.
struct BinaryGates : torch::autograd::Function<BinaryGates> {
  /// `parts`: results, then as many gates. `active`: index of a result, -1 where the active candidate gives zeros.
  static torch::Tensor forward(torch::autograd::AutogradContext* context, at::TensorList parts, std::int64_t active) {
    const std::size_t count = parts.size() / 2;
    context->save_for_backward(parts.slice(0, count).vec());
    context->saved_data["active"] = active;
    return active < 0 ? torch::zeros_like(parts.front()) : parts[static_cast<std::size_t>(active)];
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto results = context->get_saved_variables();
    const auto active = context->saved_data["active"].toInt();
    const torch::Tensor& by_result = gradients.front();
    torch::autograd::variable_list by_part(2 * results.size() + 1);  // the last: of `active`, none
    for (std::size_t k = 0; k < results.size(); ++k) {
      if (static_cast<std::int64_t>(k) == active) by_part[k] = by_result;
      by_part[results.size() + k] = (by_result * results[k]).sum();
    }
    return by_part;
  }
};

/// The weighted sum of results that have one shape.
///   binary   gates are 1 for the operand `active` and 0 otherwise
[[nodiscard]] inline torch::Tensor gated_sum(std::vector<torch::Tensor> parts, const std::vector<torch::Tensor>& gates,
                                             bool binary, std::int64_t active) {
  // (N, C) and (N, C, 1, 1) are the same values in two forms.
  for (torch::Tensor& part : parts) {
    if (part.dim() < parts.front().dim()) part = part.unsqueeze(-1).unsqueeze(-1);
    if (part.dim() > parts.front().dim()) part = part.flatten(1);
  }
  if (binary) {
    parts.insert(parts.end(), gates.begin(), gates.end());
    return BinaryGates::apply(at::TensorList{parts}, active);  // a vector would not be taken for tensors
  }
  torch::Tensor sum = parts.front() * gates.front();
  for (std::size_t k = 1; k < parts.size(); ++k) sum = sum + parts[k] * gates[k];
  return sum;
}

}  // namespace hwnas
