// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  MemoryTree: the labels whose values the walk still needs, interned like the slots.
#pragma once

#include <span>

#include "hwnas/core/list.hpp"
#include "hwnas/space/program.hpp"

namespace hwnas {

/// All sets of remembered (label, value) pairs, as a tree in the order of labels: equal sets have equal numbers.
class MemoryTree {
 public:
  static constexpr int empty = 0;

  constexpr explicit MemoryTree(std::span<const DecisionRecord> decisions) : decisions_{decisions} {
    nodes_.push_back({});
  }

  /// The value of a label, or -1.
  [[nodiscard]] constexpr int value_of(int set, int label) const {
    const Node* node = nodes_.data() + set;
    while (node->label > label) node = nodes_.data() + node->parent;
    return node->label == label ? node->value : -1;
  }
  [[nodiscard]] constexpr int with(int set, int label, int value) {
    if (nodes_[set].label < label) return child(set, label, value);
    const Node last = nodes_[set];
    return child(with(last.parent, label, value), last.label, last.value);
  }
  [[nodiscard]] constexpr int without(int set, int label) {
    if (nodes_[set].label < label) return set;
    const Node last = nodes_[set];
    if (last.label == label) return last.parent;
    return child(without(last.parent, label), last.label, last.value);
  }
  [[nodiscard]] constexpr int size(int set) const {
    int labels = 0;
    for (; set != empty; set = nodes_[set].parent) ++labels;
    return labels;
  }
  /// The label remembered for longest, or -1.
  [[nodiscard]] constexpr int first_label(int set) const {
    int label = -1;
    for (; set != empty; set = nodes_[set].parent) label = nodes_[set].label;
    return label;
  }

 private:
  struct Node {
    int label = -1;
    int value = 0;
    int parent = 0;
    int first_block = -1;  // blocks of children, one a label: children of a label stand side by side
  };
  struct Block {
    int label = 0;
    int first = 0;
    int next = -1;
  };

  constexpr int child(int parent, int label, int value) {
    for (int b = nodes_[parent].first_block; b >= 0; b = blocks_[b].next) {
      if (blocks_[b].label == label) return blocks_[b].first + value;
    }
    const int first = static_cast<int>(nodes_.size());
    for (int v = 0; v < decisions_[static_cast<std::size_t>(label)].count; ++v) {
      nodes_.push_back({label, v, parent, -1});
    }
    blocks_.push_back({label, first, nodes_[parent].first_block});
    nodes_[parent].first_block = static_cast<int>(blocks_.size()) - 1;
    return first + value;
  }

  std::span<const DecisionRecord> decisions_;
  List<Node> nodes_;
  List<Block> blocks_;
};

}  // namespace hwnas
