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

  [[nodiscard]] constexpr Shape top(int stack) const { return nodes_[stack].shape; }
  [[nodiscard]] constexpr Shape shape(int stack, int depth) const { return nodes_[below(stack, depth)].shape; }

  [[nodiscard]] constexpr int push_new(int stack, Shape shape) {
    return child(stack, {.shape = shape, .root = nodes_[stack].position + 1});
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
    if (depth == 0) return nodes_[stack].parent;  // roots are lower positions: nobody above loses one
    List<Slot> above;
    int s = stack;
    for (int i = 0; i < depth; ++i) {
      above.push_back(slot(s));
      s = nodes_[s].parent;
    }
    const int gone = nodes_[s].position;
    int heir = -1;  // the next slot with the same tensor becomes its root
    s = nodes_[s].parent;
    for (std::size_t i = above.size(); i-- > 0;) {
      Slot moved = above[i];
      if (moved.root == gone) {
        if (heir < 0) heir = nodes_[s].position + 1;
        moved.root = heir;
      } else if (moved.root > gone) {
        --moved.root;
      }
      s = child(s, moved);
    }
    return s;
  }
  /// The top becomes another tensor.
  [[nodiscard]] constexpr int replace_top(int stack, Shape shape) { return push_new(nodes_[stack].parent, shape); }
  /// The top becomes a view of the same tensor.
  [[nodiscard]] constexpr int reshape_top(int stack, Shape shape) {
    Slot top = slot(stack);
    top.shape = shape;
    return child(nodes_[stack].parent, top);
  }

  /// The top of a stack; what is under it is its parent.
  struct Node {
    Shape shape{};
    int root = -1;            // another position: another slot holds the tensor too
    bool edge = false;
    int position = -1;
    int parent = -1;
    int first_child = -1;
    int next = -1;            // next child of the same parent
    std::int64_t total = 0;   // elements of all distinct tensors
    std::int64_t below = 0;   // of all but the top's
  };
  [[nodiscard]] constexpr const Node& operator[](int stack) const { return nodes_[stack]; }
  [[nodiscard]] constexpr std::int64_t all_elements(int stack) const { return nodes_[stack].total; }

 private:
  struct Slot {
    Shape shape{};
    int root = 0;
    bool edge = false;
  };
  [[nodiscard]] constexpr Slot slot(int stack) const {
    return {nodes_[stack].shape, nodes_[stack].root, nodes_[stack].edge};
  }
  [[nodiscard]] constexpr int below(int stack, int depth) const {
    const Node* nodes = nodes_.data();
    for (; depth > 0; --depth) stack = nodes[stack].parent;
    return stack;
  }
  constexpr int child(int parent, const Slot& slot) {
    const Node* nodes = nodes_.data();
    for (int c = nodes[parent].first_child; c >= 0; c = nodes[c].next) {
      if (nodes[c].root == slot.root && nodes[c].edge == slot.edge && nodes[c].shape.c == slot.shape.c &&
          nodes[c].shape.h == slot.shape.h && nodes[c].shape.w == slot.shape.w) {
        return c;
      }
    }
    const Node under = nodes[parent];
    const int position = under.position + 1;
    const std::int64_t elements = slot.shape.elements();
    // A tensor that a lower slot holds too is among the elements below; taken out of them once, as the top's.
    const std::int64_t total = under.total + (slot.root == position ? elements : 0);
    nodes_.push_back(
        {slot.shape, slot.root, slot.edge, position, parent, -1, under.first_child, total, total - elements});
    const int made = static_cast<int>(nodes_.size()) - 1;
    nodes_[parent].first_child = made;
    return made;
  }

  List<Node> nodes_;
};

}  // namespace hwnas
