// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What several programs ask of images and of latency tables.
#pragma once

#include <cstdint>
#include <string>

namespace examples {

struct ImageOptions {
  std::string data = "fashion-mnist";
  std::int64_t images = 0;  ///< 0: all
  std::int64_t validation_images = 5000;
  std::int64_t judging_images = 2560;
  int crop = 2;
  bool flip = true;
  int cutout = 0;
  int loaders = 1;  ///< threads
  std::int64_t batch_size = 64;
  std::string device = "cpu";
  std::uint64_t seed = 1;
  std::string space = "spos";
};

struct LatencyOptions {
  std::string latency_table{};  ///< "": the space's file in the user's cache
  bool remeasure = false;
};

}  // namespace examples
