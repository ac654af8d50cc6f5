// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the command line of regret says. Neither CLI11 nor LibTorch here.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace regret {

struct Options {
  std::string accuracy_file{};
  std::string accuracy_column = "cifar10";
  std::string latency_file{};
  std::vector<std::string> devices{};  ///< empty: every one with a value for each network
  std::vector<std::string> strategies{"random",    "filter", "unfiltered", "grid", "local",
                                      "evolution", "tpe",    "nsga2",      "rl",   "reinforce"};
  std::size_t trials = 300;
  std::size_t seeds = 50;
  std::size_t learned_seeds = 10;
  std::size_t threads = 0;  ///< 0: as many as there are cores
  double max_seconds = std::numeric_limits<double>::infinity();
  std::string json_file{};
};

/// Reads the command line: the options, or the exit status where there is nothing to run (--help, bad input).
[[nodiscard]] std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace regret
