// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the command line of spos says. Neither CLI11 nor LibTorch here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "../common/options.hpp"

namespace spos {

struct Options : examples::ImageOptions, examples::LatencyOptions {
  std::optional<double> max_latency{};
  std::optional<double> max_flops{};
  std::optional<double> max_params{};
  std::optional<double> max_memory{};
  bool filter_training = false;

  std::int64_t epochs = 8;
  double lr = 0.3;
  double weight_decay = 4e-5;
  double smoothing = 0.1;

  int population = 24;
  int generations = 6;
  int parents = 8;
  double mutation = 0.1;
  double crossover = 0.5;

  std::int64_t retrain_epochs = 10;
  double retrain_lr = 0.3;
  bool no_retrain = false;
  std::string arch_file{};
  bool random = false;
  int rank_check = 0;

  int threads = 0;

  std::string checkpoint{};
  std::int64_t checkpoint_every = 100;
  bool resume = false;

  std::string export_file{};
  std::string json_file{};
  std::string report_file{};
  bool quiet = false;
};

/// Reads the command line: the options, or the exit status where there is nothing to run (--help, bad input).
[[nodiscard]] std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace spos
