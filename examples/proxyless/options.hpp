// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the command line of proxyless says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "common/options.hpp"

namespace proxyless {

/// How cost enters the architecture's loss.
enum class Penalty { grad_reg, dual_ascent, absolute, none };
enum class GradReg { mul_log, add_linear, none };
enum class TrainMode { all, search, retrain };

struct Options : programs::Options {
  std::string recipe = "small";
  TrainMode train_mode = TrainMode::all;
  std::int64_t warmup_epochs = 2;
  std::string strategy = "proxylessnas";
  double arc_learning_rate = 6e-3;

  std::string applied_hardware = "libtorch-cpu";
  std::string dummy_input{};
  std::optional<double> reference{};  ///< ms, or millions of multiply-adds or parameters
  Penalty penalty = Penalty::dual_ascent;
  GradReg grad_reg = GradReg::add_linear;
  double lambda = 0.1;
  double alpha = 0.2;
  double beta = 0.3;
  double absolute_beta = 1;

  std::string filter{};  ///< "LO:HI", either end may be missing
  std::optional<double> hard_constraint{};
  bool constrain_by_reference = true;

  std::int64_t log_frequency = 0;
  std::string history_file{};
};

/// Reads the command line: the options, or the exit status where there is nothing to run (--help, bad input).
[[nodiscard]] std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace proxyless
