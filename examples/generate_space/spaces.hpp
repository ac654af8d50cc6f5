// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The spaces that --space offers. Adding one: a file like small_spos.cpp and a line in spaces.cpp.
#pragma once

#include <string>
#include <vector>

#include "hwnas/core/result.hpp"
#include "options.hpp"

namespace generate_space {

struct SpaceEntry {
  std::string name;
  std::string about;
  hwnas::Result<void> (*run)(const Options&);
};

[[nodiscard]] const std::vector<SpaceEntry>& spaces();

}  // namespace generate_space
