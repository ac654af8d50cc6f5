// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the devices that run LibTorch share: inputs of a network, and threads that are pinned for a while.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <dlfcn.h>

#include <torch/version.h>

#include "hwnas/measure/conditions.hpp"
#include "hwnas/measure/freed_memory.hpp"
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

/// The file of the library whose matrix product the process runs ("libopenblas-r0.3.21.so"); "unknown" where none is
/// visible, as when it is linked into LibTorch.
[[nodiscard]] inline std::string blas_library() {
  Dl_info found{};
  void* product = dlsym(RTLD_DEFAULT, "sgemm_");
  if (product == nullptr || dladdr(product, &found) == 0 || found.dli_fname == nullptr) return "unknown";
  std::error_code ignored;
  return std::filesystem::weakly_canonical(found.dli_fname, ignored).filename().string();
}

/// The conditions of a device that runs LibTorch.
[[nodiscard]] inline Conditions torch_conditions(const std::string& device, const MeasureOptions& options) {
  Conditions conditions = common_conditions(device, options);
  conditions["library"] = "LibTorch " TORCH_VERSION;
  conditions["matrix product"] = blas_library();
  conditions["freed memory"] = keeps_freed_memory() ? "kept" : "returned";
  return conditions;
}

}  // namespace hwnas
