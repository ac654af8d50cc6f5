// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  spos compiled for the small ProxylessNAS space.
#include "hwnas/zoo/small.hpp"

#include "program.hpp"

namespace spos {

hwnas::Result<programs::Outcome> run_proxylessnas(const Options& options) {
  return Program<hwnas::zoo::small::ProxylessNas>{"proxylessnas", options}.run();
}

}  // namespace spos
