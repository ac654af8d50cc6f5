// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the command line of spos says.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "common/options.hpp"

namespace spos {

struct Options : programs::Options {
  std::optional<double> max_latency{};
  std::optional<double> max_flops{};
  std::optional<double> max_params{};
  std::optional<double> max_memory{};
  bool filter_training = false;
  bool two_stage = false;
  std::string candidates{};  ///< file; "": all

  int population = 24;
  int generations = 6;
  int parents = 8;
  double mutation = 0.1;
  double crossover = 0.5;
  bool random = false;
};

/// Reads the command line: the options, or the exit status where there is nothing to run (--help, bad input).
[[nodiscard]] std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace spos
