// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The spaces and strategies on offer. Adding a space: a type in types.hpp, a line in spaces.cpp and in each search_*.cpp,
///        a file like space_proxylessnas.cpp. A strategy: a file like search_darts.cpp, and its line in search.hpp.
#pragma once

#include <string>
#include <vector>

#include "common/named.hpp"
#include "common/outcome.hpp"
#include "options.hpp"

namespace proxyless {

using SpaceEntry = programs::NamedSpace<Options, programs::Outcome>;
[[nodiscard]] const std::vector<SpaceEntry>& spaces();
[[nodiscard]] std::vector<std::string> strategy_names();

}  // namespace proxyless
