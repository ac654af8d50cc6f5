// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The device libtorch-cpu: this machine's processor under LibTorch, eager. Every primitive is a call of its own.
///        LibtorchCpu device{{.threads = 1}};   device.measure(std::make_shared<Subnet<Space>>(a)).value().minimum;
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "hwnas/measure/device.hpp"
#include "hwnas/measure/torch_run.hpp"

namespace hwnas {

/// Eager LibTorch on the CPU.
class LibtorchCpu : public MeasuresInRounds<LibtorchCpu> {
 public:
  explicit LibtorchCpu(MeasureOptions options = {}) : options_{std::move(options)} {}

  [[nodiscard]] std::string name() const { return "libtorch-cpu"; }
  [[nodiscard]] Conditions conditions() const { return torch_conditions(name(), options_); }
  [[nodiscard]] const MeasureOptions& options() const { return options_; }
  [[nodiscard]] std::shared_ptr<void> hold() const { return std::make_shared<TorchThreads>(options_); }

  [[nodiscard]] Result<TimedRun> prepare(const std::shared_ptr<FixedNetwork>& network, int batch) const {
    network->eval();
    return TimedRun{[network, inputs = random_inputs(*network, batch)]() -> Result<Milliseconds> {
      const torch::NoGradGuard no_grad;
      return timed([&] { static_cast<void>(network->forward(std::span{inputs})); });
    }};
  }

 private:
  MeasureOptions options_;
};

}  // namespace hwnas
