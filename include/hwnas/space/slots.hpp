// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  SlotTree: which tensors are alive at a place, as shapes; two slots may hold the same tensor.
///        Situations are interned: equal ones have equal numbers, so that the walk copies and compares integers.
#pragma once

#include <cstdint>

#include "hwnas/core/list.hpp"
#include "hwnas/core/shape.hpp"

namespace hwnas {

/// All stacks of slots that a walk has met, as a tree: a stack is a node, what lies below its top is the parent.
/// Depth 0 is the top. A slot names the lowest position that holds its tensor (its root).
class SlotTree {
 public:
  static constexpr int empty = 0;

  constexpr SlotTree() { nodes_.push_back({}); }

  [[nodiscard]] constexpr Shape top(int stack) const { return at(stack).shape; }
  [[nodiscard]] constexpr Shape shape(int stack, int depth) const { return at(below(stack, depth)).shape; }

  [[nodiscard]] constexpr int push_new(int stack, Shape shape) {
    return child(stack, {.shape = shape, .root = at(stack).position + 1});
  }
  /// `edge`: what becomes of the copy must be a tensor of its own (a Cell's edge), so that what one edge costs does not
  /// depend on what another chose.
  [[nodiscard]] constexpr int push_copy(int stack, int depth, bool move, bool edge) {
    Slot copy = slot(below(stack, depth));
    copy.edge = copy.edge || edge;
    const int pushed = child(stack, copy);
    return move ? remove(pushed, depth + 1) : pushed;
  }
  [[nodiscard]] constexpr int remove(int stack, int depth) {
    if (depth == 0) return at(stack).parent;  // roots are lower positions: nobody above loses one
    List<Slot> above;
    int s = stack;
    for (int i = 0; i < depth; ++i) {
      above.push_back(slot(s));
      s = at(s).parent;
    }
    const int gone = at(s).position;
    int heir = -1;  // the next slot with the same tensor becomes its root
    s = at(s).parent;
    for (std::size_t i = above.size(); i-- > 0;) {
      Slot moved = above[i];
      if (moved.root == gone) {
        if (heir < 0) heir = at(s).position + 1;
        moved.root = heir;
      } else if (moved.root > gone) {
        --moved.root;
      }
      s = child(s, moved);
    }
    return s;
  }
  /// The top becomes another tensor.
  [[nodiscard]] constexpr int replace_top(int stack, Shape shape) { return push_new(at(stack).parent, shape); }
  /// The top becomes a view of the same tensor.
  [[nodiscard]] constexpr int reshape_top(int stack, Shape shape) {
    Slot top = slot(stack);
    top.shape = shape;
    return child(at(stack).parent, top);
  }

  /// Another slot holds the top's tensor too.
  [[nodiscard]] constexpr bool top_is_held(int stack) const { return at(stack).root != at(stack).position; }
  [[nodiscard]] constexpr bool top_is_edge(int stack) const { return at(stack).edge; }
  /// Elements of all distinct tensors, and of all but the top's.
  [[nodiscard]] constexpr std::int64_t all_elements(int stack) const { return at(stack).total; }
  [[nodiscard]] constexpr std::int64_t elements_below_top(int stack) const {
    return at(stack).total - at(stack).shape.elements();
  }

 private:
  struct Slot {
    Shape shape{};
    int root = 0;
    bool edge = false;
  };
  struct Node {
    Shape shape{};
    int root = -1;
    bool edge = false;
    int position = -1;
    int parent = -1;
    int first_child = -1;
    int next = -1;            // next child of the same parent
    std::int64_t total = 0;
  };

  [[nodiscard]] constexpr const Node& at(int stack) const { return nodes_[static_cast<std::size_t>(stack)]; }
  [[nodiscard]] constexpr Slot slot(int stack) const { return {at(stack).shape, at(stack).root, at(stack).edge}; }
  [[nodiscard]] constexpr int below(int stack, int depth) const {
    const Node* nodes = nodes_.data();
    for (; depth > 0; --depth) stack = nodes[stack].parent;
    return stack;
  }
  constexpr int child(int parent, const Slot& slot) {
    const Node* nodes = nodes_.data();
    for (int c = nodes[parent].first_child; c >= 0; c = nodes[c].next) {
      const Node& node = nodes[c];
      if (node.shape == slot.shape && node.root == slot.root && node.edge == slot.edge) return c;
    }
    const int position = at(parent).position + 1;
    const bool own = slot.root == position;
    nodes_.push_back({slot.shape, slot.root, slot.edge, position, parent, -1, at(parent).first_child,
                      at(parent).total + (own ? slot.shape.elements() : 0)});
    const int made = static_cast<int>(nodes_.size()) - 1;
    nodes_[static_cast<std::size_t>(parent)].first_child = made;
    return made;
  }

  List<Node> nodes_;
};

}  // namespace hwnas
