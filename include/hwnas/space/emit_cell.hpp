// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Instructions of Cell and CellStack. Slots during a cell: its inputs, then its nodes, the newest on top. A source
///        leaves its slot after the last node that may read it.
#pragma once

#include "hwnas/core/list.hpp"
#include "hwnas/space/emit.hpp"

namespace hwnas {

namespace error {
template <class Part, int Sources>
struct unknown_source {
  static constexpr bool value = true;
};
template <int Source, class Edge, int Sources>
struct unknown_source<From<Source, Edge>, Sources> {
  static constexpr bool value = 0 <= Source && Source < Sources;
};
template <int Count, class InputEdge, class NodeEdge, int Sources>
struct unknown_source<InputChoice<Count, InputEdge, NodeEdge>, Sources> {
  static constexpr bool value = 0 < Count && Count <= Sources;
};
template <class Cell>
struct cell_needs_two_inputs {
  static constexpr bool value = false;
};
template <class... Parts>
struct cell_needs_two_inputs<Cell<Parts...>> {
  static constexpr bool value = (std::is_same_v<Parts, Inputs<2>> || ...);
};
template <class Cell, int Inputs>
struct inputs_without_stack {
  static constexpr bool value = Inputs == 1;
};
template <fixed_string Label, class Inner>
struct cell_needs_two_inputs<Named<Label, Inner>> : cell_needs_two_inputs<Inner> {};
}  // namespace error

/// Which slots hold which sources while a cell is emitted, bottom to top.
class CellSlots {
 public:
  constexpr explicit CellSlots(ProgramBuilder& out) : out_{out} {}

  constexpr void add(int source) { sources_.push_back(source); }
  constexpr void push(int source, int above, bool move, bool edge, TypeId type) {
    out_.emit({.code = Opcode::push, .a = depth(source) + above, .b = move ? 1 : 0, .c = edge ? 1 : 0, .type = type});
    if (move) erase(source);
  }
  constexpr void drop(int source, int above) {
    out_.emit({.code = Opcode::drop, .a = depth(source) + above});
    erase(source);
  }
  [[nodiscard]] constexpr bool holds(int source) const {
    for (int s : sources_) {
      if (s == source) return true;
    }
    return false;
  }

 private:
  [[nodiscard]] constexpr int depth(int source) const {
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (sources_[i] == source) return static_cast<int>(sources_.size() - 1 - i);
    }
    return 0;
  }
  constexpr void erase(int source) {
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (sources_[i] == source) {
        sources_.remove_at(i);
        return;
      }
    }
  }
  ProgramBuilder& out_;
  List<int> sources_;
};

namespace detail {

// What a Cell's parts say.
template <class Part>
struct cell_part {
  static constexpr int inputs = 0;
  static constexpr bool is_node = false;
  static constexpr bool is_preprocess = false;
  static constexpr bool concat = false;
  static constexpr bool reads(int) { return false; }
  static constexpr void preprocess(ProgramBuilder&, CellSlots&, int, bool) {}
};
template <int Count>
struct cell_part<Inputs<Count>> : cell_part<void> {
  static constexpr int inputs = Count;
};
template <>
struct cell_part<Output<Concat>> : cell_part<void> {
  static constexpr bool concat = true;
};
template <int Source, class Edge>
struct cell_part<From<Source, Edge>> {
  static constexpr bool chosen = false;
  static constexpr bool reads(int source) { return source == Source; }
};
template <int Count, class InputEdge, class NodeEdge>
struct cell_part<InputChoice<Count, InputEdge, NodeEdge>> {
  static constexpr bool chosen = true;
  static constexpr bool reads(int) { return true; }
};
template <class... Edges>
struct cell_part<Node<Edges...>> : cell_part<void> {
  static constexpr bool is_node = true;
  static constexpr bool reads(int source) { return (cell_part<Edges>::reads(source) || ...); }
};
template <class... Nodes>
struct cell_part<Preprocess<Nodes...>> : cell_part<void> {
  static constexpr bool is_preprocess = true;
  // Input i becomes source i of the nodes; the last raw input stays below for the next cell of a stack.
  static constexpr void preprocess(ProgramBuilder& out, CellSlots& slots, int inputs, bool keep_last) {
    int source = 0;
    (
        [&] {
          const bool keep = keep_last && source == inputs - 1;
          slots.push(raw(source), 0, !keep, false, nullptr);
          out.within_text("pre", source, [&] { Emit<Nodes>::run(out); });
          slots.add(source++);
        }(),
        ...);
  }
  static constexpr int raw(int source) { return -1 - source; }
};

template <class Edge, int Sources, int CellInputs>
struct EmitEdges;

}  // namespace detail

/// A node's edges: the first gives the node's tensor, the others are added to it.
template <int Sources, int CellInputs, class... Edges>
struct EmitNode {
  static_assert((error::unknown_source<Edges, Sources>::value && ...),
                "hwnas: a Cell's edge must read an earlier source (0 is the cell's input, then its nodes in order); "
                "lower the number of From, or the count of InputChoice");

  static constexpr void run(ProgramBuilder& out, CellSlots& slots, auto&& is_last_read) {
    int edge = 0;
    (emit_edge(out, slots, edge++, is_last_read, Edges{}), ...);
  }

 private:
  template <int Source, class Edge>
  static constexpr void emit_edge(ProgramBuilder& out, CellSlots& slots, int edge, auto&& is_last_read,
                                  From<Source, Edge>) {
    // A source read by two edges of one node is still needed after the first of them.
    const bool again = later_edges_read(Source, edge);
    slots.push(Source, edge == 0 ? 0 : 1, is_last_read(Source) && !again, true,
               &type_tag<From<Source, Edge>>);
    out.within_text("from", Source, [&] { Emit<Edge>::run(out); });
    if (edge > 0) join(out, &type_tag<From<Source, Edge>>, false);
  }
  static constexpr bool later_edges_read(int source, int edge) {
    int index = 0;
    return ((index++ > edge && detail::cell_part<Edges>::reads(source)) || ...);
  }

  template <int Count, class InputEdge, class NodeEdge>
  static constexpr void emit_edge(ProgramBuilder& out, CellSlots& slots, int, auto&&,
                                  InputChoice<Count, InputEdge, NodeEdge>) {
    static_assert(sizeof...(Edges) == 1, "hwnas: a node must have either From edges or one InputChoice, not both");
    using Self = InputChoice<Count, InputEdge, NodeEdge>;
    const int buffer = out.emit({.code = Opcode::buffer, .type = &type_tag<Self>});
    if constexpr (Count == Sources) {
      for_each_source<InputEdge, NodeEdge>([&]<class Edge>(int source) {
        conditional<Edge>(out, slots, source, buffer);
        join(out, &type_tag<Self>, true);
      });
    } else {
      require_few<Self, detail::combinations(Sources, Count)>();
      DecisionRecord record{.kind = DecisionKind::input,
                            .count = detail::combinations(Sources, Count),
                            .names = Sources,
                            .list = &type_tag<std::integral_constant<int, Sources * 100 + Count>>};
      out.decide(record, "inputs", &type_tag<Self>, {}, [&](int decision) {
        for_each_source<InputEdge, NodeEdge>([&]<class Edge>(int source) {
          out.only_for(decision, masks_of(out, source, Count, record.count), -1, &type_tag<Self>, [&] {
            conditional<Edge>(out, slots, source, buffer);
            join(out, &type_tag<Self>, true);
          });
        });
      });
    }
  }
  template <class InputEdge, class NodeEdge>
  static constexpr void for_each_source(auto&& body) {
    for (int source = 0; source < Sources; ++source) {
      if (source < CellInputs) {
        body.template operator()<InputEdge>(source);
      } else {
        body.template operator()<NodeEdge>(source);
      }
    }
  }
  template <class Edge>
  static constexpr void conditional(ProgramBuilder& out, CellSlots& slots, int source, int buffer) {
    const int begin = out.here();
    slots.push(source, buffer_slots, false, true, &type_tag<Edge>);
    out.within_text("from", source, [&] { Emit<Edge>::run(out); });
    Instruction& zeros = out.instructions[static_cast<std::size_t>(buffer)];
    if (zeros.a == 0) {
      zeros.a = begin;
      zeros.b = out.here();
    }
  }
  static constexpr int buffer_slots = 1;

  static constexpr void join(ProgramBuilder& out, TypeId type, bool in_place) {
    out.emit({.code = Opcode::add, .a = in_place ? 1 : 0, .b = static_cast<int>(JoinKind::cell), .type = type});
  }
  // For which of the combinations, in lexicographic order, the source is among the chosen.
  static constexpr int masks_of(ProgramBuilder& out, int source, int count, int combinations) {
    const int begin = static_cast<int>(out.masks.size());
    List<int> chosen;
    for (int i = 0; i < count; ++i) chosen.push_back(i);
    for (int c = 0; c < combinations; ++c) {
      bool in = false;
      for (int s : chosen) in = in || s == source;
      out.masks.push_back(in ? 1 : 0);
      advance(chosen);
    }
    return begin;
  }
  static constexpr void advance(List<int>& chosen) {
    int i = static_cast<int>(chosen.size()) - 1;
    while (i >= 0 && chosen[static_cast<std::size_t>(i)] == Sources - static_cast<int>(chosen.size()) + i) --i;
    if (i < 0) return;
    ++chosen[static_cast<std::size_t>(i)];
    for (std::size_t j = static_cast<std::size_t>(i) + 1; j < chosen.size(); ++j) chosen[j] = chosen[j - 1] + 1;
  }
};

template <class... Parts>
struct Emit<Cell<Parts...>> {
  static constexpr int inputs = [] {
    const int said = (0 + ... + detail::cell_part<Parts>::inputs);
    return said == 0 ? 1 : said;
  }();
  static constexpr int nodes = (0 + ... + (detail::cell_part<Parts>::is_node ? 1 : 0));
  static constexpr bool concat = (false || ... || detail::cell_part<Parts>::concat);
  static_assert(nodes > 0, "hwnas: a Cell must have at least one Node");

  /// `keep_last`: the cell's last raw input stays in its slot below the result, for the next cell of a stack.
  static constexpr void run(ProgramBuilder& out) {
    static_assert(error::inputs_without_stack<Cell<Parts...>, inputs>::value,
                  "hwnas: a Cell with several Inputs must stand in a CellStack, which feeds it; elsewhere it has one");
    if constexpr (inputs == 1) run(out, false);
  }
  static constexpr void run(ProgramBuilder& out, bool keep_last) {
    CellSlots slots{out};
    constexpr bool preprocessed = (false || ... || detail::cell_part<Parts>::is_preprocess);
    for (int i = 0; i < inputs; ++i) slots.add(preprocessed ? -1 - i : i);
    (detail::cell_part<Parts>::preprocess(out, slots, inputs, keep_last), ...);
    int node = 0;
    (emit_part(out, slots, node, keep_last && !preprocessed, Parts{}), ...);
    finish(out, slots);
  }

 private:
  template <class Part>
  static constexpr void emit_part(ProgramBuilder&, CellSlots&, int&, bool, Part) {}
  template <class... Edges>
  static constexpr void emit_part(ProgramBuilder& out, CellSlots& slots, int& node, bool keep_raw, Node<Edges...>) {
    emit_nth(out, slots, node, keep_raw, Node<Edges...>{}, std::make_integer_sequence<int, nodes>{});
    ++node;
  }
  // The node's number becomes a template argument, since it decides how many sources there are.
  template <class... Edges, int... N>
  static constexpr void emit_nth(ProgramBuilder& out, CellSlots& slots, int node, bool keep_raw, Node<Edges...> part,
                                 std::integer_sequence<int, N...>) {
    ((node == N ? emit_node<N>(out, slots, keep_raw, part) : void()), ...);
  }
  template <int N, class... Edges>
  static constexpr void emit_node(ProgramBuilder& out, CellSlots& slots, bool keep_raw, Node<Edges...>) {
    if constexpr (is_nth<N, Node<Edges...>>) {
      const auto is_last_read = [&](int source) {
        return !stays(source, keep_raw) && !read_after(source, N);
      };
      out.within_text("node", N + 1, [&] { EmitNode<inputs + N, inputs, Edges...>::run(out, slots, is_last_read); });
      for (int source = inputs + N - 1; source >= 0; --source) {
        if (slots.holds(source) && is_last_read(source)) slots.drop(source, 1);
      }
      slots.add(inputs + N);
    }
  }
  template <int N, class Part>
  static constexpr bool is_nth = [] {
    int index = -1;
    bool found = false;
    ((index += detail::cell_part<Parts>::is_node ? 1 : 0,
      found = found || (index == N && detail::cell_part<Parts>::is_node && std::is_same_v<Parts, Part>)),
     ...);
    return found;
  }();

  static constexpr bool stays(int source, bool keep_raw) {
    return (concat && source >= inputs) || (keep_raw && source == inputs - 1);
  }
  static constexpr bool read_after(int source, int node) {
    int index = -1;
    bool read = false;
    ((index += detail::cell_part<Parts>::is_node ? 1 : 0,
      read = read || (detail::cell_part<Parts>::is_node && index > node && detail::cell_part<Parts>::reads(source))),
     ...);
    return read;
  }
  static constexpr void finish(ProgramBuilder& out, CellSlots& slots) {
    if constexpr (concat) {
      out.emit({.code = Opcode::concat, .a = nodes, .type = &type_tag<Cell<Parts...>>});
    } else {
      // A node nobody reads is still below the last one.
      for (int source = inputs; source < inputs + nodes - 1; ++source) {
        if (slots.holds(source)) slots.drop(source, 0);
      }
    }
  }
};

template <class... Cells>
struct Emit<CellStack<Cells...>> {
  static_assert((error::cell_needs_two_inputs<Cells>::value && ...),
                "hwnas: a CellStack must be made of Cells with Inputs<2>; each is fed by its two predecessors");

  static constexpr void run(ProgramBuilder& out) {
    out.emit({.code = Opcode::push});
    int index = 0;
    (out.within_index(index, [&] { Emit<Cells>::run(out, ++index < static_cast<int>(sizeof...(Cells))); }), ...);
  }
};

}  // namespace hwnas
