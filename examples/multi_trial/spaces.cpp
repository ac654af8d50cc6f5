// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The table of spaces.
#include "spaces.hpp"

namespace multi_trial {

hwnas::Result<Outcome> run_spos(const Options&);
hwnas::Result<Outcome> run_proxylessnas(const Options&);
hwnas::Result<Outcome> run_nasbench201(const Options&);

const std::vector<SpaceEntry>& spaces() {
  static const std::vector<SpaceEntry> all{
      {"spos", "ShuffleNetV2 blocks, 1x28x28", &run_spos},
      {"proxylessnas", "MBConv blocks, 1x28x28", &run_proxylessnas},
      {"nasbench201", "NAS-Bench-201's cell, 3x32x32", &run_nasbench201},
  };
  return all;
}

}  // namespace multi_trial
