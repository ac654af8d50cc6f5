// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How many decisions a node has: decides what Named means on it.
#pragma once

#include <string_view>

#include "hwnas/op/operator.hpp"
#include "hwnas/space/nodes.hpp"

namespace hwnas {

/// Decisions of a node. `own` are the node's own (a LayerChoice's choice, a Repeat's depth, an operator's options);
/// `total` counts those below too; `composite` nodes have none of their own but pass a single one's name on.
struct DecisionCount {
  int own = 0;
  int total = 0;
  bool composite = false;
};

namespace detail {

constexpr int combinations(int n, int k) {
  int result = 1;
  for (int i = 1; i <= k; ++i) result = result * (n - k + i) / i;
  return k > n ? 0 : result;
}

template <class Node>
struct decision_count {
  static constexpr DecisionCount get() {
    if constexpr (requires { typename Node::option_list; }) {
      constexpr int own = static_cast<int>(OptionTable<typename Node::option_list>::decisions);
      return {.own = own, .total = own};
    } else {
      return {};
    }
  }
};
template <class Node>
inline constexpr DecisionCount count_of = decision_count<Node>::get();

constexpr DecisionCount composite_of(int total) { return {.own = total, .total = total, .composite = true}; }

template <class... Nodes>
struct decision_count<Sequential<Nodes...>> {
  static constexpr DecisionCount get() { return composite_of((0 + ... + count_of<Nodes>.total)); }
};
template <class... Nodes>
struct decision_count<Residual<Nodes...>> : decision_count<Sequential<Nodes...>> {};
template <class... Branches>
struct decision_count<Sum<Branches...>> : decision_count<Sequential<Branches...>> {};
template <class... Cells>
struct decision_count<CellStack<Cells...>> : decision_count<Sequential<Cells...>> {};
template <class Choice>
struct decision_count<AnyShape<Choice>> : decision_count<Choice> {};
template <fixed_string Label, class Node>
struct decision_count<Named<Label, Node>> {
  static constexpr DecisionCount get() { return composite_of(count_of<Node>.total); }
};
template <class... Candidates>
struct decision_count<LayerChoice<Candidates...>> {
  static constexpr DecisionCount get() { return {.own = 1, .total = (1 + ... + count_of<Candidates>.total)}; }
};
template <class Block, int Min, int Max>
struct decision_count<Repeat<Block, Min, Max>> {
  static constexpr DecisionCount get() {
    const int blocks = Max * count_of<Block>.total;
    return Min < Max ? DecisionCount{.own = 1, .total = 1 + blocks} : composite_of(blocks);
  }
};
template <class Space, Shape... Shapes>
struct decision_count<Input<Space, Shapes...>> {
  static constexpr DecisionCount get() { return composite_of(count_of<Space>.total + (sizeof...(Shapes) > 1 ? 1 : 0)); }
};
// A Cell's decisions belong to its edges, so a Cell's name is a prefix even of a single one.
template <class... Parts>
struct decision_count<Cell<Parts...>> {
  static constexpr DecisionCount get() {
    const int total = (0 + ... + count_of<Parts>.total);
    return {.own = total == 0 ? 0 : 2, .total = total};
  }
};
template <class... Nodes>
struct decision_count<Preprocess<Nodes...>> : decision_count<Sequential<Nodes...>> {};
template <class... Edges>
struct decision_count<Node<Edges...>> : decision_count<Sequential<Edges...>> {};
template <int Source, class Edge>
struct decision_count<From<Source, Edge>> : decision_count<Edge> {};
template <int Count, class InputEdge, class NodeEdge>
struct decision_count<InputChoice<Count, InputEdge, NodeEdge>> {
  static constexpr DecisionCount get() {
    return composite_of(1 + count_of<InputEdge>.total + count_of<NodeEdge>.total);
  }
};

}  // namespace detail

/// Decisions of a node.
template <class Node>
inline constexpr DecisionCount decision_count = detail::count_of<Node>;

}  // namespace hwnas
