// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  multi_trial compiled for NAS-Bench-201, the space whose networks stand in tables.
#include "hwnas/zoo/nasbench201_string.hpp"

#include "program.hpp"

namespace multi_trial {

Result<Outcome> run_nasbench201(const Options& options) {
  return Program<zoo::NasBench201>{options, &from_nasbench201_string<zoo::NasBench201>}.run();
}

}  // namespace multi_trial
