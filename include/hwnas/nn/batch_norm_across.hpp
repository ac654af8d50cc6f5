// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Batch-norm whose batch is spread over several processes.
///        auto y = batch_norm_across(x, {weight, bias}, {running_mean, running_var}, {.momentum = 0.1}, gather);
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hwnas/nn/weights.hpp"

namespace hwnas {

/// Normalises by the statistics of all processes' batches together, and keeps running ones as LibTorch does.
///   Shape    x: (N, C, ...) -> the same; N may differ between processes
///   Formula  the parts' means and sums of squares are merged as Chan, Golub and LeVeque (1983) do, which does not cancel
[[nodiscard]] inline torch::Tensor batch_norm_across(const torch::Tensor& x, const NormVectors& affine,
                                                     const NormVectors& running, const NormOptions& options,
                                                     const GatherRows& gather) {
  const std::int64_t channels = x.size(1);
  const torch::Tensor values = x.transpose(0, 1).reshape({channels, -1});
  const torch::Tensor mean = values.mean(1);
  const torch::Tensor squares = (values - mean.unsqueeze(1)).square().sum(1);
  const torch::Tensor rows = gather(torch::cat({mean, squares, torch::full({1}, values.size(1), mean.options())}));
  const torch::Tensor means = rows.narrow(1, 0, channels), counts = rows.narrow(1, 2 * channels, 1).detach();
  const double all = counts.sum().item<double>();
  const torch::Tensor centre = (means * counts).sum(0) / all;
  const torch::Tensor spread = rows.narrow(1, channels, channels).sum(0) + ((means - centre).square() * counts).sum(0);
  const torch::Tensor variance = spread / all;
  if (running.first.defined()) {
    const torch::NoGradGuard no_gradients;
    running.first.mul_(1 - options.momentum).add_(centre.detach(), options.momentum);
    running.second.mul_(1 - options.momentum).add_(spread.detach() / (all - 1), options.momentum);
  }
  std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
  shape[1] = channels;
  torch::Tensor scale = (variance + options.epsilon).rsqrt();
  if (affine.first.defined()) scale = scale * affine.first;
  const torch::Tensor y = (x - centre.view(shape)) * scale.view(shape);
  return affine.second.defined() ? y + affine.second.view(shape) : y;
}

}  // namespace hwnas
