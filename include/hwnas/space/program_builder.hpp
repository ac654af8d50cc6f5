// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  ProgramBuilder: the growing lists behind a Program, filled once for each space type at compile time.
#pragma once

#include <string_view>

#include "hwnas/core/fault.hpp"
#include "hwnas/core/list.hpp"
#include "hwnas/op/operator.hpp"
#include "hwnas/space/program.hpp"

namespace hwnas {

/// Lists under construction. Walking the type appends; a second meeting of a label finds the first.
class ProgramBuilder {
 public:
  List<Instruction> instructions;
  List<Scope> scopes{Scope{}};
  List<DecisionRecord> decisions;
  List<OperatorEntry> operators;
  List<int> choice_labels;
  List<int> numbers;
  List<std::string_view> names;
  List<Shape> shapes;
  List<char> label_text;
  List<std::uint8_t> masks;
  List<int> segment_lengths;
  Fault fault;

  constexpr ProgramBuilder() = default;

  [[nodiscard]] constexpr ProgramView view() const {
    return {instructions, scopes, decisions,  operators, choice_labels,  numbers,
            names,        shapes, label_text, masks,     segment_lengths};
  }

  constexpr int here() const { return static_cast<int>(instructions.size()); }

  constexpr int emit(Instruction instruction) {
    instruction.scope = scope_;
    instructions.push_back(instruction);
    return here() - 1;
  }
  constexpr void close(int instruction) { instructions[static_cast<std::size_t>(instruction)].end = here(); }

  /// Runs `body` with a scope below the current one.
  constexpr void within(Scope scope, auto&& body) {
    const int outer = scope_;
    scope.parent = outer;
    scopes.push_back(scope);
    scope_ = static_cast<int>(scopes.size()) - 1;
    body();
    scope_ = outer;
  }
  constexpr void within_index(int index, auto&& body) {
    within({.kind = Scope::Kind::index, .number = index}, body);
  }
  constexpr void within_text(std::string_view text, int number, auto&& body) {
    within({.kind = Scope::Kind::text, .number = number, .text = text}, body);
  }

  /// Emits `decide` for a decision of the current scope and the body that depends on it.
  ///   must_agree  its candidates must give one shape
  ///   partitioned the body is one only_for() a value
  struct Body {
    bool must_agree = false;
    bool partitioned = false;
  };
  constexpr void decide(DecisionRecord record, std::string_view suffix, TypeId type, Body form, auto&& body) {
    const int decision = find_or_add(record, suffix, type);
    const int at = emit({.code = Opcode::decide, .a = decision, .b = form.must_agree ? 1 : 0,
                         .c = form.partitioned ? 1 : 0, .type = type});
    body(decision);
    close(at);
  }
  /// Emits the part of a decision's body for its values lo..hi.
  constexpr void only_for(int decision, int lo, int hi, TypeId type, auto&& body) {
    const int at = emit({.code = Opcode::begin, .a = decision, .b = lo, .c = hi, .type = type});
    body();
    close(at);
  }

  /// Emits what `body` does, inside a scope that names its decisions; the same type again copies what it emitted before,
  /// since the labels below a name do not depend on where it stands.
  ///   variant  tells apart what one type emits differently
  constexpr void named(Scope scope, TypeId type, int variant, auto&& body) {
    for (std::size_t s = 0; s < segments_.size(); ++s) {
      if (segments_[s].type == type && segments_[s].variant == variant) {
        return repeat(segments_[s], static_cast<int>(s) + 1);
      }
    }
    Segment segment{type, variant, here(), 0, static_cast<int>(scopes.size()), 0};
    within(scope, body);
    segment.end = here();
    segment.scopes_end = static_cast<int>(scopes.size());
    segments_.push_back(segment);
    segment_lengths.push_back(segment.end - segment.begin);
    mark(segment.begin, static_cast<int>(segments_.size()));
  }

  template <class Op>
  constexpr int operator_index() {
    // Candidates come in the same order again and again: the one after the last is the likeliest.
    for (std::size_t i = 0; i < operators.size(); ++i) {
      last_operator_ = last_operator_ + 1 < operators.size() ? last_operator_ + 1 : 0;
      if (operators[last_operator_].type == &type_tag<Op>) return static_cast<int>(last_operator_);
    }
    operators.push_back({&type_tag<Op>, &build_operator<Op>, candidate_name<Op>()});
    last_operator_ = operators.size() - 1;
    return static_cast<int>(last_operator_);
  }

  /// Stores numbers and returns where they begin.
  constexpr int store(std::span<const int> values) {
    const int begin = static_cast<int>(numbers.size());
    numbers.append(values);
    return begin;
  }

 private:
  // What a named type emitted.
  struct Segment {
    TypeId type = nullptr;
    int variant = 0;
    int begin = 0;
    int end = 0;
    int scopes_begin = 0;
    int scopes_end = 0;
  };
  constexpr void mark(int instruction, int segment) {
    if (instruction < here()) instructions[static_cast<std::size_t>(instruction)].segment = segment;
  }
  constexpr void repeat(const Segment segment, int number) {
    const int begin = here();
    const int moved = begin - segment.begin;
    const int scopes_moved = static_cast<int>(scopes.size()) - segment.scopes_begin;
    for (int s = segment.scopes_begin; s < segment.scopes_end; ++s) {
      Scope scope = scopes[static_cast<std::size_t>(s)];
      scope.parent = s == segment.scopes_begin ? scope_ : scope.parent + scopes_moved;
      scopes.push_back(scope);
    }
    for (int i = segment.begin; i < segment.end; ++i) {
      Instruction instruction = instructions[static_cast<std::size_t>(i)];
      instruction.scope += scopes_moved;
      if (instruction.code == Opcode::decide || instruction.code == Opcode::begin) instruction.end += moved;
      if (instruction.code == Opcode::buffer) {
        instruction.a += moved;
        instruction.b += moved;
      }
      instructions.push_back(instruction);
    }
    mark(begin, number);
  }

  constexpr int find_or_add(DecisionRecord record, std::string_view suffix, TypeId type) {
    record.label_begin = static_cast<int>(label_text.size());
    write_label(suffix);
    record.label_size = static_cast<int>(label_text.size()) - record.label_begin;
    record.label_hash = hash(record);
    record.scope = scope_;
    record.node = type;
    record.first_decide = here();
    // Equal cells meet their labels in the same order: the one after the last is the likeliest.
    for (std::size_t i = 0; i < decisions.size(); ++i) {
      last_decision_ = last_decision_ + 1 < decisions.size() ? last_decision_ + 1 : 0;
      const DecisionRecord& known = decisions[last_decision_];
      if (known.label_hash != record.label_hash || !same_label(known, record)) continue;
      label_text.truncate(static_cast<std::size_t>(record.label_begin));
      if (!fault && known.list != record.list) {
        fault = {.code = FaultCode::label_has_two_lists, .who = known.node, .other = type,
                 .label = static_cast<int>(last_decision_)};
      }
      return static_cast<int>(last_decision_);
    }
    decisions.push_back(record);
    last_decision_ = decisions.size() - 1;
    return static_cast<int>(last_decision_);
  }

  // Labels are compared with every other: their hashes first (FNV-1a, 32 bits).
  [[nodiscard]] constexpr std::uint32_t hash(const DecisionRecord& record) const {
    std::uint32_t value = 0x811c9dc5U;
    for (int i = 0; i < record.label_size; ++i) {
      const char c = label_text[static_cast<std::size_t>(record.label_begin + i)];
      value = (value ^ static_cast<std::uint8_t>(c)) * 0x01000193U;
    }
    return value;
  }
  [[nodiscard]] constexpr bool same_label(const DecisionRecord& a, const DecisionRecord& b) const {
    if (a.label_size != b.label_size) return false;
    for (int i = 0; i < a.label_size; ++i) {
      if (label_text[static_cast<std::size_t>(a.label_begin + i)] !=
          label_text[static_cast<std::size_t>(b.label_begin + i)]) {
        return false;
      }
    }
    return true;
  }

  constexpr void write_label(std::string_view suffix) {
    List<int> chain;
    int at = scope_;
    while (scopes[static_cast<std::size_t>(at)].kind != Scope::Kind::root &&
           scopes[static_cast<std::size_t>(at)].kind != Scope::Kind::named) {
      chain.push_back(at);
      at = scopes[static_cast<std::size_t>(at)].parent;
    }
    const Scope& top = scopes[static_cast<std::size_t>(at)];
    const bool named = top.kind == Scope::Kind::named;
    if (named) write(top.text);
    if (named && top.exact && (top.composite || chain.empty())) return;
    const std::size_t begin = label_text.size();
    for (std::size_t i = chain.size(); i-- > 0;) {
      if (named || label_text.size() > begin) label_text.push_back('/');
      write_part(scopes[static_cast<std::size_t>(chain[i])]);
    }
    if (suffix.empty() && (named || !chain.empty())) return;
    if (named || label_text.size() > begin) label_text.push_back('/');
    write(suffix.empty() ? std::string_view{"choice"} : suffix);
  }
  constexpr void write_part(const Scope& scope) {
    if (scope.kind == Scope::Kind::text) write(scope.text);
    if (scope.kind == Scope::Kind::text && scope.number < 0) return;
    write_number(scope.number);
  }
  constexpr void write_number(int number) {
    if (number >= 10) write_number(number / 10);
    label_text.push_back(static_cast<char>('0' + number % 10));
  }
  constexpr void write(std::string_view text) { label_text.append(text); }

  int scope_ = 0;
  List<Segment> segments_;
  std::size_t last_operator_ = 0;
  std::size_t last_decision_ = 0;
};

}  // namespace hwnas
