// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "spaces.hpp"

namespace generate_space {

hwnas::Result<void> run_proxylessnas(const Options&);
hwnas::Result<void> run_spos(const Options&);
hwnas::Result<void> run_fbnet(const Options&);
hwnas::Result<void> run_small_spos(const Options&);
hwnas::Result<void> run_small_proxylessnas(const Options&);

const std::vector<SpaceEntry>& spaces() {
  static const std::vector<SpaceEntry> all{
      {"proxylessnas", "MBConv blocks, 3x224x224", &run_proxylessnas},
      {"spos", "ShuffleNetV2 blocks, 3x224x224", &run_spos},
      {"fbnet", "FBNet blocks, 3x224x224", &run_fbnet},
      {"small-spos", "ShuffleNetV2 blocks, 1x28x28", &run_small_spos},
      {"small-proxylessnas", "MBConv blocks, 1x28x28", &run_small_proxylessnas},
  };
  return all;
}

}  // namespace generate_space
