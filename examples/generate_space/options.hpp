// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the command line of generate_space says.
#pragma once

#include <string>
#include <variant>

#include "common/options.hpp"

namespace generate_space {

struct Options : programs::Options {
  std::string name = "Reduced";  ///< of the new space's type
  std::string header{};          ///< file; "": the header is printed
  std::string mask{};            ///< file; "": not written
};

/// Reads the command line: the options, or the exit status where there is nothing to run (--help, bad input).
[[nodiscard]] std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace generate_space
