// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The walk: runs a Program over shapes with a list of dangling edges and builds the trellis. The only place where
///        what can follow what is worked out; it runs at compile time and at run time alike.
///        Groups of dangling edges with equal slots and equal remembered labels are one; a decision turns each group
///        into a state with an edge for every candidate.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "hwnas/core/fault.hpp"
#include "hwnas/space/group.hpp"
#include "hwnas/space/meetings.hpp"
#include "hwnas/space/program.hpp"
#include "hwnas/space/stepper.hpp"
#include "hwnas/space/trellis.hpp"

namespace hwnas {

/// Builds a TrellisData from a program.
class Walk {
 public:
  /// Past this number of states a label is remembered too long (see FaultCode::too_many_states).
  static constexpr int default_state_limit = 20'000;

  constexpr explicit Walk(const ProgramView& program, int state_limit = default_state_limit)
      : program_{program}, meetings_{program}, state_limit_{state_limit} {}

  /// The trellis of all architectures.
  constexpr TrellisData all() {
    do {
      reset();
      std::vector<Group> groups{entry({})};
      run(0, size(), groups);
      if (!retry_) finish(groups);
    } while (retry_);
    return std::move(out_);
  }

  /// The single path of one architecture: edge 0 lists everything it meets. `values` has one entry a decision.
  constexpr TrellisData path(std::span<const std::uint8_t> values) {
    reset();
    std::vector<Known> known;
    for (std::size_t i = 0; i < values.size(); ++i) known.push_back({static_cast<int>(i), values[i]});
    std::vector<Group> groups{entry(std::move(known))};
    run(0, size(), groups);
    finish(groups);
    return std::move(out_);
  }

 private:
  [[nodiscard]] constexpr int size() const { return static_cast<int>(program_.instructions.size()); }
  [[nodiscard]] constexpr const Instruction& at(int i) const { return program_.instructions[static_cast<std::size_t>(i)]; }
  [[nodiscard]] constexpr bool stopped() const { return retry_ || static_cast<bool>(out_.fault); }

  constexpr void reset() {
    out_ = TrellisData{};
    retry_ = false;
    hoisted_.assign(program_.decisions.size(), {});
    for (std::size_t d = 0; d < program_.decisions.size(); ++d) {
      hoisted_[d].assign(static_cast<std::size_t>(program_.decisions[d].count), -1);
    }
  }
  constexpr Group entry(std::vector<Known> known) {
    out_.edges.push_back({});
    return Group{.slots = {}, .known = std::move(known), .edges = {0}};
  }

  constexpr void run(int begin, int end, std::vector<Group>& groups) {
    for (int pc = begin; pc < end && !stopped();) {
      const Instruction& instruction = at(pc);
      if (instruction.code == Opcode::decide) {
        run_decision(pc, groups);
        pc = instruction.end;
      } else if (instruction.code == Opcode::begin) {
        run_part(pc, groups);
        pc = instruction.end;
      } else {
        if (program_.has_input()) {
          for (Group& group : groups) step(pc, group);
        }
        ++pc;
      }
    }
  }

  // --- decisions ---------------------------------------------------------------------------------------------------
  constexpr void run_decision(int pc, std::vector<Group>& groups) {
    const int label = at(pc).a;
    std::vector<Group> open;
    std::vector<Group> inside;
    for (Group& group : groups) (group.value_of(label) >= 0 ? inside : open).push_back(std::move(group));
    groups.clear();
    const bool collecting = !open.empty() && meetings_.hoists(label) && !meetings_.is_first(label, pc);
    if (collecting) {
      collect(pc, open);
      for (Group& group : open) groups.push_back(std::move(group));
    } else if (!open.empty()) {
      branch(label, open, inside);
    }
    if (stopped() || inside.empty()) return;
    run_body(pc, inside);
    for (Group& group : inside) groups.push_back(std::move(group));
    forget(label, at(pc).end, groups);
  }

  // Turns groups that do not know the label into states, one edge for each candidate.
  constexpr void branch(int label, std::vector<Group>& open, std::vector<Group>& inside) {
    for (Group& group : open) {
      if (group.collects()) return unhoist(group.chain);
    }
    merge(open);
    const int count = program_.decisions[static_cast<std::size_t>(label)].count;
    for (Group& group : open) {
      flush(group);
      const int state = out_.add_state(label, count);
      if (state >= state_limit_) return overflow(group, label);
      for (int e : group.edges) out_.edges[static_cast<std::size_t>(e)].target = state;
      const int first = out_.states.back().first_edge;
      for (int v = 0; v < count; ++v) {
        Group next{.slots = group.slots, .known = group.known, .edges = {first + v}};
        remember(next, label, v);
        inside.push_back(std::move(next));
      }
    }
  }

  // A later meeting of a label whose first meeting decides alone: costs go to the edges of the first.
  constexpr void collect(int pc, std::vector<Group>& open) {
    const int label = at(pc).a;
    for (const Group& group : open) {
      if (!(group.slots == open.front().slots)) return unhoist(label, open.front().chain);
    }
    std::vector<Group> virtuals;
    const int count = program_.decisions[static_cast<std::size_t>(label)].count;
    for (int v = 0; v < count; ++v) {
      Group next{.slots = open.front().slots, .chain = open.front().chain};
      next.chain.push_back(label);
      remember(next, label, v);
      virtuals.push_back(std::move(next));
    }
    run_body(pc, virtuals);
    if (stopped()) return;
    for (const Group& group : virtuals) {
      if (!(group.slots == virtuals.front().slots)) return unhoist(label, open.front().chain);
      int& list = hoisted_[static_cast<std::size_t>(label)][static_cast<std::size_t>(group.value_of(label))];
      list = out_.joined(list, group.pending);
    }
    for (Group& group : open) group.slots = virtuals.front().slots;
  }

  constexpr void run_body(int pc, std::vector<Group>& groups) {
    const Instruction& decide = at(pc);
    if (decide.b == 0 || !program_.has_input()) return run(pc + 1, decide.end, groups);
    // Candidates are compared among groups that came in with the same slots.
    std::vector<Group> done;
    while (!groups.empty() && !stopped()) {
      std::vector<Group> alike;
      std::vector<Group> rest;
      for (Group& group : groups) {
        const bool same = alike.empty() || group.slots == alike.front().slots;
        (same ? alike : rest).push_back(std::move(group));
      }
      const Shape in = alike.front().slots.top();
      run(pc + 1, decide.end, alike);
      if (!stopped()) check_agreement(pc, in, alike);
      for (Group& group : alike) done.push_back(std::move(group));
      groups = std::move(rest);
    }
    groups = std::move(done);
  }

  // Every candidate must reach the same set of output shapes.
  constexpr void check_agreement(int pc, Shape in, const std::vector<Group>& groups) {
    const int label = at(pc).a;
    for (const Group& a : groups) {
      for (const Group& b : groups) {
        const int va = a.value_of(label);
        const int vb = b.value_of(label);
        if (va >= vb || a.slots.top() == b.slots.top()) continue;
        if (reaches(groups, label, vb, a.slots.top()) && reaches(groups, label, va, b.slots.top())) continue;
        out_.fault = {.code = FaultCode::candidates_disagree, .a = a.slots.top(), .b = b.slots.top(), .c = in,
                      .who = candidate_type(pc, va), .other = candidate_type(pc, vb), .label = label};
        return;
      }
    }
  }
  [[nodiscard]] constexpr bool reaches(const std::vector<Group>& groups, int label, int value, Shape shape) const {
    for (const Group& group : groups) {
      if (group.value_of(label) == value && group.slots.top() == shape) return true;
    }
    return false;
  }
  [[nodiscard]] constexpr TypeId candidate_type(int pc, int value) const {
    for (int i = pc + 1; i < at(pc).end; i = at(i).code == Opcode::begin ? at(i).end : i + 1) {
      if (at(i).code == Opcode::begin && at(i).b == value) return at(i).type;
    }
    return nullptr;
  }

  // The part of a decision's body that only some of its values run.
  constexpr void run_part(int pc, std::vector<Group>& groups) {
    const Instruction& part = at(pc);
    std::vector<Group> inside;
    std::vector<Group> outside;
    for (Group& group : groups) {
      const int value = group.value_of(part.a);
      if (value < 0) return unhoist(group.chain);
      (program_.enters(part, value) ? inside : outside).push_back(std::move(group));
    }
    if (!inside.empty()) run(pc + 1, part.end, inside);
    groups = std::move(outside);
    for (Group& group : inside) groups.push_back(std::move(group));
  }

  // --- groups ------------------------------------------------------------------------------------------------------
  constexpr void remember(Group& group, int label, int value) const {
    auto place = group.known.begin();
    while (place != group.known.end() && place->label < label) ++place;
    group.known.insert(place, Known{label, value});
  }
  // Drops a label that nothing ahead meets again, and merges what became equal.
  constexpr void forget(int label, int pc, std::vector<Group>& groups) {
    if (!meetings_.hoists(label) && meetings_.last_use(label) >= pc) return;
    for (Group& group : groups) {
      if (group.collects() && group.chain.back() == label) continue;  // collect() still asks for its value
      std::erase_if(group.known, [&](const Known& k) { return k.label == label; });
    }
    merge(groups);
  }
  constexpr void merge(std::vector<Group>& groups) {
    if (groups.size() < 2) return;
    std::vector<Group> kept;
    for (Group& group : groups) {
      Group* twin = nullptr;
      for (Group& other : kept) {
        if (!group.collects() && other.same_situation(group)) twin = &other;
        if (twin != nullptr) break;
      }
      if (twin == nullptr) {
        kept.push_back(std::move(group));
        continue;
      }
      flush(*twin);
      flush(group);
      twin->edges.insert(twin->edges.end(), group.edges.begin(), group.edges.end());
    }
    groups = std::move(kept);
  }
  // Hands what a group met to each of its edges.
  constexpr void flush(Group& group) {
    if (group.pending < 0) return;
    for (int e : group.edges) {
      int& list = out_.edges[static_cast<std::size_t>(e)].list;
      list = out_.joined(list, group.pending);
    }
    group.pending = -1;
  }

  constexpr void finish(std::vector<Group>& groups) {
    if (out_.fault) return;
    for (Group& group : groups) {
      flush(group);
      for (int e : group.edges) out_.edges[static_cast<std::size_t>(e)].target = TrellisData::end;
      if (out_.output.c == 0 && !group.slots.empty()) out_.output = group.slots.top();
    }
    for (const TrellisState& state : out_.states) {
      for (int v = 0; v < state.count; ++v) {
        int& list = out_.edges[static_cast<std::size_t>(state.first_edge + v)].list;
        list = out_.joined(list, hoisted_[static_cast<std::size_t>(state.decision)][static_cast<std::size_t>(v)]);
      }
    }
  }

  constexpr void step(int pc, Group& group) {
    if (stopped()) return;
    const auto value_of = [&](int label) { return group.value_of(label); };
    if (!Stepper{program_, out_}.step(pc, group.slots, group.pending, value_of)) unhoist(group.chain);
  }

  constexpr void unhoist(int label, const std::vector<int>& chain) {
    meetings_.keep(label);
    unhoist(chain);
  }
  constexpr void unhoist(const std::vector<int>& chain) {
    for (int label : chain) meetings_.keep(label);
    retry_ = true;
  }
  constexpr void overflow(const Group& group, int label) {
    out_.fault = {.code = FaultCode::too_many_states, .label = group.known.empty() ? label : group.known.front().label};
  }

  ProgramView program_;
  Meetings meetings_;
  int state_limit_;
  TrellisData out_;
  std::vector<std::vector<int>> hoisted_;  // for each decision and value: list of what later meetings cost
  bool retry_ = false;
};

}  // namespace hwnas
