// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The device cuda: a graphics processor under LibTorch, timed by CUDA events, not by the wall clock.
///        auto device = CudaDevice::make({.batch = 8});     // an Error where LibTorch or the machine has none
///        Without CUDA's headers at compile time the device is there and says that it is not available.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <torch/cuda.h>

#include "hwnas/measure/device.hpp"
#include "hwnas/measure/torch_run.hpp"

#if __has_include(<ATen/cuda/CUDAEvent.h>) && __has_include(<cuda_runtime_api.h>)
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#define HWNAS_CUDA_EVENTS 1  // whether LibTorch was built with CUDA is known to its headers only
#endif

namespace hwnas {

/// Eager LibTorch on the first CUDA device.
class CudaDevice : public MeasuresInRounds<CudaDevice> {
 public:
  ///   Errors  unavailable
  [[nodiscard]] static Result<CudaDevice> make(MeasureOptions options = {}) {
#ifdef HWNAS_CUDA_EVENTS
    if (torch::cuda::is_available()) return CudaDevice{std::move(options)};
#endif
    static_cast<void>(options);
    return Error{Error::Code::unavailable, "cuda: this LibTorch or this machine has no CUDA device"};
  }

  [[nodiscard]] std::string name() const { return "cuda"; }
  [[nodiscard]] Conditions conditions() const {
    Conditions conditions = torch_conditions(name(), options_);
#ifdef HWNAS_CUDA_EVENTS
    conditions["gpu"] = at::cuda::getCurrentDeviceProperties()->name;
#endif
    return conditions;
  }
  [[nodiscard]] const MeasureOptions& options() const { return options_; }
  [[nodiscard]] std::shared_ptr<void> hold() const { return std::make_shared<TorchThreads>(options_); }

  [[nodiscard]] Result<TimedRun> prepare(const std::shared_ptr<FixedNetwork>& network, int batch) const {
    network->eval();
    network->to(torch::kCUDA);
    return TimedRun{[network, inputs = random_inputs(*network, batch, torch::kCUDA)]() -> Result<Milliseconds> {
      const torch::NoGradGuard no_grad;
      return run(*network, inputs);
    }};
  }

 private:
  explicit CudaDevice(MeasureOptions options) : options_{std::move(options)} {}

  static Result<Milliseconds> run(FixedNetwork& network, const std::vector<torch::Tensor>& inputs) {
#ifdef HWNAS_CUDA_EVENTS
    at::cuda::CUDAEvent begin{cudaEventDefault}, end{cudaEventDefault};
    begin.record();
    static_cast<void>(network.forward(std::span{inputs}));
    end.record();
    end.synchronize();
    return Milliseconds{static_cast<double>(begin.elapsed_time(end))};
#else
    static_cast<void>(network);
    static_cast<void>(inputs);
    return Error{Error::Code::unavailable, "cuda: this LibTorch has no CUDA"};
#endif
  }

  MeasureOptions options_;
};

}  // namespace hwnas
