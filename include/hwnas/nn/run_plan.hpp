// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  run_plan: a plan's steps over registers of tensors.
#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/nn/run_step.hpp"

namespace hwnas {

/// Sees each step of one operand before it runs, with that operand.
using StepWatch = std::function<void(const Step&, const torch::Tensor&)>;

/// The weights of what a plan mixes: one number a candidate of every decision. How they are summed is a pointer, to
/// gated_sum, so that only programs that mix compile it.
struct Gates {
  using Sum = torch::Tensor (*)(std::vector<torch::Tensor> parts, const std::vector<torch::Tensor>& gates, bool binary,
                                std::int64_t active);
  torch::Tensor values{};
  Sum sum = nullptr;
};

/// The registers of one run. A tensor is let go after its last reader.
class PlanRun {
 public:
  PlanRun(const Plan& plan, const WeightBank& bank, std::span<const torch::Tensor> inputs, const Gates& gates = {})
      : plan_{plan}, bank_{bank}, gated_sum_{gates.sum} {
    registers_.resize(static_cast<std::size_t>(plan.registers));
    std::copy(inputs.begin(), inputs.end(), registers_.begin());
    if (gates.values.defined()) gates_ = gates.values.unbind();
  }

  void set_watch(StepWatch watch) { watch_ = std::move(watch); }

  torch::Tensor run() {
    for (const Step& step : plan_.steps) {
      // Only what a sampled path does not take runs without gradients of its own.
      const torch::AutoGradMode gradients{torch::GradMode::is_enabled() && !step.detached};
      if (step.first_gate >= 0) {
        mix(step);
        continue;
      }
      switch (step.primitive.kind) {
        case PrimitiveKind::split: split(step); break;
        case PrimitiveKind::concat: concat(step); break;
        default: one(step);
      }
    }
    return std::move(at(plan_.result));
  }

 private:
  [[nodiscard]] torch::Tensor& at(int reg) { return registers_[static_cast<std::size_t>(reg)]; }
  [[nodiscard]] StepRunner runner(const Step& step) const {
    return {step, step.slot < 0 ? nullptr : &bank_[step.slot], bank_.across()};
  }

  void one(const Step& step) {
    const auto operands = plan_.operands_of(step);
    torch::Tensor& x = at(operands[0].reg);
    if (watch_ && operands.size() == 1) watch_(step, x);
    store(step, operands.size() == 1 ? runner(step)(x) : runner(step)(x, at(operands[1].reg)));
  }
  void concat(const Step& step) {
    std::vector<torch::Tensor> parts;
    for (const Operand& operand : plan_.operands_of(step)) parts.push_back(detail::as_image(at(operand.reg)));
    store(step, torch::cat(parts, 1));
  }
  void mix(const Step& step) {
    std::vector<torch::Tensor> parts, gates;
    for (const Operand& operand : plan_.operands_of(step)) parts.push_back(at(operand.reg));
    for (const int gate : plan_.gates_of(step)) gates.push_back(gates_[static_cast<std::size_t>(gate)]);
    store(step, gated_sum_(std::move(parts), gates, plan_.binary_gates, step.active));
  }
  void split(const Step& step) {
    const torch::Tensor whole = at(plan_.operands_of(step).front().reg);
    release(step);
    int i = 0;
    for (int output : plan_.outputs_of(step)) {
      if (output >= 0) at(output) = runner(step).part(whole, i);
      ++i;
    }
  }

  // An output may take the register of an operand.
  void store(const Step& step, torch::Tensor&& made) {
    release(step);
    at(plan_.outputs_of(step).front()) = std::move(made);
  }
  void release(const Step& step) {
    for (const Operand& operand : plan_.operands_of(step)) {
      if (operand.last) at(operand.reg).reset();
    }
  }

  const Plan& plan_;
  const WeightBank& bank_;
  std::vector<torch::Tensor> registers_;
  std::vector<torch::Tensor> gates_;
  Gates::Sum gated_sum_;
  StepWatch watch_;
};

/// Runs a plan on a batch of everything it is given.
///   Errors   as below
[[nodiscard]] inline torch::Tensor run_plan(const Plan& plan, const WeightBank& bank,
                                            std::span<const torch::Tensor> inputs, const Gates& gates = {},
                                            StepWatch watch = {}) {
  for (std::size_t i = 0; i < plan.inputs.size(); ++i) {
    const Shape in = plan.inputs[i];
    const torch::Tensor x = i < inputs.size() ? inputs[i] : torch::Tensor{};
    if (x.defined() && x.dim() == 4 && x.size(1) == in.c && x.size(2) == in.h && x.size(3) == in.w) continue;
    throw Error{Error::Code::mismatch,
                c10::str("hwnas: the network must get a batch of images of (", in.c, ", ", in.h, ", ", in.w,
                         "); this tensor is ", x.defined() ? x.sizes() : at::IntArrayRef{})};
  }
  PlanRun run{plan, bank, inputs, gates};
  run.set_watch(std::move(watch));
  return run.run();
}

/// Runs a plan on a batch of images. `gates`: where the plan mixes candidates (Mixture).
///   Errors   throws mismatch for images of another shape, bad_value where batch-norm cannot train, and c10::Error
[[nodiscard]] inline torch::Tensor run_plan(const Plan& plan, const WeightBank& bank, const torch::Tensor& images,
                                            const Gates& gates = {}) {
  return run_plan(plan, bank, std::span{&images, 1}, gates);
}

}  // namespace hwnas
