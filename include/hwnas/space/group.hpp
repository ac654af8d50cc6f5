// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Groups: dangling edges of the walk that are in the same situation, in linked lists, so that sorting them by what
///        they remember moves no memory.
#pragma once

#include "hwnas/core/list.hpp"

namespace hwnas {

/// Dangling edges with equal slots and equal remembered labels.
struct Group {
  int slots = 0;        // in the SlotTree
  int known = 0;        // in the MemoryTree
  int first_edge = -1;  // dangling, linked through GroupPool::next_edge; none in a group that only collects costs
  int last_edge = -1;
  int pending = -1;     // list of what all of them have met since
  int chain = -1;       // a collecting group: the label it stands for, in GroupPool::chains
  int next = -1;        // next group of the same list
  int next_in_bucket = -1;  // while equal groups are merged

  [[nodiscard]] constexpr bool collects() const { return chain >= 0; }
};

/// A list of groups.
struct GroupList {
  int first = -1;
  int last = -1;

  [[nodiscard]] constexpr bool empty() const { return first < 0; }
};

/// Labels a collecting group stands for, innermost first.
struct CollectedLabel {
  int label = 0;
  int parent = -1;
};

/// All groups of a walk.
struct GroupPool : List<Group> {
  List<int> next_edge;
  List<CollectedLabel> chains;

  constexpr void append(GroupList& list, int g) {
    data_[g].next = -1;
    (list.first < 0 ? list.first : data_[list.last].next) = g;
    list.last = g;
  }
  constexpr void append_new(GroupList& list, const Group& group) {
    push_back(group);
    append(list, static_cast<int>(size()) - 1);
  }
  constexpr void splice(GroupList& list, const GroupList& more) {
    if (more.first < 0) return;
    if (list.first < 0) {
      list = more;
      return;
    }
    data_[list.last].next = more.first;
    list.last = more.last;
  }
  /// Hands the edges of one group to another.
  constexpr void join_edges(Group& to, const Group& from) {
    if (from.first_edge < 0) return;
    if (to.first_edge < 0) {
      to.first_edge = from.first_edge;
    } else {
      next_edge[to.last_edge] = from.first_edge;
    }
    to.last_edge = from.last_edge;
  }
};

}  // namespace hwnas
