// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/proxylessnas.hpp"

#include "program.hpp"

namespace generate_space {

hwnas::Result<void> run_proxylessnas(const Options& options) {
  return generate<hwnas::zoo::ProxylessNas>(options, {.space = "hwnas::zoo::ProxylessNas", .include = "hwnas/zoo/proxylessnas.hpp"});
}

}  // namespace generate_space
