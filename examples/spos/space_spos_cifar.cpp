// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  spos compiled for the small SPOS space on CIFAR's images.
#include "hwnas/zoo/small.hpp"

#include "program.hpp"

namespace spos {

hwnas::Result<programs::Outcome> run_spos_cifar(const Options& options) {
  return Program<hwnas::zoo::small::SposSpace<hwnas::Shape{3, 32, 32}, 10>>{"spos-cifar", options}.run();
}

}  // namespace spos
