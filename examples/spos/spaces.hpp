// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The spaces that --space offers. Adding one: a file like space_spos.cpp and a line in spaces.cpp.
#pragma once

#include <vector>

#include "common/named.hpp"
#include "common/outcome.hpp"
#include "options.hpp"

namespace spos {

using SpaceEntry = programs::NamedSpace<Options, programs::Outcome>;
[[nodiscard]] const std::vector<SpaceEntry>& spaces();

}  // namespace spos
