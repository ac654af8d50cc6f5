// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/spos.hpp"

#include "program.hpp"

namespace generate_space {

hwnas::Result<void> run_spos(const Options& options) {
  return generate<hwnas::zoo::SposShuffleNetV2>(options, {.space = "hwnas::zoo::SposShuffleNetV2", .include = "hwnas/zoo/spos.hpp"});
}

}  // namespace generate_space
