// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Runs a program for one architecture over shapes and says which operator stands where: which fragments of a
///        trellis, at which instructions.
#pragma once

#include <cstdint>
#include <span>

#include "hwnas/core/list.hpp"
#include "hwnas/space/find_fragment.hpp"
#include "hwnas/space/program.hpp"
#include "hwnas/space/trellis_view.hpp"

namespace hwnas {

/// The stack machine with shapes in its slots.
class ShapeTracer {
 public:
  ShapeTracer(const ProgramView& program, const TrellisLists& lists, std::span<const std::uint8_t> values)
      : program_{program}, lists_{lists}, values_{values} {}

  /// Calls met(instruction, fragment) for each operator in execution order.
  template <class Met>
  void run(Met&& met) {
    const int size = static_cast<int>(program_.instructions.size());
    for (int pc = 0; pc < size;) {
      const Instruction& i = program_.instructions[index(pc)];
      const bool skipped = i.code == Opcode::begin && !program_.enters(i, values_[index(i.a)]);
      if (i.code == Opcode::apply) {
        const Fragment& fragment = find_fragment(program_, lists_, values_, i, stack_.back());
        met(pc, fragment);
        stack_.back() = fragment.out;
      } else if (!skipped) {
        move(i);
      }
      pc = skipped ? i.end : pc + 1;
    }
  }

 private:
  static constexpr std::size_t index(int i) { return static_cast<std::size_t>(i); }
  [[nodiscard]] std::size_t slot(int depth) const { return stack_.size() - 1 - index(depth); }

  void move(const Instruction& i) {
    switch (i.code) {
      case Opcode::input: stack_.push_back(program_.shapes[index(i.a)]); break;
      case Opcode::push: push(i.a, i.b != 0); break;
      case Opcode::drop: stack_.remove_at(slot(i.a)); break;
      case Opcode::add: add(); break;
      case Opcode::concat: concat(i.a); break;
      case Opcode::buffer: stack_.push_back(Shape{}); break;
      case Opcode::apply:
      case Opcode::decide:
      case Opcode::begin: break;
    }
  }
  void push(int depth, bool move) {
    const Shape shape = stack_[slot(depth)];
    if (move) stack_.remove_at(slot(depth));
    stack_.push_back(shape);
  }
  // The lower slot may be a buffer, whose shape is that of what is added.
  void add() {
    const Shape sum = stack_.back();
    stack_.pop_back();
    stack_.back() = sum;
  }
  void concat(int count) {
    Shape whole = stack_.back();
    for (int depth = 1; depth < count; ++depth) whole.c += stack_[slot(depth)].c;
    stack_.truncate(stack_.size() - index(count - 1));
    stack_.back() = whole;
  }

  const ProgramView& program_;
  const TrellisLists& lists_;
  std::span<const std::uint8_t> values_;
  List<Shape> stack_;
};

}  // namespace hwnas
