// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Mixture and mixed_graph: several candidates of a decision at a time, as one graph that plans run like others.
///        Mixture{.runs = {{0, 2}, {1}}}     // decision 0 runs its candidates 0 and 2, decision 1 its candidate 1
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/nn/graph.hpp"

namespace hwnas {

/// Which candidates run. What a decision leads to is traced once for each, from the same inputs; where their results
/// differ stands a sum weighted by their gates. A label that is met twice is mixed at each place with the same gates;
/// inside one of its own candidates it is that candidate.
struct Mixture {
  std::vector<std::vector<std::uint8_t>> runs{};  ///< one a decision, none empty; the first is the active candidate
  std::vector<int> first_gate{};                  ///< one a decision: its candidates' gates begin here
  bool binary = false;  ///< the active one passes unchanged, the others run without gradients, for their gates' only

  friend bool operator==(const Mixture&, const Mixture&) = default;
};

/// Traces a mixture: a GraphTracer that goes through a decision's body several times.
class MixedTracer : public GraphTracer {
 public:
  /// `values` is scratch: one a decision.
  MixedTracer(const Layout& layout, const Mixture& mixture, List<std::uint8_t>& values)
      : GraphTracer{layout, values}, mixture_{mixture}, values_{values}, fixed_(values.size(), 0) {
    for (std::size_t d = 0; d < values.size(); ++d) values[d] = mixture.runs[d].front();
  }

  NetworkGraph run() {
    trace(0, static_cast<int>(program_.instructions.size()));
    graph_.result = stack_.back();
    merge_equal();
    drop_unread();
    return std::move(graph_);
  }

 private:
  void trace(int pc, int end) {
    while (pc < end) {
      const Instruction& i = program_.instructions[index(pc)];
      if (i.code == Opcode::decide && fixed_[index(i.a)] == 0 && mixture_.runs[index(i.a)].size() > 1) {
        decide(i.a, pc + 1, i.end);
        pc = i.end;
      } else {
        pc = advance(pc);
      }
    }
  }

  void decide(int d, int begin, int end) {
    const List<int> before = stack_;
    const bool outer = detached_;
    std::vector<List<int>> after;
    fixed_[index(d)] = 1;
    for (const std::uint8_t candidate : mixture_.runs[index(d)]) {
      stack_ = before;
      values_[index(d)] = candidate;
      detached_ = outer || (mixture_.binary && !after.empty());
      trace(begin, end);
      after.push_back(stack_);
    }
    fixed_[index(d)] = 0;
    values_[index(d)] = mixture_.runs[index(d)].front();
    detached_ = outer;
    stack_ = after.front();
    for (std::size_t slot = 0; slot < stack_.size(); ++slot) stack_[slot] = joined(d, after, slot);
  }

  // The one value that all candidates leave in a slot, or the sum of theirs weighted by gates. Zeros add nothing.
  int joined(int d, const std::vector<List<int>>& after, std::size_t slot) {
    const int first = after.front()[slot];
    bool all_same = true;
    List<int> parts, gates;
    int active = -1;
    for (std::size_t k = 0; k < after.size(); ++k) {
      const int value = after[k][slot];
      all_same = all_same && value == first;
      if (is_zero(value)) continue;
      if (k == 0) active = 0;
      parts.push_back(value);
      gates.push_back(mixture_.first_gate[index(d)] + mixture_.runs[index(d)][k]);
    }
    if (all_same || parts.empty()) return first;
    const Shape shape = graph_.values[index(parts.front())];
    for (const int part : parts) require_shape(d, graph_.values[index(part)], shape);
    const int sum = emit(layer::Add::make(shape), -1, parts, 1);
    Operation& operation = graph_.operations.back();
    operation.first_gate = static_cast<int>(graph_.gates.size());
    operation.active = active;
    graph_.gates.append(gates);
    return sum;
  }
  void require_shape(int d, Shape one, Shape other) const {
    if (one == other) return;
    throw Error{Error::Code::mismatch, "hwnas: candidates that are mixed must give one shape; those of decision " +
                                           std::to_string(d) + " give several: use a strategy that samples paths"};
  }

  // Candidates that begin alike (depths of one stack, kernels behind one expansion) share what they have in common: an
  // operation that was traced before, on the same values, is that operation.
  void merge_equal() {
    List<int> now(graph_.values.size(), 0);  // for each value: the one that stands for it
    for (std::size_t v = 0; v < now.size(); ++v) now[v] = static_cast<int>(v);
    std::vector<std::vector<std::size_t>> readers(graph_.values.size());  // kept operations by their first operand
    std::size_t kept = 0;
    for (const Operation& traced : graph_.operations) {
      const auto operands = graph_.operands.data() + traced.first_operand;
      for (int k = 0; k < traced.operand_count; ++k) operands[k] = now[index(operands[k])];
      auto& known = readers[index(operands[0])];
      if (const auto found = find_equal(traced, known); found < kept) {
        Operation& first = graph_.operations[found];
        first.detached = first.detached && traced.detached;
        for (int o = 0; o < traced.output_count; ++o) now[index(traced.output + o)] = first.output + o;
        continue;
      }
      known.push_back(kept);
      graph_.operations[kept++] = traced;
    }
    graph_.operations.truncate(kept);
    graph_.result = now[index(graph_.result)];
  }
  [[nodiscard]] std::size_t find_equal(const Operation& a, const std::vector<std::size_t>& among) const {
    for (const std::size_t at : among) {
      const Operation& b = graph_.operations[at];
      const bool alike = a.slot == b.slot && a.operand_count == b.operand_count && a.primitive == b.primitive;
      if (alike && same_lists(a, b)) return at;
    }
    return graph_.operations.size();
  }
  [[nodiscard]] bool same_lists(const Operation& a, const Operation& b) const {
    if ((a.first_gate < 0) != (b.first_gate < 0)) return false;
    for (int k = 0; k < a.operand_count; ++k) {
      if (graph_.operands[index(a.first_operand + k)] != graph_.operands[index(b.first_operand + k)]) return false;
      if (a.first_gate < 0) continue;
      if (graph_.gates[index(a.first_gate + k)] != graph_.gates[index(b.first_gate + k)]) return false;
    }
    return true;
  }

  const Mixture& mixture_;
  List<std::uint8_t>& values_;
  List<char> fixed_;
};

/// The operations of a mixture.
///   Errors   throws mismatch where candidates that are mixed give several shapes
[[nodiscard]] inline NetworkGraph mixed_graph(const Layout& layout, const Mixture& mixture) {
  List<std::uint8_t> values(mixture.runs.size(), 0);
  return MixedTracer{layout, mixture, values}.run();
}

}  // namespace hwnas
