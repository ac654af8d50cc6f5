// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The spaces that --space offers. Adding one: a file like space_spos.cpp and a line in spaces.cpp.
#pragma once

#include <string>
#include <vector>

#include "hwnas/core/result.hpp"
#include "options.hpp"
#include "outcome.hpp"

namespace multi_trial {

/// A space by its name, with the program compiled for it.
struct SpaceEntry {
  std::string name;
  std::string about;
  hwnas::Result<Outcome> (*run)(const Options&);
};

[[nodiscard]] const std::vector<SpaceEntry>& spaces();
[[nodiscard]] std::vector<std::string> space_names();
[[nodiscard]] std::string space_help();

}  // namespace multi_trial
