// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  multi_trial compiled for the small SPOS space.
#include "hwnas/zoo/small.hpp"

#include "program.hpp"

namespace multi_trial {

Result<Outcome> run_spos(const Options& options) { return Program<zoo::small::Spos>{options}.run(); }

}  // namespace multi_trial
