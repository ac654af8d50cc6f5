// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/fbnet.hpp"

#include "program.hpp"

namespace generate_space {

hwnas::Result<void> run_fbnet(const Options& options) {
  return generate<hwnas::zoo::FbNet>(options, {.space = "hwnas::zoo::FbNet", .include = "hwnas/zoo/fbnet.hpp"});
}

}  // namespace generate_space
