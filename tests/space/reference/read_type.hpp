// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  read_type<Space>(): a space type as an Ast.
#pragma once

#include "hwnas/space/emit_cell.hpp"
#include "space/reference/ast.hpp"

namespace reference {

template <class Node>
struct ReadType;

template <class Type>
Tree read_type() {
  return ReadType<Type>::get();
}
template <class... Types>
Tree read_several(Kind kind) {
  return make({.kind = kind, .parts = {read_type<Types>()...}});
}

/// What is no node is an operator.
template <class Type>
struct ReadType {
  static Tree get() {
    Ast ast{.kind = Kind::operation};
    ast.operation = {
        std::string{hwnas::candidate_name<Type>()}, {}, &hwnas::build_operator<Type>, &hwnas::Emit<Type>::run};
    hwnas::detail::OptionTable<typename Type::option_list>::for_each_decision([&]<class O>() {
      ast.operation.options.push_back({std::string{O::name}, {O::values.begin(), O::values.end()}});
    });
    return make(std::move(ast));
  }
};
template <class... Nodes>
struct ReadType<hwnas::Sequential<Nodes...>> {
  static Tree get() { return read_several<Nodes...>(Kind::sequential); }
};
template <class... Nodes>
struct ReadType<hwnas::Residual<Nodes...>> {
  static Tree get() { return read_several<Nodes...>(Kind::residual); }
};
template <class... Nodes>
struct ReadType<hwnas::Sum<Nodes...>> {
  static Tree get() { return read_several<Nodes...>(Kind::sum); }
};
template <class... Nodes>
struct ReadType<hwnas::LayerChoice<Nodes...>> {
  static Tree get() { return read_several<Nodes...>(Kind::choice); }
};
template <class Choice>
struct ReadType<hwnas::AnyShape<Choice>> {
  static Tree get() { return read_type<Choice>(); }  // only a promise to the shape check
};
template <hwnas::fixed_string Label, class Node>
struct ReadType<hwnas::Named<Label, Node>> {
  static Tree get() {
    return make({.kind = Kind::named, .parts = {read_type<Node>()}, .label = std::string{Label.view()}});
  }
};
template <class Block, int Min, int Max>
struct ReadType<hwnas::Repeat<Block, Min, Max>> {
  static Tree get() { return make({.kind = Kind::repeat, .parts = {read_type<Block>()}, .min = Min, .max = Max}); }
};
template <class Space, Shape... Shapes>
struct ReadType<hwnas::Input<Space, Shapes...>> {
  static Tree get() {
    Ast ast{.kind = Kind::input, .parts = {read_type<Space>()}};
    ast.shapes = {Shapes...};
    return make(std::move(ast));
  }
};
template <class... Cells>
struct ReadType<hwnas::CellStack<Cells...>> {
  static Tree get() { return read_several<Cells...>(Kind::stack); }
};

template <class Part>
struct ReadPart;
template <int Count>
struct ReadPart<hwnas::Inputs<Count>> {
  static void add(Ast& cell) { cell.inputs = Count; }
};
template <class... Nodes>
struct ReadPart<hwnas::Preprocess<Nodes...>> {
  static void add(Ast& cell) { cell.preprocess = {read_type<Nodes>()...}; }
};
template <class Which>
struct ReadPart<hwnas::Output<Which>> {
  static void add(Ast& cell) { cell.concat = std::is_same_v<Which, hwnas::Concat>; }
};
template <int Source, class Edge>
struct ReadPart<hwnas::From<Source, Edge>> {
  static void add(CellNode& node) {
    node.sources.push_back(Source);
    node.edges.push_back(read_type<Edge>());
  }
};
template <int Count, class InputEdge, class NodeEdge>
struct ReadPart<hwnas::InputChoice<Count, InputEdge, NodeEdge>> {
  static void add(CellNode& node) {
    node.choose = Count;
    node.edges = {read_type<InputEdge>(), read_type<NodeEdge>()};
  }
};
template <class... Edges>
struct ReadPart<hwnas::Node<Edges...>> {
  static void add(Ast& cell) {
    CellNode node;
    (ReadPart<Edges>::add(node), ...);
    cell.nodes.push_back(std::move(node));
  }
};
template <class... Parts>
struct ReadType<hwnas::Cell<Parts...>> {
  static Tree get() {
    Ast cell{.kind = Kind::cell};
    (ReadPart<Parts>::add(cell), ...);
    return make(std::move(cell));
  }
};

}  // namespace reference
