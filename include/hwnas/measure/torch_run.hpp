// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the devices that run LibTorch share: inputs of a network, and threads that are pinned for a while.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <torch/version.h>

#include "hwnas/measure/conditions.hpp"
#include "hwnas/nn/network.hpp"

namespace hwnas {

/// Random images, one batch an input of the network.
[[nodiscard]] inline std::vector<torch::Tensor> random_inputs(const FixedNetwork& network, int batch,
                                                              const torch::Device& device = torch::kCPU) {
  std::vector<torch::Tensor> inputs;
  for (const Shape in : network.plan().inputs) inputs.push_back(torch::randn({batch, in.c, in.h, in.w}, device));
  return inputs;
}

/// Sets LibTorch's threads and pins the calling thread while it lives.
class TorchThreads {
 public:
  explicit TorchThreads(const MeasureOptions& options) : pinned_{options.cpus} { at::set_num_threads(options.threads); }
  TorchThreads(const TorchThreads&) = delete;
  TorchThreads& operator=(const TorchThreads&) = delete;
  ~TorchThreads() { at::set_num_threads(before_); }

 private:
  AffinityGuard pinned_;
  int before_ = at::get_num_threads();
};

/// The conditions of a device that runs LibTorch.
[[nodiscard]] inline Conditions torch_conditions(const std::string& device, const MeasureOptions& options) {
  Conditions conditions = common_conditions(device, options);
  conditions["library"] = "LibTorch " TORCH_VERSION;
  return conditions;
}

}  // namespace hwnas
