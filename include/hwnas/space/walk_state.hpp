// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  WalkState: what a walk has built so far and the bookkeeping on it: groups of dangling edges, and costs that move to
///        a label's first meeting. The order of things is in space/walk.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "hwnas/core/fault.hpp"
#include "hwnas/core/list.hpp"
#include "hwnas/space/group.hpp"
#include "hwnas/space/meetings.hpp"
#include "hwnas/space/memory.hpp"
#include "hwnas/space/program.hpp"
#include "hwnas/space/slots.hpp"
#include "hwnas/space/trellis.hpp"

namespace hwnas {

/// How a walk is made.
struct WalkOptions {
  /// Past these numbers, of states and of edges from states that remember a label beyond its own body, a label is
  /// remembered too long (see FaultCode::too_many_states).
  int state_limit = 20'000;
  int remembering_limit = 60'000;
  /// Items name every place; otherwise equal decisions met again on equal shapes share the items of the first.
  bool every_place = true;
  /// Of the first state, follow this edge alone; negative: all (see space/merge_parts.hpp).
  int only = -1;
};

/// Base of BasicWalk.
///   Semantics   what slots hold and what an instruction does to them: Slots with empty, top(stack) and shape(stack, depth);
///               stepper(program, slots, out), whose step() is Stepper's; end(slots, stack, list, out) after the last one
template <class Semantics>
class WalkState {
 protected:
  using Slots = typename Semantics::Slots;

  constexpr WalkState(Semantics semantics, const ProgramView& program, WalkOptions options,
                      std::span<const Meeting> meetings)
      : program_{program},
        code_{program.instructions.data()},
        has_input_{program.has_input()},
        meetings_{meetings},
        options_{options},
        semantics_{semantics},
        known_{program.decisions} {}

  [[nodiscard]] constexpr int size() const { return static_cast<int>(program_.instructions.size()); }
  [[nodiscard]] constexpr bool stopped() const { return retry_ || out_.fault.code != FaultCode::none; }
  [[nodiscard]] constexpr int count_of(int label) const { return program_.decisions.data()[label].count; }
  [[nodiscard]] constexpr int value_of(const Group& group, int label) const {
    return fixed_.empty() ? known_.value_of(group.known, label) : fixed_[static_cast<std::size_t>(label)];
  }

  constexpr void reset() {
    out_ = TrellisData{};
    pool_ = GroupPool{};
    repeats_.clear();
    hoists_.clear();
    split_ = false;
    retry_ = false;
    depth_ = 0;
    first_hoisted_.clear();
    hoisted_.clear();
    for (const DecisionRecord& record : program_.decisions) {
      first_hoisted_.push_back(static_cast<int>(hoisted_.size()));
      for (int v = 0; v < record.count; ++v) hoisted_.push_back(-1);
    }
  }
  constexpr GroupList entry() {
    add_edges(1);
    GroupList groups;
    pool_.append_new(groups, {.slots = Slots::empty, .known = MemoryTree::empty, .first_edge = 0, .last_edge = 0});
    return groups;
  }
  constexpr void add_edges(int n) {
    for (int i = 0; i < n; ++i) {
      out_.edges.push_back({});
      pool_.next_edge.push_back(-1);
    }
  }

  // --- groups ------------------------------------------------------------------------------------------------------
  // Drops a label that nothing ahead meets again, and merges what became equal.
  constexpr void forget(int label, int pc, GroupList& groups) {
    if (!meetings_.hoists(label) && meetings_.last_use(label) >= pc) return;
    Group* const all = pool_.data();
    for (int g = groups.first; g >= 0; g = all[g].next) {
      Group& group = all[g];
      // collect() still asks for the value of the label that a collecting group stands for.
      const bool asked = group.collects() && pool_.chains[static_cast<std::size_t>(group.chain)].label == label;
      if (!asked) group.known = known_.without(group.known, label);
    }
    merge(groups);
  }
  constexpr void merge(GroupList& groups) {
    if (groups.first == groups.last) return;
    List<int> buckets(bucket_count(groups), -1);
    GroupList kept;
    Group* const all = pool_.data();
    for (int g = groups.first; g >= 0;) {
      Group& group = all[g];
      const int next = group.next;
      int& bucket = buckets[static_cast<std::size_t>(group.slots * 31 + group.known) & (buckets.size() - 1)];
      const int twin = group.collects() ? -1 : find_twin(bucket, group);
      if (twin < 0) {
        pool_.append(kept, g);
        if (!group.collects()) {
          group.next_in_bucket = bucket;
          bucket = g;
        }
      } else {
        flush(all[twin]);
        flush(group);
        pool_.join_edges(all[twin], group);
      }
      g = next;
    }
    groups = kept;
  }
  // A power of two; one bucket where few groups are compared faster than sorted into several.
  [[nodiscard]] constexpr std::size_t bucket_count(const GroupList& groups) const {
    constexpr std::size_t few = 16;
    std::size_t size = 0;
    for (int g = groups.first; g >= 0; g = pool_[g].next) ++size;
    std::size_t count = 1;
    while (size > few && count < size) count *= 2;
    return count;
  }
  [[nodiscard]] constexpr int find_twin(int bucket, const Group& group) const {
    for (int g = bucket; g >= 0; g = pool_[g].next_in_bucket) {
      if (pool_[g].slots == group.slots && pool_[g].known == group.known) return g;
    }
    return -1;
  }
  // Hands what a group met to each of its edges.
  constexpr void flush(Group& group) {
    if (group.pending < 0) return;
    for (int e = group.first_edge; e >= 0; e = pool_.next_edge[e]) {
      int& list = out_.edges[e].list;
      list = out_.joined(list, group.pending);
    }
    group.pending = -1;
  }

  // A list handed to one value of one decision.
  struct Hoist {
    int value = 0;  // index in hoisted_
    int list = -1;
  };
  constexpr void hoist(const Hoist& h) {
    hand_out(h);
    hoists_.push_back(h);
  }
  constexpr void hand_out(const Hoist& h) {
    int& hoisted = hoisted_[h.value];
    hoisted = out_.joined(hoisted, h.list);
  }

  // A named part, or a collected decision, met again in the same situation hands out what it did before, and what was
  // inside it did.
  struct Repeat {
    TypeId type;        // of a decision; nullptr: a named part
    int number;         // label or part
    int slots;
    int known;
    int slots_after;
    int list;           // what a part's own operators cost
    std::size_t begin;  // in hoists_
    std::size_t end;
  };
  [[nodiscard]] constexpr const Repeat* find_repeat(TypeId type, int number, int slots, int known) const {
    const Repeat* end = repeats_.end();
    for (const Repeat* r = repeats_.begin(); r != end; ++r) {
      if (r->slots == slots && r->number == number && r->type == type && r->known == known) return r;
    }
    return nullptr;
  }
  constexpr int replay(const Repeat repeat) {
    for (std::size_t i = repeat.begin; i < repeat.end; ++i) hoist(Hoist{hoists_[i]});
    return repeat.slots_after;
  }
  constexpr void unhoist(int label, int chain) {
    meetings_.keep(label);
    unhoist(chain);
  }
  constexpr void unhoist(int chain) {
    for (; chain >= 0; chain = pool_.chains[static_cast<std::size_t>(chain)].parent) {
      meetings_.keep(pool_.chains[static_cast<std::size_t>(chain)].label);
    }
    retry_ = true;
  }
  constexpr void overflow(const Group& group, int label) {
    const int oldest = known_.first_label(group.known);
    out_.fault = {.code = FaultCode::too_many_states, .label = oldest < 0 ? label : oldest};
  }

  ProgramView program_;
  const Instruction* code_;  // where the walk reads most: a span's operator[] is six constexpr steps, a pointer's none
  bool has_input_;
  Meetings meetings_;
  WalkOptions options_;
  std::span<const std::uint8_t> fixed_{};  // one architecture's values, where only its path is walked
  TrellisData out_;
  Semantics semantics_;
  Slots slots_;
  MemoryTree known_;
  GroupPool pool_;
  List<int> first_hoisted_;  // for each decision, where its values begin in hoisted_
  List<int> hoisted_;        // for each value of each decision: list of what later meetings cost
  List<Hoist> hoists_;       // all of them in order, so that a repeat can hand them out again
  List<Repeat> repeats_;
  bool split_ = false;  // a body is run once for each of several situations: what it costs depends on more than its label
  bool retry_ = false;
  int depth_ = 0;        // decisions whose bodies are being run: their labels are known and not remembered
  int remembering_ = 0;  // edges from states that remember a label, of all attempts
};

}  // namespace hwnas
