// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the command line of multi_trial says. Neither CLI11 nor LibTorch here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>

#include "common/options.hpp"

namespace multi_trial {

struct Options : programs::Options {
  Options() {
    epochs = 2;
    lr = 0.1;
    space.clear();
    images = 7000;
    validation_images = 2000;
    judging_images = 2000;
  }

  std::optional<double> latency_threshold{};

  std::string strategy = "evolution";
  std::string evaluator = "train";
  std::string command{};
  std::string accuracy_file{};
  std::string accuracy_column = "cifar10";
  std::string latency_file{};
  std::string latency_column{};

  std::int64_t patience = 0;
  std::int64_t supernet_epochs = 8;

  std::optional<std::size_t> max_trials{};  ///< by evaluator
  std::optional<double> max_seconds{};      ///< by evaluator
  double trial_seconds = std::numeric_limits<double>::infinity();
  std::size_t trial_workers = 1;  ///< trials at a time; `workers` load images
  std::size_t ahead = 0;          ///< trials queued for other processes
  int retries = 0;
  bool join = false;             ///< evaluates the trials of a search that runs elsewhere
  double idle_seconds = 60;      ///< with nothing to do, what joined ends

  std::string supernet{};  ///< its file; "": see supernet_file

  std::string store{};
  double patience_seconds = 60;  ///< with a store that is away
  std::size_t top_k = 5;

  [[nodiscard]] bool tabular() const { return evaluator == "nasbench201"; }
  /// Scores networks without training them.
  [[nodiscard]] bool zero_cost() const { return evaluator == "synflow" || evaluator == "naswot"; }
  /// The metric that a search wants high.
  [[nodiscard]] std::string objective() const { return zero_cost() ? evaluator : "accuracy"; }
  [[nodiscard]] bool trains() const { return evaluator == "train" || evaluator == "supernet"; }
  /// The parts that one evaluation can be cut into; 0: any.
  [[nodiscard]] std::size_t steps() const {
    return evaluator == "command" ? 0 : evaluator == "train" ? static_cast<std::size_t>(epochs) : 1;
  }
  [[nodiscard]] std::size_t trials() const { return max_trials.value_or(tabular() ? 1000 : 100); }
  /// Where the supernet is kept, so that no other run of this search trains it again; "": nowhere.
  [[nodiscard]] std::string supernet_file() const {
    const bool beside = supernet.empty() && !store.empty() && store.find("://") == std::string::npos;
    return beside ? store + ".supernet" : supernet;
  }
  /// Training ends by the clock, so that the first run is over in minutes on any machine.
  [[nodiscard]] double seconds() const {
    return max_seconds.value_or(evaluator == "train" ? 540 : std::numeric_limits<double>::infinity());
  }
};

/// Reads the command line: the options, or the exit status where there is nothing to run (--help, bad input).
[[nodiscard]] std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace multi_trial
