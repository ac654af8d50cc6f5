// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  RandomAst: small random spaces, made while a test runs.
#pragma once

#include <map>
#include <random>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"
#include "space/reference/read_type.hpp"

namespace reference {

/// Draws a space of at most `most` architectures (an upper bound that takes no sharing into account).
class RandomAst {
 public:
  explicit RandomAst(std::uint64_t seed) : engine_{seed} {}

  Tree space(double most, int parts) {
    std::vector<Tree> line;
    for (int i = 0; i < parts; ++i) {
      Tree part = below(3) == 0 ? changing_part() : keeping_part(3, most);
      if (paths(part) > most) continue;
      most /= paths(part);
      line.push_back(std::move(part));
    }
    Ast input{.kind = Kind::input, .parts = {make({.kind = Kind::sequential, .parts = std::move(line)})}};
    input.shapes = {{4, 8, 8}};
    if (below(5) == 0) input.shapes.push_back({4, 12, 12});
    return make(std::move(input));
  }

 private:
  int below(int n) { return std::uniform_int_distribution<int>{0, n - 1}(engine_); }

  template <class... Types>
  Tree one_of() {
    const std::vector<Tree (*)()> all{&read_type<Types>...};
    return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))]();
  }
  Tree keeping_operator() {
    using namespace hwnas;
    return one_of<Conv1x1, Conv3x3, Identity, Identity, ReLU, MaxPool<>, MBConv<2>, Conv<Kernel<3>, PreAct>,
                  Conv<Kernel<1, 3>>, MBConv<hwnas::one_of<1, 2>, Kernel<3, 5>>, Conv<Norm<None>>, BatchNorm>();
  }
  Tree changing_operator() {
    using namespace hwnas;
    return one_of<Conv<Kernel<1>, Out<4, 8>>, Conv<Stride<2>>, Conv<Out<8>>, MBConv<2, Stride<1, 2>>,
                  Conv<Kernel<1>, Out<4>>>();
  }

  // Upper bound of the number of architectures.
  static double paths(const Tree& tree) {
    double product = 1;
    double sum = 0;
    for (const Tree& part : tree->parts) {
      product *= paths(part);
      sum += paths(part);
    }
    for (const CellNode& node : tree->nodes) {
      for (const Tree& edge : node.edges) product *= paths(edge);
    }
    for (const Option& option : tree->operation.options) product *= static_cast<double>(option.values.size());
    if (tree->kind == Kind::choice) return sum;
    if (tree->kind != Kind::repeat) return product;
    double repeated = 0;
    for (int depth = tree->min; depth <= tree->max; ++depth) {
      double power = 1;
      for (int i = 0; i < depth; ++i) power *= product;
      repeated += power;
    }
    return repeated;
  }

  Tree changing_part() {
    switch (below(6)) {
      case 0: return changing_operator();
      case 1: return named("w", [&] { return read_type<hwnas::Conv<hwnas::Kernel<1>, hwnas::Out<4, 8>>>(); });
      case 2: return make({.kind = Kind::repeat, .parts = {changing_operator()}, .min = below(2), .max = 2});
      case 3: return named("any", [&] { return any_choice(); });
      case 4: {  // candidates that change the shape alike
        const Tree last = changing_operator();
        Ast choice{.kind = Kind::choice};
        for (int i = 0; i < 2; ++i) {
          choice.parts.push_back(make({.kind = Kind::sequential, .parts = {keeping_part(1, 3), last}}));
        }
        return make(std::move(choice));
      }
      default: return any_choice();
    }
  }
  Tree any_choice() {
    return make({.kind = Kind::choice,
                 .parts = {changing_operator(), keeping_part(1, 4), changing_operator()},
                 .any_shape = true});
  }

  Tree named(const std::string& label, auto&& fresh) {
    if (!known_.contains(label)) {
      const Tree inner = fresh();
      known_[label] = make({.kind = Kind::named, .parts = {inner}, .label = label});
    }
    return known_[label];
  }
  Tree some_name(int depth, double most) {
    if (!known_labels_.empty() && below(3) != 0) {
      const Tree again = known_labels_[static_cast<std::size_t>(below(static_cast<int>(known_labels_.size())))];
      if (paths(again) <= most) return again;
    }
    const std::string label{static_cast<char>('a' + next_label_++)};
    Tree inner;
    switch (below(6)) {
      case 0: inner = read_type<hwnas::MBConv<hwnas::one_of<1, 2>, hwnas::Kernel<3, 5>>>(); break;
      case 1: inner = read_type<hwnas::Conv<hwnas::Kernel<1, 3>>>(); break;
      case 2:
        inner = make({.kind = Kind::repeat, .parts = {keeping_part(depth - 1, 2)}, .min = below(2), .max = 2});
        break;
      default: inner = choice(depth - 1, most);
    }
    if (total_decisions(inner) == 0) inner = choice(depth - 1, most);
    known_labels_.push_back(make({.kind = Kind::named, .parts = {inner}, .label = label}));
    return known_labels_.back();
  }
  Tree choice(int depth, double most) {
    Ast ast{.kind = Kind::choice};
    const int count = 2 + below(2);
    for (int i = 0; i < count; ++i) ast.parts.push_back(keeping_part(depth - 1, most / count));
    return make(std::move(ast));
  }
  Tree cell(int depth, double most) {
    Ast ast{.kind = Kind::cell};
    const int nodes = 1 + below(3);
    for (int n = 0; n < nodes; ++n) {
      CellNode node;
      for (int s = 0; s <= n; ++s) {
        if (s != n && below(2) == 0) continue;
        node.sources.push_back(s);
        node.edges.push_back(keeping_part(depth - 1, most > 8 ? 2 : 1));
        most /= paths(node.edges.back());
      }
      ast.nodes.push_back(std::move(node));
    }
    return make(std::move(ast));
  }

  // A part that gives the shape it takes.
  Tree keeping_part(int depth, double most) {
    Tree part;
    switch (depth <= 0 || most < 2 ? 0 : below(10)) {
      case 1:
      case 2: part = choice(depth, most); break;
      case 3:
      case 4:
      case 5: part = some_name(depth, most); break;
      case 6: part = make({.kind = Kind::residual, .parts = {keeping_part(depth - 1, most)}}); break;
      case 7:
        part = make({.kind = Kind::sum, .parts = {keeping_part(depth - 1, most / 2), keeping_part(depth - 1, 2)}});
        break;
      case 8:
        part = make({.kind = Kind::repeat, .parts = {keeping_part(depth - 1, 2)}, .min = below(2), .max = 2});
        break;
      case 9: part = cell(depth, most); break;
      default: part = keeping_operator();
    }
    return paths(part) <= most ? part : read_type<hwnas::Conv1x1>();
  }

  std::mt19937_64 engine_;
  std::map<std::string, Tree> known_;
  std::vector<Tree> known_labels_;
  int next_label_ = 0;
};

}  // namespace reference
