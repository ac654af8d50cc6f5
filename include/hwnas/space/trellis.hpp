// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Trellis: the acyclic automaton of a space. A state decides, an edge is one candidate; an edge's list says which
///        operators it runs, so that every cost is a column computed from the same lists.
#pragma once

#include <cstdint>
#include <span>

#include "hwnas/core/fault.hpp"
#include "hwnas/core/list.hpp"
#include "hwnas/layer/liveness.hpp"
#include "hwnas/space/program.hpp"

namespace hwnas {

/// A place where a decision is made. Its edges are first_edge + value.
struct TrellisState {
  int decision = 0;
  int first_edge = 0;
  int count = 0;
};

/// One candidate of one state. Edge 0 is the way in: what runs before the first decision.
struct TrellisEdge {
  int target = 0;  // state, or TrellisData::end
  int list = -1;   // what it runs: an Item, with its parents
};

/// One operator with resolved input shape and options (or a join: an add, a concat): a key of operator-level tables.
struct Fragment {
  int op = -1;          // index in the program's operators; -1: a join
  Shape in{};
  Shape out{};
  int choices = 0;      // index of its options' choices in TrellisData::choices
  int choice_count = 0;
  int first_node = 0;   // its primitives
  int node_count = 0;
  int result = 0;       // tensor
  bool view = false;    // the result is the input
  int next = -1;        // next fragment of the same bucket
};

/// A step of an edge: a fragment, or a whole list of them.
struct Item {
  int parent = -1;            // what came before
  int list = -1;              // a list instead of a fragment
  int fragment = -1;
  bool held = false;          // the operator's input is still needed afterwards
  int place = 0;              // instruction
  std::int64_t outside = 0;   // elements of other live tensors
};

/// The trellis as growing lists; frozen into arrays for a space type.
struct TrellisData {
  static constexpr int end = -1;

  List<TrellisState> states;
  List<TrellisEdge> edges;
  List<Item> items;
  List<Fragment> fragments;
  List<GraphNode> nodes;
  List<int> choices;
  List<int> buckets;  // first of the fragments among which an operator on a shape is looked for
  Shape output{};
  Fault fault{};

  constexpr TrellisData() {
    // Growing by steps would be most of the work of a constant evaluation.
    edges.reserve(256);
    items.reserve(512);
    fragments.reserve(128);
    nodes.reserve(1024);
  }

  /// A list with one more step: its parent.
  constexpr int met(const Item& item) {
    return static_cast<int>(items.add(item));
  }
  /// One list after another.
  constexpr int joined(int list, int more) {
    if (more < 0 || list < 0) return list < 0 ? more : list;
    return met({.parent = list, .list = more});
  }

  /// The fragment of an operator on a shape, built once. A fault of the operator becomes the trellis's,
  /// and the answer is then -1.
  constexpr int operator_fragment(const ProgramView& program, int op, Shape in, const int* picked, int count) {
    if (const int known = find_fragment(op, in, picked, count); known >= 0) return known;
    const OperatorEntry& entry = program.operators[static_cast<std::size_t>(op)];
    const Net net = entry.build(in, {picked, static_cast<std::size_t>(count)});
    if (net.fault()) {
      fault = net.fault();
      fault.who = entry.type;
      return -1;
    }
    return add_fragment({.op = op,
                         .in = in,
                         .out = net.shape(),
                         .choice_count = count,
                         .node_count = static_cast<int>(net.nodes().size()),
                         .result = net.here().id,
                         .view = result_is_input(net.nodes(), net.here().id)},
                        net.nodes().data(), picked);
  }
  /// -1: there is none yet.
  [[nodiscard]] constexpr int find_fragment(int op, Shape in, const int* picked, int count) const {
    const auto bucket = static_cast<std::size_t>(bucket_of(op, in));
    if (bucket >= buckets.size()) return -1;
    const Fragment* known = fragments.data();
    for (int i = buckets[bucket]; i >= 0; i = known[i].next) {
      const Fragment& f = known[i];
      if (f.op == op && f.in.h == in.h && f.in.c == in.c && f.in.w == in.w &&
          (count == 0 || same_choices(f, picked))) {
        return i;
      }
    }
    return -1;
  }
  /// A fragment that is not there yet, with its nodes and choices.
  constexpr int add_fragment(Fragment fragment, const GraphNode* its_nodes, const int* picked) {
    const int bucket = bucket_of(fragment.op, fragment.in);
    while (static_cast<int>(buckets.size()) <= bucket) buckets.push_back(-1);
    fragment.choices = static_cast<int>(choices.size());
    fragment.first_node = static_cast<int>(nodes.size());
    // The one met last is the one asked for next: it comes first.
    fragment.next = buckets[bucket];
    nodes.append(its_nodes, static_cast<std::size_t>(fragment.node_count));
    choices.append(picked, static_cast<std::size_t>(fragment.choice_count));
    fragments.push_back(fragment);
    return buckets[bucket] = static_cast<int>(fragments.size()) - 1;
  }
  /// The fragment of an add or a concat.
  constexpr int join_fragment(const Primitive& primitive) {
    const Fragment* known = fragments.data();
    for (int i = first_join; i >= 0; i = known[i].next) {
      if (known[i].in == primitive.in && nodes[known[i].first_node].primitive == primitive) return i;
    }
    fragments.push_back({.in = primitive.in, .out = primitive.out, .first_node = static_cast<int>(nodes.size()),
                         .node_count = 1, .result = 1, .next = first_join});
    first_join = static_cast<int>(fragments.size()) - 1;
    GraphNode node{.primitive = primitive};
    node.output = 1;
    nodes.push_back(node);
    return first_join;
  }

  int first_join = -1;

 private:
  // An operator meets shapes of various sizes, most where there are several resolutions.
  [[nodiscard]] static constexpr int bucket_of(int op, Shape in) { return op * 4 + ((in.h ^ (in.h >> 2)) & 3); }
  [[nodiscard]] constexpr bool same_choices(const Fragment& f, const int* picked) const {
    const int* own = choices.data() + f.choices;
    for (int i = 0; i < f.choice_count; ++i) {
      if (own[i] != picked[i]) return false;
    }
    return true;
  }
};

}  // namespace hwnas
