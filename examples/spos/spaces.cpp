// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The table of spaces.
#include "spaces.hpp"

namespace spos {

hwnas::Result<programs::Outcome> run_spos(const Options&);
hwnas::Result<programs::Outcome> run_spos_cifar(const Options&);
hwnas::Result<programs::Outcome> run_proxylessnas(const Options&);
hwnas::Result<programs::Outcome> run_proxylessnas_cifar(const Options&);
hwnas::Result<programs::Outcome> run_plain(const Options&);

const std::vector<SpaceEntry>& spaces() {
  static const std::vector<SpaceEntry> all{
      {"spos", "ShuffleNetV2 blocks, 1x28x28", &run_spos},
      {"spos-cifar", "the same, 3x32x32", &run_spos_cifar},
      {"proxylessnas", "MBConv blocks, 1x28x28", &run_proxylessnas},
      {"proxylessnas-cifar", "the same, 3x32x32", &run_proxylessnas_cifar},
      {"plain", "one network of eight MBConv blocks to compare with, 1x28x28", &run_plain},
  };
  return all;
}

}  // namespace spos
