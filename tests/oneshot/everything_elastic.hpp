// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A phase of progressive shrinking for a space of any labels: all its decisions are elastic.
#pragma once

#include <string>
#include <vector>

#include "hwnas/oneshot/progressive_shrinking.hpp"

namespace hwnas::oneshot_test {

template <class Space> std::vector<ShrinkingPhase> everything_elastic() {
  ShrinkingPhase all{.name = "all", .epochs = 1};
  for (const Decision& decision : decisions<Space>) {
    const std::string label{decision.label};
    all.elastic.push_back({label.substr(label.rfind('/') + 1)});
  }
  return {all};
}

}  // namespace hwnas::oneshot_test
