// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The walk: runs a Program over shapes with a list of dangling edges and builds the trellis. The only place where
///        what can follow what is worked out; it runs at compile time and at run time alike.
///        Groups of dangling edges with equal slots and equal remembered labels are one; a decision turns each group
///        into a state with an edge for every candidate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "hwnas/space/stepper.hpp"
#include "hwnas/space/walk_state.hpp"

namespace hwnas {

/// Slots hold shapes; what runs are operators.
struct OperatorSemantics {
  using Slots = SlotTree;
  static constexpr Stepper stepper(const ProgramView& program, SlotTree& slots, TrellisData& out) {
    return {program, slots, out};
  }
  static constexpr void end(SlotTree&, int, int&, TrellisData&) {}
};

/// Builds a TrellisData from a program.
template <class Semantics>
class BasicWalk : WalkState<Semantics> {
  using State = WalkState<Semantics>;

 public:
  constexpr explicit BasicWalk(const ProgramView& program, WalkOptions options = {}, Semantics semantics = {})
      : BasicWalk{program, options, MeetingsReader{program}.meetings(), semantics} {}
  /// With the program's meetings read before.
  constexpr BasicWalk(const ProgramView& program, WalkOptions options, std::span<const Meeting> meetings,
                      Semantics semantics = {})
      : State{semantics, program, options, meetings} {}

  /// The trellis of all architectures.
  constexpr TrellisData all() {
    do {
      reset();
      GroupList groups = entry();
      run(0, size(), groups);
      if (!retry_) finish(groups);
    } while (retry_);
    return std::move(out_);
  }

  /// The single path of one architecture: edge 0 lists everything it meets. `values` has one entry a decision.
  constexpr TrellisData path(std::span<const std::uint8_t> values) {
    reset();
    fixed_ = values;
    GroupList groups = entry();
    run(0, size(), groups);
    finish(groups);
    return std::move(out_);
  }

 private:
  using typename State::Hoist;
  using typename State::Repeat;
  using State::program_;
  using State::code_;
  using State::has_input_;
  using State::meetings_;
  using State::options_;
  using State::fixed_;
  using State::out_;
  using State::semantics_;
  using State::slots_;
  using State::known_;
  using State::pool_;
  using State::first_hoisted_;
  using State::hoisted_;
  using State::hoists_;
  using State::repeats_;
  using State::split_;
  using State::retry_;
  using State::depth_;
  using State::remembering_;
  using State::size;
  using State::stopped;
  using State::count_of;
  using State::value_of;
  using State::reset;
  using State::entry;
  using State::add_edges;
  using State::forget;
  using State::merge;
  using State::flush;
  using State::hoist;
  using State::hand_out;
  using State::find_repeat;
  using State::replay;
  using State::unhoist;
  using State::overflow;

  // `inside`: the part that begins at `begin` is being run, not looked up.
  constexpr void run(int begin, int end, GroupList& groups, bool inside = false) {
    for (int pc = begin; pc < end && !stopped();) {
      const Instruction& instruction = code_[pc];
      const bool part = instruction.segment != 0 && !(inside && pc == begin);
      if (part && !split_ && !options_.every_place && groups.first == groups.last && fixed_.empty()) {
        pc = run_segment(pc, groups);
      } else if (instruction.code == Opcode::decide) {
        run_decision(pc, groups);
        pc = instruction.end;
      } else if (instruction.code == Opcode::begin) {
        run_part(pc, groups);
        pc = instruction.end;
      } else {
        if (has_input_) step(pc, groups);
        ++pc;
      }
    }
  }

  constexpr void step(int pc, const GroupList& groups) {
    auto stepper = semantics_.stepper(program_, slots_, out_);
    Group* const all = pool_.data();
    for (int g = groups.first; g >= 0 && !stopped(); g = all[g].next) {
      Group& group = all[g];
      if (!stepper.step(pc, group.slots, group.pending, [&](int label) { return value_of(group, label); })) {
        unhoist(group.chain);
      }
    }
  }

  // --- decisions ---------------------------------------------------------------------------------------------------
  constexpr void run_decision(int pc, GroupList& groups) {
    const int label = code_[pc].a;
    GroupList open;
    GroupList inside;
    const Group* const all = pool_.data();
    for (int g = groups.first; g >= 0;) {
      const int next = all[g].next;
      pool_.append(value_of(all[g], label) < 0 ? open : inside, g);
      g = next;
    }
    groups = {};
    if (!open.empty() && meetings_.hoists(label) && !meetings_.is_first(label, pc)) {
      collect(pc, open);
      groups = open;
    } else if (!open.empty()) {
      branch(label, open, inside);
    }
    if (stopped() || inside.empty()) return;
    ++depth_;
    run_body(pc, inside);
    --depth_;
    pool_.splice(groups, inside);
    forget(label, code_[pc].end, groups);
  }

  // Turns groups that do not know the label into states, one edge for each candidate.
  constexpr void branch(int label, GroupList& open, GroupList& inside) {
    for (int g = open.first; g >= 0; g = pool_[g].next) {
      if (pool_[g].collects()) return unhoist(pool_[g].chain);
    }
    merge(open);
    const int count = count_of(label);
    for (int g = open.first; g >= 0; g = pool_[g].next) {
      flush(pool_[g]);
      const Group group = pool_[g];
      const int state = static_cast<int>(out_.states.size());
      remembering_ += known_.size(group.known) > depth_ ? count : 0;
      if (state >= options_.state_limit || remembering_ > options_.remembering_limit) return overflow(group, label);
      const int first = static_cast<int>(out_.edges.size());
      out_.states.push_back({label, first, count});
      add_edges(count);
      for (int e = group.first_edge; e >= 0; e = pool_.next_edge[e]) {
        out_.edges[e].target = state;
      }
      const bool all = state > 0 || options_.only < 0;
      for (int v = all ? 0 : options_.only; v < (all ? count : options_.only + 1); ++v) {
        pool_.append_new(inside, {.slots = group.slots, .known = known_.with(group.known, label, v),
                                  .first_edge = first + v, .last_edge = first + v});
      }
    }
  }

  // A later meeting of a label whose first meeting decides alone: costs go to the edges of the first.
  constexpr void collect(int pc, GroupList& open) {
    const int label = code_[pc].a;
    const Group front = pool_[open.first];
    if (split_) return unhoist(label, front.chain);
    for (int g = open.first; g >= 0; g = pool_[g].next) {
      if (pool_[g].slots != front.slots) return unhoist(label, front.chain);
    }
    const std::size_t begin = hoists_.size();
    const Repeat* known = find_repeat(code_[pc].type, label, front.slots, MemoryTree::empty);
    int slots = known != nullptr ? replay(*known) : collect_straight(pc, front.slots);
    if (slots < 0) slots = collect_by_running(pc, front);
    if (stopped()) return;
    for (int g = open.first; g >= 0; g = pool_[g].next) pool_[g].slots = slots;
    if (known == nullptr && !options_.every_place) {
      repeats_.push_back({code_[pc].type, label, front.slots, MemoryTree::empty, slots, -1, begin, hoists_.size()});
    }
  }
  // Candidates without decisions inside need no groups: each is stepped through. -1: they are not like that, or disagree.
  constexpr int collect_straight(int pc, int slots) {
    if (code_[pc].c == 0 || !has_input_) return -1;
    for (int i = pc + 1; i < code_[pc].end; i = code_[i].end) {
      if (code_[i].end != i + 2 || code_[i + 1].code != Opcode::apply || code_[i + 1].c != 0) return -1;
    }
    auto stepper = semantics_.stepper(program_, slots_, out_);
    int after = -1;
    const std::size_t begin = hoists_.size();
    for (int i = pc + 1; i < code_[pc].end; i = code_[i].end) {
      int reached = slots;
      int list = -1;
      stepper.step(i + 1, reached, list, [](int) { return -1; });
      if (out_.fault) return -1;
      hoists_.push_back({first_hoisted_[static_cast<std::size_t>(code_[pc].a)] + code_[i].b, list});
      if (after >= 0 && reached != after) return hoists_.truncate(begin), -1;
      after = reached;
    }
    const std::size_t end = hoists_.size();
    for (std::size_t i = begin; i < end; ++i) hand_out(hoists_[i]);
    return after;
  }
  // Runs the body once for each value; the groups stand for edges that exist already. Returns the slots afterwards.
  constexpr int collect_by_running(int pc, const Group& front) {
    const int label = code_[pc].a;
    pool_.chains.push_back({label, front.chain});
    const int chain = static_cast<int>(pool_.chains.size()) - 1;
    GroupList virtuals;
    for (int v = 0; v < count_of(label); ++v) {
      pool_.append_new(virtuals,
                       {.slots = front.slots, .known = known_.with(MemoryTree::empty, label, v), .chain = chain});
    }
    run_body(pc, virtuals);
    if (stopped()) return -1;
    const int after = pool_[virtuals.first].slots;
    for (int g = virtuals.first; g >= 0; g = pool_[g].next) {
      if (pool_[g].slots != after) return unhoist(label, front.chain), -1;
      hoist({first_hoisted_[static_cast<std::size_t>(label)] + value_of(pool_[g], label), pool_[g].pending});
    }
    return after;
  }

  // Runs the part that begins here, or hands out what it did before; returns the instruction after it.
  constexpr int run_segment(int pc, GroupList& groups) {
    const int segment = code_[pc].segment;
    const int end = pc + program_.segment_lengths[static_cast<std::size_t>(segment) - 1];
    const int g = groups.first;
    const Group before = pool_[g];
    if (const Repeat* known = find_repeat(nullptr, segment, before.slots, before.known); known != nullptr) {
      pool_[g].pending = out_.joined(pool_[g].pending, known->list);
      pool_[g].slots = replay(*known);
      return end;
    }
    const std::size_t states = out_.states.size();
    const std::size_t begin = hoists_.size();
    // What was met before goes to the edges now, so that what is pending afterwards is this part's alone; a collecting
    // group has no edges, and never branches: it gets it back.
    if (!before.collects()) flush(pool_[g]);
    pool_[g].pending = -1;
    run(pc, end, groups, true);
    if (stopped()) return end;
    const bool whole = groups.first == g && groups.last == g;
    const int list = pool_[g].pending;
    if (before.collects()) pool_[g].pending = out_.joined(before.pending, list);
    if (!whole || out_.states.size() != states || pool_[g].known != before.known) return end;
    repeats_.push_back({nullptr, segment, before.slots, before.known, pool_[g].slots, list, begin, hoists_.size()});
    return end;
  }
  constexpr void run_body(int pc, GroupList& groups) {
    const Instruction& decide = code_[pc];
    if (decide.b == 0 || !has_input_) return run_parts(pc, groups);
    // Candidates are compared among groups that came in with the same slots.
    GroupList done;
    const bool outer = split_;
    while (!groups.empty() && !stopped()) {
      const int slots = pool_[groups.first].slots;
      GroupList alike;
      GroupList rest;
      const Group* const all = pool_.data();
      for (int g = groups.first; g >= 0;) {
        const int next = all[g].next;
        pool_.append(all[g].slots == slots ? alike : rest, g);
        g = next;
      }
      split_ = split_ || !rest.empty();
      run_parts(pc, alike);
      if (!stopped()) check_agreement(pc, slots_.top(slots), alike);
      pool_.splice(done, alike);
      groups = rest;
    }
    split_ = outer;
    groups = done;
  }

  // A body that is one part for each value is run part by part; any other from its begin to its end.
  constexpr void run_parts(int pc, GroupList& groups) {
    const Instruction& decide = code_[pc];
    if (decide.c == 0) return run(pc + 1, decide.end, groups);
    List<GroupList> of_value(static_cast<std::size_t>(count_of(decide.a)), GroupList{});
    const Group* const all = pool_.data();
    for (int g = groups.first; g >= 0;) {
      const int next = all[g].next;
      pool_.append(of_value[value_of(all[g], decide.a)], g);
      g = next;
    }
    groups = {};
    for (int i = pc + 1; i < decide.end; i = code_[i].end) {
      GroupList& part = of_value[code_[i].b];
      if (!part.empty()) run(i + 1, code_[i].end, part);
      pool_.splice(groups, part);
    }
  }

  // Every candidate must reach the same set of output shapes.
  constexpr void check_agreement(int pc, Shape in, const GroupList& groups) {
    const int label = code_[pc].a;
    const auto top = [&](int g) { return slots_.top(pool_[g].slots); };
    const Group* all = pool_.data();
    const int slots = all[groups.first].slots;
    bool all_equal = true;
    for (int g = all[groups.first].next; g >= 0; g = all[g].next) {
      all_equal = all_equal && (all[g].slots == slots || top(g) == top(groups.first));
    }
    if (all_equal) return;
    for (int a = groups.first; a >= 0; a = pool_[a].next) {
      for (int b = groups.first; b >= 0; b = pool_[b].next) {
        const int va = value_of(pool_[a], label);
        const int vb = value_of(pool_[b], label);
        if (va >= vb || top(a) == top(b)) continue;
        if (reaches(groups, label, vb, top(a)) && reaches(groups, label, va, top(b))) continue;
        out_.fault = {.code = FaultCode::candidates_disagree, .a = top(a), .b = top(b), .c = in,
                      .who = candidate_type(pc, va), .other = candidate_type(pc, vb), .label = label};
        return;
      }
    }
  }
  [[nodiscard]] constexpr bool reaches(const GroupList& groups, int label, int value, Shape shape) const {
    for (int g = groups.first; g >= 0; g = pool_[g].next) {
      if (value_of(pool_[g], label) == value && slots_.top(pool_[g].slots) == shape) return true;
    }
    return false;
  }
  [[nodiscard]] constexpr TypeId candidate_type(int pc, int value) const {
    for (int i = pc + 1; i < code_[pc].end; i = code_[i].code == Opcode::begin ? code_[i].end : i + 1) {
      if (code_[i].code == Opcode::begin && code_[i].b == value) return code_[i].type;
    }
    return nullptr;
  }

  // The part of a decision's body that only some of its values run.
  constexpr void run_part(int pc, GroupList& groups) {
    const Instruction& part = code_[pc];
    GroupList inside;
    GroupList outside;
    const Group* const all = pool_.data();
    for (int g = groups.first; g >= 0;) {
      const int next = all[g].next;
      const int value = value_of(all[g], part.a);
      if (value < 0) return unhoist(all[g].chain);
      pool_.append(program_.enters(part, value) ? inside : outside, g);
      g = next;
    }
    if (!inside.empty()) run(pc + 1, part.end, inside);
    pool_.splice(outside, inside);
    groups = outside;
  }

  constexpr void finish(const GroupList& groups) {
    if (out_.fault) return;
    for (int g = groups.first; g >= 0; g = pool_[g].next) {
      semantics_.end(slots_, pool_[g].slots, pool_[g].pending, out_);
      flush(pool_[g]);
      for (int e = pool_[g].first_edge; e >= 0; e = pool_.next_edge[e]) {
        out_.edges[e].target = TrellisData::end;
      }
    }
    out_.output = slots_.top(pool_[groups.first].slots);
    for (const TrellisState& state : out_.states) {
      for (int v = 0; v < state.count; ++v) {
        int& list = out_.edges[static_cast<std::size_t>(state.first_edge + v)].list;
        list = out_.joined(list, hoisted_[static_cast<std::size_t>(
                                     first_hoisted_[static_cast<std::size_t>(state.decision)] + v)]);
      }
    }
  }
};

/// The walk over operators.
using Walk = BasicWalk<OperatorSemantics>;

}  // namespace hwnas
