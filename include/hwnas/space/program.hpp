// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Program: a space type as values. One linear list of instructions for a small stack machine whose slots hold
///        tensors; every algorithm (shapes, trellis, modules, files) runs it, none reads the type again.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "hwnas/core/shape.hpp"
#include "hwnas/layer/net.hpp"
#include "hwnas/meta/type_tag.hpp"

namespace hwnas {

/// What the stack machine does. "Top" is the slot pushed last.
enum class Opcode : std::uint8_t {
  input,   // push the image; a = index of the shape
  apply,   // top = operator(top); a = operator, b, c = its deciding labels in choice_labels [b, b + c)
  push,    // push slot `a` below the top once more; b = 1: move it; c = 1: it starts a Cell's edge
  drop,    // remove slot `a` below the top
  add,     // replace the two top slots by their sum; a = 1: into the lower one's memory; b = what meets (JoinKind)
  concat,  // replace the a top slots by their concatenation
  buffer,  // push zeros of the shape that instructions [a, b) would leave on top, their first candidates taken
  decide,  // a = decision; the body up to `end` is what depends on it; b = 1: candidates must agree;
           // c = 1: the body is one part a value
  begin,   // body up to `end` only for values b..c of decision a; c < 0: for those of the mask at b
};

/// What an add joins: which sentence a difference in shapes deserves.
enum class JoinKind : std::uint8_t { residual, cell };

struct Instruction {
  Opcode code = Opcode::apply;
  int a = 0;
  int b = 0;
  int c = 0;
  int end = 0;    // one past the body of decide and begin
  int scope = 0;  // where in the type: index into scopes
  int segment = 0;  // a named part begins here: its number from 1; equal parts have equal numbers
  TypeId type = nullptr;
};

/// Where something stands in the type; the chain of parents is its path.
struct Scope {
  enum class Kind : std::uint8_t { root, index, text, named } kind = Kind::root;
  int parent = -1;
  int number = 0;          // index; text with a number: node1
  std::string_view text{};   // text, named
  bool exact = false;      // named: the one decision below is called just that
  bool composite = false;  // named: that decision may stand anywhere below
};

enum class DecisionKind : std::uint8_t { layer, input, value, depth, resolution };

/// One decision of the space, after equal labels became one.
struct DecisionRecord {
  int label_begin = 0;  // in label_text
  int label_size = 0;
  std::uint32_t label_hash = 0;
  DecisionKind kind = DecisionKind::layer;
  int count = 0;
  int values = 0;             // first of `count` numbers in `numbers` (all kinds but layer)
  int names = 0;              // layer: first of `count` names in `names`
  TypeId list = nullptr;      // identity of the candidate list
  TypeId node = nullptr;      // what decides, for messages
  int first_decide = 0;       // instruction of the first meeting
  int scope = 0;
};

/// An operator type of the space as a function.
struct OperatorEntry {
  TypeId type = nullptr;
  Net (*build)(Shape in, std::span<const int> choices) = nullptr;
  std::string_view name;
};

/// A compiled space: views of the constant arrays of one type.
struct ProgramView {
  std::span<const Instruction> instructions;
  std::span<const Scope> scopes;
  std::span<const DecisionRecord> decisions;
  std::span<const OperatorEntry> operators;
  std::span<const int> choice_labels;
  std::span<const int> numbers;
  std::span<const std::string_view> names;
  std::span<const Shape> shapes;
  std::span<const char> label_text;
  std::span<const std::uint8_t> masks;
  std::span<const int> segment_lengths;  // instructions of each named part

  [[nodiscard]] constexpr std::string_view label(int decision) const {
    const auto& record = decisions[static_cast<std::size_t>(decision)];
    return {label_text.data() + record.label_begin, static_cast<std::size_t>(record.label_size)};
  }
  [[nodiscard]] constexpr bool has_input() const { return !shapes.empty(); }
  /// Whether the body of a `begin` is for this value of its decision.
  [[nodiscard]] constexpr bool enters(const Instruction& begin, int value) const {
    if (begin.c < 0) return masks[static_cast<std::size_t>(begin.b + value)] != 0;
    return begin.b <= value && value <= begin.c;
  }
};

}  // namespace hwnas
