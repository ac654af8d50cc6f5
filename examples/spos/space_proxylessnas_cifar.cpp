// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  spos compiled for the small ProxylessNAS space on CIFAR's images.
#include "hwnas/zoo/small.hpp"

#include "program.hpp"

namespace spos {

hwnas::Result<programs::Outcome> run_proxylessnas_cifar(const Options& options) {
  return Program<hwnas::zoo::small::ProxylessNasSpace<hwnas::Shape{3, 32, 32}, 10>>{"proxylessnas-cifar", options}
      .run();
}

}  // namespace spos
