// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Group: dangling edges of the walk that are in the same situation.
#pragma once

#include <vector>

#include "hwnas/space/slots.hpp"

namespace hwnas {

/// A label whose value a group remembers.
struct Known {
  int label = 0;
  int value = 0;
  friend constexpr bool operator==(const Known&, const Known&) = default;
};

/// Dangling edges that are in the same situation.
struct Group {
  Slots slots;
  std::vector<Known> known{};
  std::vector<int> edges{};  // dangling; none in a group that only collects costs for a label met before
  int pending = -1;        // list of what all of them have met since
  std::vector<int> chain{};  // such a group: the labels it stands for, outermost first

  [[nodiscard]] constexpr bool collects() const { return !chain.empty(); }
  [[nodiscard]] constexpr int value_of(int label) const {
    for (const Known& k : known) {
      if (k.label == label) return k.value;
    }
    return -1;
  }
  [[nodiscard]] constexpr bool same_situation(const Group& other) const {
    return slots == other.slots && known == other.known && chain == other.chain;
  }
};

}  // namespace hwnas
