// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The tables of spaces and strategies.
#include "spaces.hpp"

namespace proxyless {

hwnas::Result<programs::Outcome> run_grey(const Options&);
hwnas::Result<programs::Outcome> run_cifar(const Options&);

const std::vector<SpaceEntry>& spaces() {
  static const std::vector<SpaceEntry> all{
      {"proxylessnas", "MBConv blocks, 1x28x28", &run_grey},
      {"proxylessnas-cifar", "the same, 3x32x32", &run_cifar},
  };
  return all;
}

std::vector<std::string> strategy_names() { return {"proxylessnas", "reinforce", "darts", "darts2", "gumbel", "enas"}; }

}  // namespace proxyless
