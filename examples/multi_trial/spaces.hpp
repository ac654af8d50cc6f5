// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The spaces that --space offers. Adding one: a file like space_spos.cpp and a line in spaces.cpp.
#pragma once

#include <vector>

#include "common/named.hpp"
#include "options.hpp"
#include "outcome.hpp"

namespace multi_trial {

using SpaceEntry = programs::NamedSpace<Options, Outcome>;
[[nodiscard]] const std::vector<SpaceEntry>& spaces();

}  // namespace multi_trial
