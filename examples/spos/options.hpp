// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the command line of spos says. Neither CLI11 nor LibTorch here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>

namespace spos {

struct Options {
  std::string data = "fashion-mnist";
  std::int64_t images = 0;
  std::int64_t validation_images = 5000;
  std::int64_t judging_images = 2560;
  int crop = 2;
  bool flip = true;
  int cutout = 0;
  int workers = 1;

  std::string space = "spos";
  std::optional<double> max_latency{};
  std::optional<double> max_flops{};
  std::optional<double> max_params{};
  std::optional<double> max_memory{};
  bool filter_training = false;

  std::int64_t epochs = 8;
  std::int64_t batch_size = 64;
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

  std::uint64_t seed = 1;
  int threads = 0;
  std::string device = "cpu";
  std::string latency_table{};
  bool remeasure = false;

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
