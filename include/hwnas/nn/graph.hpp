// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  NetworkGraph: one architecture as operations on values, in execution order. Plans run it, exporters write it.
///        NetworkGraph graph = graph_of(layout, a.values());
#pragma once

#include <cstdint>
#include <span>

#include "hwnas/nn/layout.hpp"

namespace hwnas {

/// A primitive with the values it reads and makes, and the weights it uses.
struct Operation {
  Primitive primitive{};
  int slot = -1;  // index into the layout's slots
  int first_operand = 0;
  int operand_count = 0;
  int output = 0;  // first value it makes
  int output_count = 1;
  int first_gate = -1;    // a sum weighted by gates (nn/mixed_graph.hpp): one an operand; -1: no such sum
  int active = -1;        // which of its operands stands on the sampled path
  bool detached = false;  // runs without gradients
};

/// The size of a slot's weights in one architecture.
struct SlotUse {
  int slot = 0;
  WeightForm form{};
};

/// The first `inputs` values are what the network is given; value 0 is the image. Zeros that are only added vanish, and so does what nobody reads; its weights stay in `weights`.
struct NetworkGraph {
  List<Operation> operations{};
  List<int> operands{};
  List<int> gates{};
  List<Shape> values{};
  List<SlotUse> weights{};
  int result = 0;
  int inputs = 1;

  [[nodiscard]] std::span<const int> operands_of(const Operation& operation) const {
    return {operands.data() + operation.first_operand, static_cast<std::size_t>(operation.operand_count)};
  }
};

/// Runs a program for one architecture with names of values in its slots.
class GraphTracer {
 public:
  GraphTracer(const Layout& layout, std::span<const std::uint8_t> values)
      : layout_{layout}, program_{layout.program()}, choices_{values} {}

  NetworkGraph run() {
    const int size = static_cast<int>(program_.instructions.size());
    for (int pc = 0; pc < size;) pc = advance(pc);
    graph_.result = stack_.back();
    drop_unread();
    return std::move(graph_);
  }

 protected:
  static constexpr int nothing = -1;  // a buffer to which nothing has been added
  static constexpr std::size_t index(int i) { return static_cast<std::size_t>(i); }
  [[nodiscard]] std::size_t slot(int depth) const { return stack_.size() - 1 - index(depth); }

  // One instruction; returns the next.
  int advance(int pc) {
    const Instruction& i = program_.instructions[index(pc)];
    if (i.code == Opcode::begin && !program_.enters(i, choices_[index(i.a)])) return i.end;
    step(i, pc);
    return pc + 1;
  }

  void step(const Instruction& i, int pc) {
    switch (i.code) {
      case Opcode::input: stack_.push_back(new_value(program_.shapes[index(i.a)])); break;
      case Opcode::apply: stack_.back() = apply(i, pc); break;
      case Opcode::push: push(i.a, i.b != 0); break;
      case Opcode::drop: stack_.remove_at(slot(i.a)); break;
      case Opcode::add: add(); break;
      case Opcode::concat: concat(i.a); break;
      case Opcode::buffer: stack_.push_back(nothing); break;
      case Opcode::decide:
      case Opcode::begin: break;
    }
  }

  void push(int depth, bool move) {
    const int value = stack_[slot(depth)];
    if (move) stack_.remove_at(slot(depth));
    stack_.push_back(value);
  }

  void add() {
    const int upper = stack_.back();
    stack_.pop_back();
    int& lower = stack_.back();
    if (is_zero(lower) || is_zero(upper)) {
      lower = is_zero(lower) ? upper : lower;
      return;
    }
    lower = emit(layer::Add::make(graph_.values[index(upper)]), -1, List<int>{lower, upper}, 1);
  }

  void concat(int count) {
    List<int> parts;
    parts.append(stack_.end() - count, index(count));
    int channels = 0;
    for (int part : parts) channels += graph_.values[index(part)].c;
    stack_.truncate(stack_.size() - index(count));
    stack_.push_back(emit(layer::Concat::make(graph_.values[index(parts.front())], channels, count), -1, parts, 1));
  }

  // Returns the operator's result.
  int apply(const Instruction& i, int pc) {
    picked_.clear();
    for (int label : program_.choice_labels.subspan(index(i.b), index(i.c))) picked_.push_back(choices_[index(label)]);
    const Variant& variant = layout_.variant(pc, graph_.values[index(stack_.back())], picked_);
    tensors_.assign(1, stack_.back());
    for (std::size_t n = 0; n < variant.nodes.size(); ++n) {
      const GraphNode& node = variant.nodes[n];
      operands_.clear();
      for (int k = 0; k < node.input_count; ++k) operands_.push_back(tensors_[index(node.inputs[index(k)])]);
      if (variant.slots[n] >= 0) graph_.weights.push_back(SlotUse{variant.slots[n], weight_form(node.primitive)});
      while (tensors_.size() < index(node.output + node.output_count)) tensors_.push_back(0);
      const int first = emit_node(node, variant.slots[n]);
      for (int o = 0; o < node.output_count; ++o) tensors_[index(node.output + o)] = first + o;
    }
    return tensors_[index(variant.result)];
  }
  int emit_node(const GraphNode& node, int slot) {
    if (node.primitive.kind == PrimitiveKind::identity) return operands_.front();
    if (node.primitive.kind == PrimitiveKind::add) {
      for (std::size_t k : {0, 1}) {
        if (is_zero(operands_[k])) return operands_[1 - k];
      }
    }
    // Zeros take their batch size from the images, so that they keep nothing else alive.
    if (node.primitive.kind == PrimitiveKind::zero) operands_.assign(1, 0);
    return emit(node.primitive, slot, operands_, node.output_count);
  }

  int emit(const Primitive& primitive, int slot, const List<int>& operands, int outputs) {
    Operation operation{.primitive = primitive,
                        .slot = slot,
                        .first_operand = static_cast<int>(graph_.operands.size()),
                        .operand_count = static_cast<int>(operands.size()),
                        .output = static_cast<int>(graph_.values.size()),
                        .output_count = outputs,
                        .detached = detached_};
    graph_.operands.append(operands);
    for (int o = 0; o < outputs; ++o) new_value(primitive.out, primitive.kind == PrimitiveKind::zero);
    graph_.operations.push_back(operation);
    return operation.output;
  }
  int new_value(Shape shape, bool zero = false) {
    graph_.values.push_back(shape);
    zero_.push_back(zero ? 1 : 0);
    return static_cast<int>(graph_.values.size()) - 1;
  }
  [[nodiscard]] bool is_zero(int value) const { return value == nothing || zero_[index(value)] != 0; }

  void drop_unread() {
    List<char> read(graph_.values.size(), 0);
    read[index(graph_.result)] = 1;
    for (std::size_t o = graph_.operations.size(); o-- > 0;) {
      Operation& operation = graph_.operations[o];
      bool needed = false;
      for (int k = 0; k < operation.output_count; ++k) needed = needed || read[index(operation.output + k)] != 0;
      if (!needed) operation.output_count = 0;
      if (!needed) continue;
      for (int operand : graph_.operands_of(operation)) read[index(operand)] = 1;
    }
    std::size_t kept = 0;
    for (const Operation& operation : graph_.operations) {
      if (operation.output_count > 0) graph_.operations[kept++] = operation;
    }
    graph_.operations.truncate(kept);
  }

  const Layout& layout_;
  const ProgramView& program_;
  std::span<const std::uint8_t> choices_;
  NetworkGraph graph_;
  List<char> zero_;
  bool detached_ = false;  // of what is emitted next
  List<int> stack_;
  List<int> picked_, tensors_, operands_;  // of the operator at hand
};

/// The operations of one architecture; `values` has one index a decision.
[[nodiscard]] inline NetworkGraph graph_of(const Layout& layout, std::span<const std::uint8_t> values) {
  return GraphTracer{layout, values}.run();
}

}  // namespace hwnas
