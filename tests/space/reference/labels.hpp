// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a decision is called: the rules of labels once more, in the plainest words.
#pragma once

#include <string>
#include <vector>

#include "space/reference/ast.hpp"

namespace reference {

/// All decisions at and below a node, as often as they are written.
inline int total_decisions(const Tree& tree);
inline int total_decisions(const CellNode& node) {
  int total = node.choose > 0 ? 1 : 0;
  for (const Tree& edge : node.edges) total += total_decisions(edge);
  return total;
}
inline int total_decisions(const Tree& tree) {
  int below = 0;
  for (const Tree& part : tree->parts) below += total_decisions(part);
  for (const Tree& part : tree->preprocess) below += total_decisions(part);
  for (const CellNode& node : tree->nodes) below += total_decisions(node);
  switch (tree->kind) {
    case Kind::operation: return static_cast<int>(tree->operation.options.size());
    case Kind::choice: return 1 + below;
    case Kind::repeat: return tree->max * below + (tree->min < tree->max ? 1 : 0);
    case Kind::input: return below + (tree->shapes.size() > 1 ? 1 : 0);
    default: return below;
  }
}

/// Where the interpreter stands: the nearest name above, and the path from there.
struct Path {
  std::string name;
  bool names_this = false;   // the name is the whole label of the decision made right here
  bool names_below = false;  // ... of the one decision somewhere below
  std::vector<std::string> parts;

  [[nodiscard]] Path then(const std::string& part) const {
    Path path = *this;
    path.parts.push_back(part);
    return path;
  }
  [[nodiscard]] std::string label(const std::string& what) const {
    if (names_below || (names_this && parts.empty())) return name;
    std::string text = name;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "/") + part; };
    for (const std::string& part : parts) add(part);
    if (!what.empty()) add(what);
    return text.empty() ? "choice" : text;
  }
};

/// The path below Named<label, node>.
inline Path named_path(const std::string& label, const Tree& node) {
  const int total = total_decisions(node);
  switch (node->kind) {
    case Kind::choice: return {label, true, false, {}};
    case Kind::operation: return {label, total == 1, false, {}};
    case Kind::cell: return {label, false, false, {}};
    case Kind::repeat:
      if (node->min < node->max) return {label, true, false, {}};
      [[fallthrough]];
    default: return {label, false, total == 1, {}};
  }
}

}  // namespace reference
