// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/small.hpp"

#include "program.hpp"

namespace generate_space {

hwnas::Result<void> run_small_spos(const Options& options) {
  return generate<hwnas::zoo::small::Spos>(options, {.space = "hwnas::zoo::small::Spos", .include = "hwnas/zoo/small.hpp"});
}

}  // namespace generate_space
