// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  proxyless compiled for one space.
#include "program.hpp"
#include "types.hpp"

namespace proxyless {

hwnas::Result<programs::Outcome> run_cifar(const Options& options) { return Program<Cifar>{options}.run(); }

}  // namespace proxyless
