// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The spaces that --space offers. Adding one: a file like small_spos.cpp and a line in spaces.cpp.
#pragma once

#include <vector>

#include "common/named.hpp"
#include "options.hpp"

namespace generate_space {

using SpaceEntry = programs::NamedSpace<Options, void>;
[[nodiscard]] const std::vector<SpaceEntry>& spaces();

}  // namespace generate_space
