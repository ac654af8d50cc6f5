// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the command lines of all programs say alike. Neither CLI11 nor LibTorch here.
#pragma once

#include <cstdint>
#include <string>

namespace hwnas {
class Ranks;
}

namespace programs {

struct Options {
  std::string program{};    ///< its name, for messages
  std::string arguments{};  ///< all of them, as given

  std::string data = "fashion-mnist";
  std::int64_t images = 0;
  std::int64_t validation_images = 5000;
  std::int64_t judging_images = 2560;
  int crop = 2;
  bool flip = true;
  int cutout = 0;
  int workers = 1;

  std::string space = "spos";

  std::int64_t epochs = 7;
  std::int64_t batch_size = 64;
  double lr = 0.3;
  double weight_decay = 4e-5;
  double smoothing = 0.1;
  std::string schedule = "cosine";
  double clip_norm = 0;
  bool mixed_precision = false;

  std::int64_t retrain_epochs = 8;
  double retrain_lr = 0.3;
  bool no_retrain = false;
  std::string arch_file{};
  int rank_check = 0;
  std::string distill{};  ///< "supernet" or a file
  double distill_weight = 1;
  double distill_temperature = 1;

  std::uint64_t seed = 1;
  int threads = 0;
  std::string device = "cpu";
  std::string predictor = "cpu";  ///< or a file
  double confidence = 0;          ///< with which networks keep a latency budget; 0: as predicted
  std::string latency_table{};
  bool remeasure = false;

  hwnas::Ranks* ranks = nullptr;  ///< the processes of this run; null: this one alone
  double rank_timeout = 1800;     ///< seconds
  bool synchronise_norms = false;
  bool own_paths = false;

  std::string checkpoint{};
  std::int64_t checkpoint_every = 100;
  bool resume = false;

  std::string export_file{};
  std::string json_file{};
  std::string report_file{};
  bool quiet = false;
};

}  // namespace programs
