// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Stepper: what one instruction does to the slots, and what it costs. The walk and every look ahead go through it.
#pragma once

#include "hwnas/core/list.hpp"
#include "hwnas/layer/elementwise.hpp"
#include "hwnas/layer/movement.hpp"
#include "hwnas/space/program.hpp"
#include "hwnas/space/slots.hpp"
#include "hwnas/space/trellis.hpp"

namespace hwnas {

/// Runs single instructions over shapes; what they run is added to a list of the trellis under construction.
class Stepper {
 public:
  constexpr Stepper(const ProgramView& program, SlotTree& slots, TrellisData& out)
      : program_{program}, code_{program.instructions.data()}, slots_{slots}, out_{out} {}

  /// `value_of(label)` gives the value of a deciding option, negative where it is not known: then nothing happens and the
  /// answer is false. Faults go to the trellis.
  constexpr bool step(int pc, int& slots, int& list, auto&& value_of) {
    const Instruction& instruction = code_[pc];
    switch (instruction.code) {
      case Opcode::input:
        slots = slots_.push_new(slots, program_.shapes[static_cast<std::size_t>(instruction.a)]);
        break;
      case Opcode::apply: return apply(pc, slots, list, value_of);
      case Opcode::push: slots = slots_.push_copy(slots, instruction.a, instruction.b != 0, instruction.c != 0); break;
      case Opcode::drop: slots = slots_.remove(slots, instruction.a); break;
      case Opcode::add: add(pc, slots, list); break;
      case Opcode::concat: concat(pc, slots, list); break;
      case Opcode::buffer: slots = slots_.push_new(slots, shape_after(instruction, slots)); break;
      default: break;
    }
    return true;
  }

 private:
  constexpr bool apply(int pc, int& slots, int& list, auto& value_of) {
    const Instruction& instruction = code_[pc];
    const SlotTree::Node top = slots_[slots];
    int fragment = -1;
    if (instruction.c == 0) {
      fragment = out_.operator_fragment(program_, instruction.a, top.shape, nullptr, 0);
    } else {
      List<int> choices;
      for (int i = 0; i < instruction.c; ++i) {
        const int value = value_of(program_.choice_labels.data()[instruction.b + i]);
        if (value < 0) return false;
        choices.push_back(value);
      }
      fragment = out_.operator_fragment(program_, instruction.a, top.shape, choices.data(), instruction.c);
    }
    if (fragment < 0) return true;
    list = out_.met(
        {.parent = list, .fragment = fragment, .held = top.root != top.position, .place = pc, .outside = top.below});
    const Fragment& done = out_.fragments[fragment];
    const Shape made = done.out;
    if (done.view && !top.edge) {
      slots = slots_.reshape_top(slots, made);
      return true;
    }
    if (done.view) join(pc, {.in = made, .out = made}, slots, list);  // a Cell's edge: a copy of its own
    slots = slots_.replace_top(slots, made);
    return true;
  }

  // A join reads tensors that are all in slots.
  constexpr void join(int pc, const Primitive& primitive, int slots, int& list) {
    const int fragment = out_.join_fragment(primitive);
    list = out_.met({.parent = list, .fragment = fragment, .place = pc, .outside = slots_.all_elements(slots)});
  }

  constexpr void add(int pc, int& slots, int& list) {
    const Instruction& instruction = code_[pc];
    const Shape upper = slots_.top(slots);
    const Shape lower = slots_.shape(slots, 1);
    if (upper != lower) {
      const bool residual = instruction.b == static_cast<int>(JoinKind::residual);
      out_.fault = {.code = residual ? FaultCode::residual_changes_shape : FaultCode::sum_of_different_shapes,
                    .a = lower, .b = upper, .who = instruction.type};
      return;
    }
    const bool in_place = instruction.a != 0;
    join(pc, layer::Add::make(upper, in_place), slots, list);
    slots = slots_.remove(slots, 0);
    if (!in_place) slots = slots_.replace_top(slots, upper);
  }

  constexpr void concat(int pc, int& slots, int& list) {
    const Instruction& instruction = code_[pc];
    const Shape top = slots_.top(slots);
    int channels = 0;
    for (int i = 0; i < instruction.a; ++i) {
      const Shape part = slots_.shape(slots, i);
      channels += part.c;
      if (part.h == top.h && part.w == top.w) continue;
      out_.fault = {.code = FaultCode::concat_of_different_sizes, .a = top, .b = part, .who = instruction.type};
      return;
    }
    const Primitive primitive = layer::Concat::make(slots_.shape(slots, instruction.a - 1), channels, instruction.a);
    join(pc, primitive, slots, list);
    for (int i = 1; i < instruction.a; ++i) slots = slots_.remove(slots, 0);
    slots = slots_.replace_top(slots, primitive.out);
  }

  // The shape that a stretch of the program leaves on top when every decision takes its first candidate. What it would
  // run is forgotten: only the shape is asked for.
  constexpr Shape shape_after(const Instruction& buffer, int slots) {
    const std::size_t items = out_.items.size();
    slots = slots_.push_new(slots, slots_.top(slots));  // stands for the buffer itself
    int list = -1;
    for (int pc = buffer.a; pc < buffer.b && !out_.fault;) {
      const Instruction& i = code_[pc];
      if (i.code == Opcode::begin && !program_.enters(i, 0)) {
        pc = i.end;
        continue;
      }
      step(pc, slots, list, [](int) { return 0; });
      ++pc;
    }
    out_.items.truncate(items);
    return slots_.top(slots);
  }

  const ProgramView& program_;
  const Instruction* code_;
  SlotTree& slots_;
  TrellisData& out_;
};

}  // namespace hwnas
