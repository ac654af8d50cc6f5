// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  multi_trial compiled for the small ProxylessNAS space.
#include "hwnas/zoo/small.hpp"

#include "program.hpp"

namespace multi_trial {

Result<Outcome> run_proxylessnas(const Options& options) { return Program<zoo::small::ProxylessNas>{options}.run(); }

}  // namespace multi_trial
