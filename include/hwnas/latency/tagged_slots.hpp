// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  TaggedSlots: slots of a walk at run time that hold, beside a shape, a tag: which kernel has made the tensor, or which
///        value of a network it is.
#pragma once

#include <cstddef>
#include <vector>

#include "hwnas/core/shape.hpp"

namespace hwnas {

/// A tensor in a slot.
struct TaggedTensor {
  Shape shape{};
  int tag = -1;
  friend bool operator==(const TaggedTensor&, const TaggedTensor&) = default;
};

/// All stacks that a walk has met, interned as a tree: a stack is a node, what lies below its top is the parent.
class TaggedSlots {
 public:
  static constexpr int empty = 0;
  TaggedSlots() : nodes_(1) {}

  [[nodiscard]] Shape top(int stack) const { return at(stack).tensor.shape; }
  [[nodiscard]] TaggedTensor tensor(int stack, int depth = 0) const { return at(below(stack, depth)).tensor; }

  [[nodiscard]] int push(int stack, const TaggedTensor& tensor) {
    for (int c = at(stack).first_child; c >= 0; c = at(c).next) {
      if (at(c).tensor == tensor) return c;
    }
    const int made = static_cast<int>(nodes_.size());
    nodes_.push_back({tensor, stack, -1, at(stack).first_child});
    nodes_[static_cast<std::size_t>(stack)].first_child = made;
    return made;
  }
  [[nodiscard]] int pop(int stack) const { return at(stack).parent; }
  /// Without the slot at a depth.
  [[nodiscard]] int remove(int stack, int depth) { return rebuild(stack, depth, at(below(stack, depth)).parent); }
  [[nodiscard]] int replace(int stack, int depth, const TaggedTensor& tensor) {
    return rebuild(stack, depth, push(at(below(stack, depth)).parent, tensor));
  }

 private:
  struct Node {
    TaggedTensor tensor{};
    int parent = -1;
    int first_child = -1;
    int next = -1;
  };
  [[nodiscard]] const Node& at(int stack) const { return nodes_[static_cast<std::size_t>(stack)]; }
  [[nodiscard]] int below(int stack, int depth) const {
    for (; depth > 0; --depth) stack = at(stack).parent;
    return stack;
  }
  // The `depth` top slots of a stack on another one.
  [[nodiscard]] int rebuild(int stack, int depth, int under) {
    if (depth == 0) return under;
    const TaggedTensor top = at(stack).tensor;
    const int lower = rebuild(at(stack).parent, depth - 1, under);
    return push(lower, top);
  }

  std::vector<Node> nodes_;
};

}  // namespace hwnas
