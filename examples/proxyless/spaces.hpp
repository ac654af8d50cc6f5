// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The spaces and strategies on offer. Adding a space: a type in types.hpp, a line in spaces.cpp and in each search_*.cpp,
///        a file like space_proxylessnas.cpp. A strategy: a file like search_darts.cpp, and its line in search.hpp.
#pragma once

#include <string>
#include <vector>

#include "common/outcome.hpp"
#include "hwnas/core/result.hpp"
#include "options.hpp"

namespace proxyless {

struct SpaceEntry {
  std::string name;
  std::string about;
  hwnas::Result<programs::Outcome> (*run)(const Options&);
};

[[nodiscard]] const std::vector<SpaceEntry>& spaces();
[[nodiscard]] std::vector<std::string> space_names();
[[nodiscard]] std::string space_help();
[[nodiscard]] std::vector<std::string> strategy_names();

}  // namespace proxyless
