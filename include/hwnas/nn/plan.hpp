// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Plan: one architecture as a flat list of steps over registers. Made once, run at every batch: it says which
///        weights are cut to size, what is overwritten, and when a tensor is let go.
#pragma once

#include <cstdint>
#include <span>

#include "hwnas/nn/graph.hpp"

namespace hwnas {

/// A register as an operand.
struct Operand {
  int reg = 0;
  bool last = false;  // nobody reads it afterwards
};

/// A primitive with its registers.
struct Step {
  Primitive primitive{};
  int slot = -1;         // weights
  bool sliced = false;   // the weights are larger than this step needs
  int overwrites = -1;   // which operand the result may be written over
  int first_operand = 0;
  int operand_count = 0;
  int first_output = 0;
  int output_count = 1;
  int first_gate = -1;    // a sum weighted by gates, one an operand
  int active = -1;        // its operand on the sampled path
  bool detached = false;  // runs without gradients
};

/// What a network runs.
struct Plan {
  List<Step> steps{};
  List<Operand> operands{};
  List<int> outputs{};  // registers; -1: nobody reads it
  List<int> gates{};    // indices into the gates given to a run
  int registers = 1;           // the first hold what the network is given
  int result = 0;
  Shape in{};            // the image's, the first of `inputs`
  List<Shape> inputs{};
  Shape out{};
  bool binary_gates = false;   // gates are 1 on the sampled path and 0 beside it

  [[nodiscard]] std::span<const Operand> operands_of(const Step& step) const {
    return {operands.data() + step.first_operand, static_cast<std::size_t>(step.operand_count)};
  }
  [[nodiscard]] std::span<const int> outputs_of(const Step& step) const {
    return {outputs.data() + step.first_output, static_cast<std::size_t>(step.output_count)};
  }
  [[nodiscard]] std::span<const int> gates_of(const Step& step) const {
    return {gates.data() + step.first_gate, static_cast<std::size_t>(step.operand_count)};
  }
};

/// Makes a Plan of a graph.
class PlanBuilder {
 public:
  /// `held`: for each slot of the layout the form of the weights at hand.
  PlanBuilder(const NetworkGraph& graph, std::span<const WeightForm> held) : graph_{graph}, held_{held} {
    last_reader_.assign(graph.values.size(), never);
    readers_.assign(graph.values.size(), 0);
    made_by_.assign(graph.values.size(), -1);
    for (int o = 0; o < operations(); ++o) {
      for (int value : graph.operands_of(at(o))) {
        last_reader_[index(value)] = o;
        ++readers_[index(value)];
      }
      for (int k = 0; k < at(o).output_count; ++k) made_by_[index(at(o).output + k)] = o;
    }
    last_reader_[index(graph.result)] = operations();
    ++readers_[index(graph.result)];
  }

  Plan build() {
    register_of_.assign(graph_.values.size(), -1);
    plan_.registers = graph_.inputs;
    for (int i = 0; i < graph_.inputs; ++i) {
      register_of_[index(i)] = i;
      plan_.inputs.push_back(graph_.values[index(i)]);
    }
    plan_.in = graph_.values.front();
    plan_.steps.reserve(graph_.operations.size());
    for (int o = 0; o < operations(); ++o) add_step(o);
    plan_.gates = graph_.gates;
    plan_.result = register_of_[index(graph_.result)];
    plan_.out = graph_.values[index(graph_.result)];
    return std::move(plan_);
  }

 private:
  static constexpr int never = -1;
  static constexpr std::size_t index(int i) { return static_cast<std::size_t>(i); }
  [[nodiscard]] int operations() const { return static_cast<int>(graph_.operations.size()); }
  [[nodiscard]] const Operation& at(int o) const { return graph_.operations[index(o)]; }

  void add_step(int o) {
    const Operation& operation = at(o);
    Step step{.primitive = operation.primitive, .slot = operation.slot, .sliced = is_sliced(operation),
              .overwrites = overwritten_operand(operation), .first_operand = static_cast<int>(plan_.operands.size()),
              .operand_count = operation.operand_count, .first_output = static_cast<int>(plan_.outputs.size()),
              .output_count = operation.output_count, .first_gate = operation.first_gate, .active = operation.active,
              .detached = operation.detached};
    const auto values = graph_.operands_of(operation);
    for (std::size_t k = 0; k < values.size(); ++k) {
      bool again = false;
      for (std::size_t later = k + 1; later < values.size(); ++later) again = again || values[later] == values[k];
      plan_.operands.push_back(Operand{register_of_[index(values[k])], last_reader_[index(values[k])] == o && !again});
    }
    for (const Operand& operand : plan_.operands_of(step)) {
      if (operand.last) free_.push_back(operand.reg);
    }
    for (int k = 0; k < operation.output_count; ++k) {
      const bool read = last_reader_[index(operation.output + k)] != never;
      plan_.outputs.push_back(read ? register_of_[index(operation.output + k)] = take_register() : -1);
    }
    plan_.steps.push_back(step);
  }
  int take_register() {
    if (free_.empty()) return plan_.registers++;
    const int reg = free_.back();
    free_.pop_back();
    return reg;
  }

  [[nodiscard]] bool is_sliced(const Operation& operation) const {
    if (operation.slot < 0 || operation.primitive.kind == PrimitiveKind::leaf) return false;
    return !(weight_form(operation.primitive) == held_[index(operation.slot)]);
  }

  // Activations and sums may be written over an operand that nobody else reads or views.
  [[nodiscard]] int overwritten_operand(const Operation& operation) const {
    const PrimitiveKind kind = operation.primitive.kind;
    if ((kind != PrimitiveKind::activation && kind != PrimitiveKind::add) || operation.first_gate >= 0) return -1;
    const auto values = graph_.operands_of(operation);
    for (int k = static_cast<int>(values.size()); k-- > 0;) {  // the later operand is the newer tensor
      const int value = values[index(k)];
      if (readers_[index(value)] != 1 || made_by_[index(value)] < 0) continue;
      const Operation& maker = at(made_by_[index(value)]);
      // A sum weighted by gates may be its active operand itself, which its gradient looks at.
      if (maker.first_gate < 0 && keeps_no_result(maker.primitive.kind)) return k;
    }
    return -1;
  }
  // The result is a tensor of its own that backward() does not look at: overwriting it changes no gradient.
  static bool keeps_no_result(PrimitiveKind kind) {
    switch (kind) {
      case PrimitiveKind::convolution:
      case PrimitiveKind::linear:
      case PrimitiveKind::normalisation:
      case PrimitiveKind::pooling:
      case PrimitiveKind::global_pooling:
      case PrimitiveKind::add:
      case PrimitiveKind::concat:
      case PrimitiveKind::scale:
      case PrimitiveKind::matrix_product: return true;
      default: return false;
    }
  }

  const NetworkGraph& graph_;
  std::span<const WeightForm> held_;
  List<int> last_reader_, readers_, made_by_, register_of_, free_;
  Plan plan_;
};

}  // namespace hwnas
