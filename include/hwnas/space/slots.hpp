// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Slots: which tensors are alive at a place, as shapes; two slots may hold the same tensor.
#pragma once

#include <cstdint>
#include <vector>

#include "hwnas/core/shape.hpp"

namespace hwnas {

/// The stack machine's slots over shapes. Depth 0 is the top. A slot names the lowest slot with its tensor (its root),
/// so that equal situations compare equal.
class Slots {
 public:
  [[nodiscard]] constexpr bool empty() const { return slots_.empty(); }
  [[nodiscard]] constexpr Shape top() const { return slots_.back().shape; }
  [[nodiscard]] constexpr Shape shape(int depth) const { return slots_[index(depth)].shape; }

  constexpr void push_new(Shape shape) { slots_.push_back({shape, static_cast<int>(slots_.size()), false}); }
  /// `edge`: what becomes of the copy must be a tensor of its own (a Cell's edge), so that what one edge costs does not
  /// depend on what another chose.
  constexpr void push_copy(int depth, bool move, bool edge = false) {
    Slot copy = slots_[index(depth)];
    copy.edge = copy.edge || edge;
    slots_.push_back(copy);
    if (move) remove(depth + 1);
  }
  [[nodiscard]] constexpr bool top_is_edge() const { return slots_.back().edge; }
  constexpr void remove(int depth) {
    const int gone = static_cast<int>(index(depth));
    int heir = -1;  // the next slot with the same tensor becomes its root
    for (int i = gone + 1; i < static_cast<int>(slots_.size()); ++i) {
      Slot& slot = slots_[static_cast<std::size_t>(i)];
      if (slot.root == gone) {
        if (heir < 0) heir = i - 1;
        slot.root = heir;
      } else if (slot.root > gone) {
        --slot.root;
      }
    }
    slots_.erase(slots_.begin() + gone);
  }
  /// The top becomes another tensor.
  constexpr void replace_top(Shape shape) {
    slots_.pop_back();
    push_new(shape);
  }
  /// The top becomes a view of the same tensor.
  constexpr void reshape_top(Shape shape) { slots_.back().shape = shape; }

  /// Another slot holds the top's tensor too.
  [[nodiscard]] constexpr bool top_is_held() const { return slots_.back().root != static_cast<int>(slots_.size()) - 1; }

  [[nodiscard]] constexpr std::int64_t all_elements() const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].root == static_cast<int>(i)) sum += slots_[i].shape.elements();
    }
    return sum;
  }
  /// Elements of all tensors but the top's.
  [[nodiscard]] constexpr std::int64_t elements_below_top() const { return all_elements() - top().elements(); }

  friend constexpr bool operator==(const Slots&, const Slots&) = default;

 private:
  struct Slot {
    Shape shape{};
    int root = 0;
    bool edge = false;
    friend constexpr bool operator==(const Slot&, const Slot&) = default;
  };
  [[nodiscard]] constexpr std::size_t index(int depth) const { return slots_.size() - 1 - static_cast<std::size_t>(depth); }

  std::vector<Slot> slots_;
};

}  // namespace hwnas
