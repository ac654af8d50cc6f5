// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the command line of worker says. No CLI11 here.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <variant>

namespace worker {

struct Options {
  std::string store{};
  std::string space{};  ///< "": that of the store, if this program has it
  std::string evaluator = "command";
  std::string command{};
  std::string objective = "accuracy";
  std::string accuracy_file{};
  std::string accuracy_column = "cifar10";
  std::string latency_file{};
  std::string latency_column{};
  std::string predictor{};  ///< a file; "": trials have no latency but the table's
  double lease_seconds = 60;
  double idle_seconds = 60;
  double patience_seconds = 60;
  double trial_seconds = std::numeric_limits<double>::infinity();
  std::size_t max_trials = std::numeric_limits<std::size_t>::max();
  bool quiet = false;
};

/// Reads the command line: the options, or the exit status where there is nothing to run (--help, bad input).
[[nodiscard]] std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace worker
