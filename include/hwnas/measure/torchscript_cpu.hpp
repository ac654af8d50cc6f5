// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The device torchscript-cpu: this machine's processor under TorchScript, frozen and optimised for inference. Batch-norm
///        is folded into convolutions; where LibTorch has XNNPACK, ReLU and ReLU6 are part of them too.
///        TorchscriptCpu device{{.threads = 1}};
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/passes/xnnpack_rewrite.h>

#include "hwnas/measure/device.hpp"
#include "hwnas/measure/torch_run.hpp"

namespace hwnas {

/// What is done to a frozen network.
enum class ScriptOptimisation {
  freeze,   ///< weights become constants, batch-norm is folded into convolutions
  xnnpack,  ///< and convolutions with their activation become prepacked XNNPACK operators
};
[[nodiscard]] inline std::string name_of(ScriptOptimisation optimisation) {
  return optimisation == ScriptOptimisation::freeze ? "frozen" : "frozen, XNNPACK";
}

/// A network as TorchScript, for the batch of `inputs`: what eval() makes of it, traced from the plan that the network runs.
[[nodiscard]] inline torch::jit::Module scripted(FixedNetwork& network, const std::vector<torch::Tensor>& inputs) {
  const torch::NoGradGuard no_grad;
  network.eval();
  for (torch::Tensor& parameter : network.parameters()) parameter.set_requires_grad(false);  // they become constants
  torch::jit::Module module{"network"};
  torch::jit::Stack given{inputs.begin(), inputs.end()};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < inputs.size(); ++i) names.push_back("input" + std::to_string(i));
  const auto run = [&network](torch::jit::Stack stack) -> torch::jit::Stack {
    std::vector<torch::Tensor> tensors;
    for (const torch::jit::IValue& value : stack) tensors.push_back(value.toTensor());
    return {network.forward(std::span<const torch::Tensor>{tensors})};
  };
  const auto unnamed = [](const torch::Tensor&) { return std::string{}; };
  const auto traced = torch::jit::tracer::trace(std::move(given), run, unnamed, /*strict=*/false,
                                                /*force_outplace=*/true, &module, names);
  auto* forward = module._ivalue()->compilation_unit()->create_function(
      c10::QualifiedName(*module.type()->name(), "forward"), traced.first->graph);
  module.type()->addMethod(forward);
  module.eval();
  return module;
}

/// Frozen TorchScript on the CPU.
class TorchscriptCpu : public MeasuresInRounds<TorchscriptCpu> {
 public:
  explicit TorchscriptCpu(MeasureOptions options = {}, ScriptOptimisation optimisation = best_optimisation())
      : options_{std::move(options)}, optimisation_{optimisation} {}

  /// XNNPACK where this LibTorch and processor have it.
  [[nodiscard]] static ScriptOptimisation best_optimisation() {
    return at::globalContext().isXNNPACKAvailable() ? ScriptOptimisation::xnnpack : ScriptOptimisation::freeze;
  }

  [[nodiscard]] std::string name() const { return "torchscript-cpu"; }
  [[nodiscard]] Conditions conditions() const {
    Conditions conditions = torch_conditions(name(), options_);
    conditions["optimised"] = name_of(optimisation_);
    return conditions;
  }
  [[nodiscard]] const MeasureOptions& options() const { return options_; }
  [[nodiscard]] std::shared_ptr<void> hold() const { return std::make_shared<TorchThreads>(options_); }

  /// The network as the device runs it.
  [[nodiscard]] torch::jit::Module optimised(FixedNetwork& network, const std::vector<torch::Tensor>& inputs) const {
    // Freezing first: only then is batch-norm out of the way of convolution and activation.
    const torch::jit::Module frozen = torch::jit::freeze(scripted(network, inputs));
    return optimisation_ == ScriptOptimisation::xnnpack ? torch::jit::optimizeForMobile(frozen) : frozen;
  }

  /// The network's parameters lose their gradients.
  [[nodiscard]] Result<TimedRun> prepare(const std::shared_ptr<FixedNetwork>& network, int batch) const {
    const auto inputs = random_inputs(*network, batch);
    auto module = std::make_shared<torch::jit::Module>();
    try {
      *module = optimised(*network, inputs);
    } catch (const c10::Error& error) {
      return Error{Error::Code::unavailable, "torchscript-cpu: " + std::string{error.what_without_backtrace()}};
    }
    return TimedRun{[module, given = torch::jit::Stack{inputs.begin(), inputs.end()}]() -> Result<Milliseconds> {
      const torch::NoGradGuard no_grad;
      return timed([&] { static_cast<void>(module->forward(given)); });
    }};
  }

 private:
  MeasureOptions options_;
  ScriptOptimisation optimisation_;
};

}  // namespace hwnas
