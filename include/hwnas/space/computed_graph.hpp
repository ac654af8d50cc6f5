// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  computed_network: what an architecture computes, as a number. Different choices may come to one network: edges that
///        nothing reads, zeros that are added, the same graph with its nodes in another order.
///        if (computed_network(a) == computed_network(b)) ...        // b would train to the same accuracies
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "hwnas/space/architecture.hpp"
#include "hwnas/space/compiled.hpp"
#include "hwnas/space/find_fragment.hpp"
#include "hwnas/space/run_time_program.hpp"

namespace hwnas {

/// The graph of one architecture. A value is a sum of outputs of operations: sums are flat, whoever adds. Operations with
/// weights are each their own; those without are the same where they are the same of the same.
class ComputedGraph {
 public:
  ComputedGraph(const ProgramView& program, const TrellisLists& lists, std::span<const std::uint8_t> values)
      : program_{program}, lists_{lists}, choices_{values} {
    const int size = static_cast<int>(program.instructions.size());
    for (int pc = 0; pc < size;) {
      const Instruction& i = program.instructions[index(pc)];
      if (i.code == Opcode::begin && !program.enters(i, values[index(i.a)])) {
        pc = i.end;
        continue;
      }
      step(i);
      ++pc;
    }
  }

  /// Equal for equal graphs; different ones are told apart by refining what is known of an operation by its operands and
  /// readers (Weisfeiler and Leman 1968) until that has crossed the graph `sweeps` times both ways, in 64 bits.
  [[nodiscard]] std::uint64_t key() const {
    std::vector<char> live(operations_.size(), 0);
    for (const int o : stack_.back().terms) live[index(o)] = 1;
    for (std::size_t o = operations_.size(); o-- > 0;) {
      if (live[o] == 0) continue;
      for (const Terms& operand : operations_[o].operands) {
        for (const int from : operand) live[index(from)] = 1;
      }
    }
    std::vector<std::uint64_t> colours(operations_.size());
    for (std::size_t o = 0; o < colours.size(); ++o) colours[o] = operations_[o].kind;
    for (int i = 0; i < sweeps; ++i) {
      look_up(colours);
      look_down(colours, live);
    }
    std::vector<std::uint64_t> all;
    for (std::size_t o = 0; o < colours.size(); ++o) {
      if (live[o] != 0) all.push_back(colours[o]);
    }
    return mixed(hash_of(all), hash_of(colours_of(stack_.back().terms, colours)));
  }

 private:
  static constexpr int sweeps = 3;
  using Terms = std::vector<int>;  // operations whose outputs are added; none: zeros
  struct Value {
    Terms terms{};
    Shape shape{};
  };
  struct Operation {
    std::uint64_t kind = 0;
    std::vector<Terms> operands{};
  };
  static constexpr std::size_t index(int i) { return static_cast<std::size_t>(i); }
  [[nodiscard]] std::size_t slot(int depth) const { return stack_.size() - 1 - index(depth); }

  // splitmix64's output function over both.
  static std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
    std::uint64_t z = a * 0x9e3779b97f4a7c15ULL + b + 0x632be59bd9b4e019ULL;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }
  // In no order.
  static std::uint64_t hash_of(std::vector<std::uint64_t> several) {
    std::sort(several.begin(), several.end());
    std::uint64_t hash = several.size();
    for (const std::uint64_t x : several) hash = mixed(hash, x);
    return hash;
  }
  static std::vector<std::uint64_t> colours_of(const Terms& terms, const std::vector<std::uint64_t>& colours) {
    std::vector<std::uint64_t> result;
    for (const int o : terms) result.push_back(colours[index(o)]);
    return result;
  }
  void look_up(std::vector<std::uint64_t>& colours) const {
    for (std::size_t o = 0; o < operations_.size(); ++o) {
      for (const Terms& operand : operations_[o].operands) {
        colours[o] = mixed(colours[o], hash_of(colours_of(operand, colours)));
      }
    }
  }
  void look_down(std::vector<std::uint64_t>& colours, const std::vector<char>& live) const {
    std::vector<std::vector<std::uint64_t>> readers(operations_.size());
    for (const int o : stack_.back().terms) readers[index(o)].push_back(1);  // the result
    for (std::size_t o = operations_.size(); o-- > 0;) {
      if (live[o] == 0) continue;
      colours[o] = mixed(colours[o], hash_of(std::move(readers[o])));
      std::uint64_t place = 2;
      for (const Terms& operand : operations_[o].operands) {
        for (const int from : operand) readers[index(from)].push_back(mixed(colours[o], place));
        ++place;
      }
    }
  }

  void step(const Instruction& i) {
    switch (i.code) {
      case Opcode::input: stack_.push_back({{operation(mixed(7, 7), {})}, program_.shapes[index(i.a)]}); break;
      case Opcode::apply: apply(i); break;
      case Opcode::push: push(i.a, i.b != 0); break;
      case Opcode::drop: stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(slot(i.a))); break;
      case Opcode::add: add(); break;
      case Opcode::concat: concat(i.a); break;
      case Opcode::buffer: stack_.push_back({}); break;
      case Opcode::decide:
      case Opcode::begin: break;
    }
  }
  void push(int depth, bool move) {
    Value value = stack_[slot(depth)];
    if (move) stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(slot(depth)));
    stack_.push_back(std::move(value));
  }
  void add() {
    const Value upper = std::move(stack_.back());
    stack_.pop_back();
    stack_.back() = {sum(stack_.back().terms, upper.terms), upper.shape};
  }
  static Terms sum(Terms terms, const Terms& more) {
    terms.insert(terms.end(), more.begin(), more.end());
    std::sort(terms.begin(), terms.end());
    return terms;
  }
  void concat(int count) {
    std::vector<Terms> parts;
    Value whole{{}, stack_[slot(count - 1)].shape};
    whole.shape.c = 0;
    for (int depth = count; depth-- > 0;) {
      whole.shape.c += stack_[slot(depth)].shape.c;
      parts.push_back(stack_[slot(depth)].terms);
    }
    stack_.resize(stack_.size() - index(count));
    if (!all_zero(parts)) {
      whole.terms = {operation(kind_of({.kind = PrimitiveKind::concat, .out = whole.shape}, 0), std::move(parts))};
    }
    stack_.push_back(std::move(whole));
  }
  void apply(const Instruction& i) {
    const Fragment& fragment = find_fragment(program_, lists_, choices_, i, stack_.back().shape);
    std::vector<Terms> tensors{stack_.back().terms};
    for (const GraphNode& node : lists_.nodes_of(fragment)) {
      std::vector<Terms> operands;
      for (int k = 0; k < node.input_count; ++k) operands.push_back(tensors[index(node.inputs[index(k)])]);
      tensors.resize(std::max(tensors.size(), index(node.output + node.output_count)));
      for (int o = 0; o < node.output_count; ++o) {
        tensors[index(node.output + o)] = output_of(node.primitive, operands, o);
      }
    }
    stack_.back() = {tensors[index(fragment.result)], fragment.out};
  }
  Terms output_of(const Primitive& primitive, const std::vector<Terms>& operands, int output) {
    switch (primitive.kind) {
      case PrimitiveKind::identity: return operands.front();
      case PrimitiveKind::zero: return {};
      case PrimitiveKind::add: return sum(operands[0], operands[1]);
      default: break;
    }
    if (all_zero(operands) && keeps_zero(primitive)) return {};
    const std::uint64_t kind = kind_of(primitive, output);
    if (has_weights(primitive)) return {operation(kind, operands)};
    for (std::size_t o = 0; o < operations_.size(); ++o) {
      if (operations_[o].kind == kind && operations_[o].operands == operands) return {static_cast<int>(o)};
    }
    return {operation(kind, operands)};
  }
  int operation(std::uint64_t kind, std::vector<Terms> operands) {
    operations_.push_back({kind, std::move(operands)});
    return static_cast<int>(operations_.size()) - 1;
  }

  static bool all_zero(const std::vector<Terms>& operands) {
    return std::all_of(operands.begin(), operands.end(), [](const Terms& terms) { return terms.empty(); });
  }
  static bool has_weights(const Primitive& p) {
    return p.kind == PrimitiveKind::convolution || p.kind == PrimitiveKind::linear || p.kind == PrimitiveKind::leaf ||
           (p.kind == PrimitiveKind::normalisation && p.affine);
  }
  // Zeros go in and come out. Not of a normalisation, which adds its shift.
  static bool keeps_zero(const Primitive& p) {
    switch (p.kind) {
      case PrimitiveKind::convolution:
      case PrimitiveKind::linear: return !p.bias;
      case PrimitiveKind::activation:
        return p.activation != Activation::sigmoid && p.activation != Activation::hsigmoid;
      case PrimitiveKind::pooling:
      case PrimitiveKind::global_pooling:
      case PrimitiveKind::split:
      case PrimitiveKind::shuffle:
      case PrimitiveKind::scale:
      case PrimitiveKind::flatten:
      case PrimitiveKind::matrix_product: return true;
      default: return false;
    }
  }
  static std::uint64_t kind_of(const Primitive& p, int output) {
    std::uint64_t hash = mixed(static_cast<std::uint64_t>(p.kind), static_cast<std::uint64_t>(output));
    const std::array numbers{static_cast<int>(p.activation), static_cast<int>(p.pooling), int{p.bias},
                             int{p.count_include_pad}, int{p.affine}, p.in.c, p.in.h, p.in.w, p.out.c, p.out.h, p.out.w,
                             p.kernel, p.stride, p.padding, p.dilation, p.offset, p.groups};
    for (const int n : numbers) hash = mixed(hash, static_cast<std::uint64_t>(static_cast<std::int64_t>(n)));
    return mixed(hash, reinterpret_cast<std::uintptr_t>(p.leaf));
  }

  ProgramView program_;
  TrellisLists lists_;
  std::span<const std::uint8_t> choices_;
  std::vector<Value> stack_;
  std::vector<Operation> operations_;  // operands come before
};

/// A number for what an architecture computes, the same within one process for the same network. Architectures that only
/// differ in what cannot matter (dead edges, added zeros, order of nodes) have equal ones.
///   Complexity  operations^2 where many have no weights; some 0.1 ms for NAS-Bench-201
template <class Space>
[[nodiscard]] std::uint64_t computed_network(const Architecture<Space>& a) {
  return ComputedGraph{RunTimeProgram<Space>::view(), Compiled<Space>::lists(), a.values()}.key();
}

}  // namespace hwnas
