// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Ast: a search space as an ordinary tree of values. The reference interpreter reads it; it is made either from a
///        space type (read_type.hpp) or at random while a test runs (random_ast.hpp).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hwnas/layer/net.hpp"
#include "hwnas/space/program_builder.hpp"

namespace reference {

using hwnas::Shape;

/// An option of an operator that is a decision.
struct Option {
  std::string name;
  std::vector<int> values;
};

/// An operator: what it is called, what it decides, its primitives. `emit` is the library's, for programs made at run time.
struct OperatorInfo {
  std::string name;
  std::vector<Option> options;
  hwnas::Net (*build)(Shape in, std::span<const int> choices) = nullptr;
  void (*emit)(hwnas::ProgramBuilder& out) = nullptr;
};

enum class Kind { operation, sequential, choice, named, repeat, residual, sum, input, cell, stack };

struct Ast;
using Tree = std::shared_ptr<const Ast>;

/// A cell's node: From edges, or `choose` of all earlier sources.
struct CellNode {
  std::vector<int> sources;   // From edges
  std::vector<Tree> edges;
  int choose = 0;             // InputChoice when positive: edges are {of inputs, of nodes}
};

struct Ast {
  Kind kind = Kind::sequential;
  std::vector<Tree> parts;
  std::string label;              // named
  int min = 0;                    // repeat
  int max = 0;
  bool any_shape = false;         // choice
  OperatorInfo operation;         // operation
  std::vector<Shape> shapes;      // input
  int inputs = 1;                 // cell
  std::vector<Tree> preprocess;
  std::vector<CellNode> nodes;
  bool concat = false;
};

inline Tree make(Ast ast) { return std::make_shared<const Ast>(std::move(ast)); }

}  // namespace reference
