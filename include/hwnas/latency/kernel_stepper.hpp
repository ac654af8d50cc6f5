// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  KernelStepper: what one instruction of a program means for kernels. The trellis under fusion rules and the graph that
///        the detector reads both go through it.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "hwnas/latency/kernel.hpp"
#include "hwnas/latency/tagged_slots.hpp"
#include "hwnas/space/run_time_program.hpp"

namespace hwnas {

inline constexpr int closed_tag = -1;  // nothing is fused with who reads it
inline constexpr int zero_tag = -2;    // zeros: adding them is nothing

/// The operators of a trellis with their unfused kernels, by input shape and choices.
class OperatorKernels {
 public:
  struct Entry {
    Shape in{};
    std::span<const int> choices{};
    std::span<const GraphNode> nodes{};
    int result = 0;
    List<KernelPart> parts{};
  };

  explicit OperatorKernels(const TrellisLists& lists) {
    readers_.assign(static_cast<std::size_t>(kernel_ops), false);
    for (KernelOp join : {KernelOp::add, KernelOp::concat}) readers_[static_cast<std::size_t>(join)] = true;
    for (const Fragment& f : lists.fragments) {
      if (f.op < 0) continue;
      if (entries_.size() <= static_cast<std::size_t>(f.op)) entries_.resize(static_cast<std::size_t>(f.op) + 1);
      const auto nodes = lists.nodes_of(f);
      const auto choices =
          lists.choices.subspan(static_cast<std::size_t>(f.choices), static_cast<std::size_t>(f.choice_count));
      entries_[static_cast<std::size_t>(f.op)].push_back({f.in, choices, nodes, f.result, lower(nodes)});
      for (const KernelPart& part : entries_[static_cast<std::size_t>(f.op)].back().parts) {
        readers_[static_cast<std::size_t>(part.op)] = true;
      }
    }
  }

  [[nodiscard]] const Entry& find(int op, Shape in, std::span<const int> choices) const {
    const auto& all = entries_[static_cast<std::size_t>(op)];
    return *std::find_if(all.begin(), all.end(), [&](const Entry& e) {
      return e.in == in && std::equal(e.choices.begin(), e.choices.end(), choices.begin(), choices.end());
    });
  }
  /// Whether any network of the space runs this kernel.
  [[nodiscard]] bool occurs(KernelOp op) const { return readers_[static_cast<std::size_t>(op)]; }

 private:
  std::vector<std::vector<Entry>> entries_;
  std::vector<bool> readers_;
};

/// Runs single instructions.
///   Handler   begin(out, list, pc)           what follows belongs to an edge's list
///             run(op, nodes, operands)       a kernel; the tag of its first result
///             barrier(tag)                   a tensor that several read, or that changes its form; its tag from now on
///             leave(tag)                     what an operator returns; its tag from now on
///             drop(tag), finish(tag)         nobody reads it; it is the network's result
template <class Handler>
class KernelStepper {
 public:
  KernelStepper(const ProgramView& program, const OperatorKernels& operators, Handler& handler, TaggedSlots& slots,
                TrellisData& out)
      : program_{program}, operators_{operators}, handler_{handler}, slots_{slots}, out_{out} {}

  bool step(int pc, int& slots, int& list, auto&& value_of) {
    handler_.begin(out_, list, pc);
    const Instruction& i = program_.instructions[static_cast<std::size_t>(pc)];
    switch (i.code) {
      case Opcode::input:
        slots = slots_.push(slots, {program_.shapes[static_cast<std::size_t>(i.a)], handler_.image()});
        break;
      case Opcode::apply: return apply(i, slots, value_of);
      case Opcode::push: push(i, slots); break;
      case Opcode::drop:
        handler_.drop(slots_.tensor(slots, i.a).tag);
        slots = slots_.remove(slots, i.a);
        break;
      case Opcode::add: add(slots); break;
      case Opcode::concat: concat(i.a, slots); break;
      case Opcode::buffer: slots = slots_.push(slots, {Shape{}, zero_tag}); break;
      case Opcode::decide:
      case Opcode::begin: break;
    }
    return true;
  }

 private:
  using Entry = OperatorKernels::Entry;
  // A tensor inside an operator. Views share the root of what they show.
  struct Local {
    TaggedTensor tensor{};
    int root = 0;
    int readers = 0;  // counted at the root
  };

  void push(const Instruction& i, int& slots) {
    TaggedTensor tensor = slots_.tensor(slots, i.a);
    if (i.b != 0) {
      slots = slots_.push(slots_.remove(slots, i.a), tensor);
      return;
    }
    tensor.tag = handler_.barrier(tensor.tag);
    slots = slots_.push(slots_.replace(slots, i.a, tensor), tensor);
  }

  void add(int& slots) {
    const TaggedTensor upper = slots_.tensor(slots, 0);
    const TaggedTensor lower = slots_.tensor(slots, 1);
    const int under = slots_.pop(slots_.pop(slots));
    if (lower.tag == zero_tag || upper.tag == zero_tag) {
      slots = slots_.push(under, lower.tag == zero_tag ? upper : lower);
      return;
    }
    slots = slots_.push(under, {upper.shape, join(KernelOp::add, layer::Add::make(upper.shape),
                                                  {{0, lower.shape, lower.tag}, {1, upper.shape, upper.tag}})});
  }

  void concat(int count, int& slots) {
    std::vector<KernelOperand> operands;
    int channels = 0;
    for (int k = 0; k < count; ++k) {
      const TaggedTensor part = slots_.tensor(slots, count - 1 - k);
      operands.push_back({k, part.shape, part.tag});
      channels += part.shape.c;
    }
    for (int k = 0; k < count; ++k) slots = slots_.pop(slots);
    const Primitive p = layer::Concat::make(operands.front().shape, channels, count);
    slots = slots_.push(slots, {p.out, join(KernelOp::concat, p, operands)});
  }
  // Operands beyond those a node has room for are inputs of the kernel all the same.
  int join(KernelOp op, const Primitive& primitive, const std::vector<KernelOperand>& operands) {
    GraphNode node{.primitive = primitive};
    node.input_count = std::min(static_cast<int>(operands.size()), GraphNode::max_inputs);
    for (int k = 0; k < node.input_count; ++k) node.inputs[static_cast<std::size_t>(k)] = k;
    node.output = static_cast<int>(operands.size());
    return handler_.leave(handler_.run(op, {&node, 1}, operands));
  }

  bool apply(const Instruction& i, int& slots, auto& value_of) {
    choices_.clear();
    for (int k = 0; k < i.c; ++k) {
      const int value = value_of(program_.choice_labels[static_cast<std::size_t>(i.b + k)]);
      if (value < 0) return false;
      choices_.push_back(value);
    }
    const TaggedTensor in = slots_.tensor(slots);
    TaggedTensor made = run(operators_.find(i.a, in.shape, choices_), in);
    made.tag = handler_.leave(made.tag);
    slots = slots_.push(slots_.pop(slots), made);
    return true;
  }

  TaggedTensor run(const Entry& entry, const TaggedTensor& in) {
    count_readers(entry, in);
    settle(0);
    for (const KernelPart& part : entry.parts) {
      if (part.op == KernelOp::none) {
        view(entry.nodes[static_cast<std::size_t>(part.first)]);
      } else {
        kernel(part.op,
               entry.nodes.subspan(static_cast<std::size_t>(part.first), static_cast<std::size_t>(part.count)));
      }
    }
    return locals_[static_cast<std::size_t>(entry.result)].tensor;
  }

  // Every kernel that reads a tensor, and the operator that returns it. A view's readers read what it shows.
  void count_readers(const Entry& entry, const TaggedTensor& in) {
    locals_.assign(1, Local{.tensor = in});
    for (const GraphNode& node : entry.nodes) {
      const auto outputs = static_cast<std::size_t>(node.output + node.output_count);
      while (locals_.size() < outputs) locals_.push_back({.root = static_cast<int>(locals_.size())});
      const bool is_view = kernel_op(node.primitive) == KernelOp::none && node.primitive.kind != PrimitiveKind::zero;
      if (is_view) locals_[static_cast<std::size_t>(node.output)].root = root(node.inputs[0]);
    }
    for (const KernelPart& part : entry.parts) {
      if (part.op == KernelOp::none) continue;
      for (int t :
           outside(entry.nodes.subspan(static_cast<std::size_t>(part.first), static_cast<std::size_t>(part.count)))) {
        ++locals_[static_cast<std::size_t>(root(t))].readers;
      }
    }
    ++locals_[static_cast<std::size_t>(root(entry.result))].readers;
  }
  [[nodiscard]] int root(int tensor) const { return locals_[static_cast<std::size_t>(tensor)].root; }

  // Tensors that some nodes read and did not make, each once.
  static std::vector<int> outside(std::span<const GraphNode> nodes) {
    std::vector<int> result;
    for (const GraphNode& node : nodes) {
      for (int k = 0; k < node.input_count; ++k) {
        const int t = node.inputs[static_cast<std::size_t>(k)];
        if (t < nodes.front().output && std::find(result.begin(), result.end(), t) == result.end()) result.push_back(t);
      }
    }
    return result;
  }

  void view(const GraphNode& node) {
    Local& made = locals_[static_cast<std::size_t>(node.output)];
    if (node.primitive.kind == PrimitiveKind::zero) {
      made.tensor = {node.primitive.out, zero_tag};
      return;
    }
    const TaggedTensor shown = locals_[static_cast<std::size_t>(node.inputs[0])].tensor;
    // A vector of an image has another form; one of a single pixel has not.
    made.tensor = {node.primitive.out, shown.shape == node.primitive.out ? shown.tag : handler_.barrier(shown.tag)};
  }

  void kernel(KernelOp op, std::span<const GraphNode> nodes) {
    const GraphNode& last = nodes.back();
    if (op == KernelOp::add) {
      for (std::size_t k : {0U, 1U}) {
        const Local other = locals_[static_cast<std::size_t>(last.inputs[1 - k])];
        if (locals_[static_cast<std::size_t>(last.inputs[k])].tensor.tag != zero_tag) continue;
        locals_[static_cast<std::size_t>(last.output)].tensor = other.tensor;
        return settle(last.output);
      }
    }
    std::vector<KernelOperand> operands;
    for (int t : outside(nodes)) {
      const Local& local = locals_[static_cast<std::size_t>(t)];
      operands.push_back({t, local.tensor.shape, local.tensor.tag});
    }
    const int tag = handler_.run(op, nodes, operands);
    for (int o = 0; o < last.output_count; ++o) {
      locals_[static_cast<std::size_t>(last.output + o)].tensor = {last.primitive.out, tag < 0 ? tag : tag + o};
      settle(last.output + o);
    }
  }

  // What nobody reads, or several do, is fused with no reader.
  void settle(int tensor) {
    Local& local = locals_[static_cast<std::size_t>(tensor)];
    if (local.readers == 0) handler_.drop(local.tensor.tag);
    if (local.readers > 1) local.tensor.tag = handler_.barrier(local.tensor.tag);
  }

  const ProgramView& program_;
  const OperatorKernels& operators_;
  Handler& handler_;
  TaggedSlots& slots_;
  TrellisData& out_;
  std::vector<int> choices_;
  std::vector<Local> locals_;
};

/// Semantics of a walk over kernels (space/walk.hpp).
template <class Handler>
struct KernelSemantics {
  using Slots = TaggedSlots;
  const OperatorKernels* operators = nullptr;
  Handler* handler = nullptr;

  KernelStepper<Handler> stepper(const ProgramView& program, TaggedSlots& slots, TrellisData& out) const {
    return {program, *operators, *handler, slots, out};
  }
  void end(const TaggedSlots& slots, int stack, int& list, TrellisData& out) const {
    handler->begin(out, list, 0);
    handler->finish(slots.tensor(stack).tag);
  }
};

}  // namespace hwnas
