// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a run of multi_trial came to, for all spaces alike: the terminal and the files are made from this.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "hwnas/core/result.hpp"
#include "options.hpp"

namespace multi_trial {

struct TrialRow {
  std::size_t id = 0;
  std::string state{};  ///< done, failed or running: also what waits for its turn is not over
  int attempts = 0;
  std::string architecture{};  ///< JSON
  std::map<std::string, double> metrics{};
  double score = 0;
  double share = 1;  ///< of a full evaluation
  std::vector<std::string> reasons{};
};

struct Outcome {
  std::string budget{};   ///< in words
  std::string store{};
  std::vector<TrialRow> trials{};  ///< by id
  bool stopped = false;   ///< by Ctrl-C
  std::string joined{};   ///< what a process did that joined a search; it has no trials of its own
  double seconds = 0;

  /// The done trials, the fullest evaluations first and of these the best; the earlier of equals.
  [[nodiscard]] std::vector<const TrialRow*> best(std::size_t most) const;
  [[nodiscard]] std::size_t count(const std::string& state) const;
};

/// The best trials as a table for the terminal.
[[nodiscard]] std::string final_table(const Outcome& outcome, const Options& options);
/// The JSON of --json: {"trials": [...], "best": {...}}; "best" is null where nothing is done.
[[nodiscard]] std::string results_json(const Outcome& outcome);
/// The JSON of --export: [{"architecture": {...}, "metrics": {...}}, ...].
[[nodiscard]] std::string export_json(const Outcome& outcome, const Options& options);

}  // namespace multi_trial
