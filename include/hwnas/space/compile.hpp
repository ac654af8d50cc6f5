// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  program<Space>: the constant arrays of a space type, and a view of them.
#pragma once

#include <array>
#include <span>

#include "hwnas/core/list.hpp"
#include "hwnas/space/emit.hpp"
#include "hwnas/space/emit_cell.hpp"
#include "hwnas/space/program.hpp"

namespace hwnas {
namespace detail {

template <class Space>
constexpr ProgramBuilder build_program() {
  ProgramBuilder out;
  Emit<Space>::run(out);
  return out;
}

struct ProgramSizes {
  std::size_t instructions, scopes, decisions, operators, choice_labels, numbers, names, shapes, label_text, masks,
      segment_lengths;
};

template <class Space>
constexpr ProgramSizes program_sizes() {
  const ProgramBuilder b = build_program<Space>();
  return {b.instructions.size(), b.scopes.size(),  b.decisions.size(), b.operators.size(),  b.choice_labels.size(),
          b.numbers.size(),      b.names.size(),   b.shapes.size(),    b.label_text.size(), b.masks.size(),
          b.segment_lengths.size()};
}

/// A list's elements as an array of a size known before.
template <std::size_t Size, class T>
constexpr std::array<T, Size> frozen(const List<T>& from) {
  std::array<T, Size> array{};
  T* const to = array.data();
  const T* const source = from.data();
  for (std::size_t i = 0; i < Size; ++i) to[i] = source[i];
  return array;
}

template <ProgramSizes N>
struct ProgramArrays {
  std::array<Instruction, N.instructions> instructions;
  std::array<Scope, N.scopes> scopes;
  std::array<DecisionRecord, N.decisions> decisions;
  std::array<OperatorEntry, N.operators> operators;
  std::array<int, N.choice_labels> choice_labels;
  std::array<int, N.numbers> numbers;
  std::array<std::string_view, N.names> names;
  std::array<Shape, N.shapes> shapes;
  std::array<char, N.label_text> label_text;
  std::array<std::uint8_t, N.masks> masks;
  std::array<int, N.segment_lengths> segment_lengths;
  Fault fault;

  constexpr explicit ProgramArrays(const ProgramBuilder& b)
      : instructions{frozen<N.instructions>(b.instructions)},
        scopes{frozen<N.scopes>(b.scopes)},
        decisions{frozen<N.decisions>(b.decisions)},
        operators{frozen<N.operators>(b.operators)},
        choice_labels{frozen<N.choice_labels>(b.choice_labels)},
        numbers{frozen<N.numbers>(b.numbers)},
        names{frozen<N.names>(b.names)},
        shapes{frozen<N.shapes>(b.shapes)},
        label_text{frozen<N.label_text>(b.label_text)},
        masks{frozen<N.masks>(b.masks)},
        segment_lengths{frozen<N.segment_lengths>(b.segment_lengths)},
        fault{b.fault} {}

  [[nodiscard]] constexpr ProgramView view() const {
    return {instructions, scopes, decisions,  operators, choice_labels,  numbers,
            names,        shapes, label_text, masks,     segment_lengths};
  }
};

template <class Space>
inline constexpr ProgramArrays<program_sizes<Space>()> program_arrays{build_program<Space>()};

}  // namespace detail

/// The compiled form of a space type.
template <class Space>
inline constexpr ProgramView program = detail::program_arrays<Space>.view();

}  // namespace hwnas
