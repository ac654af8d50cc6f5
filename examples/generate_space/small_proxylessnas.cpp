// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/small.hpp"

#include "program.hpp"

namespace generate_space {

hwnas::Result<void> run_small_proxylessnas(const Options& options) {
  return generate<hwnas::zoo::small::ProxylessNas>(options, {.space = "hwnas::zoo::small::ProxylessNas", .include = "hwnas/zoo/small.hpp"});
}

}  // namespace generate_space
