// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  ValidationBatches: the images that architecture steps learn from, one epoch after another without end.
///        ValidationBatches batches{loader, torch::kCPU};  batches.next();
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "hwnas/train/loader.hpp"

namespace hwnas {

/// A Loader again and again, each time in the order of its next epoch. Its position is two numbers.
class ValidationBatches {
 public:
  struct Position {
    std::int64_t epoch = 0;
    std::int64_t batch = 0;
  };

  ValidationBatches(Loader loader, torch::Device device) : loader_{std::move(loader)}, device_{device} {}

  /// On the device. A last batch of one image, which has no batch statistics, is left out.
  ///   Errors   throws the loader's
  [[nodiscard]] Batch next() {
    for (;;) {
      if (!stream_) stream_.reset(new BatchStream(loader_.epoch(at_.epoch, at_.batch)));  // it cannot be moved
      auto batch = stream_->next();
      if (!batch) throw batch.error();
      if (!batch->has_value()) {
        go_to({.epoch = at_.epoch + 1, .batch = 0});
        continue;
      }
      ++at_.batch;
      if ((*batch)->labels.size(0) > 1 || loader_.images() == 1) return (*batch)->to(device_);
    }
  }

  [[nodiscard]] Position position() const { return at_; }
  void go_to(Position position) {
    at_ = position;
    stream_.reset();
  }

 private:
  Loader loader_;
  torch::Device device_;
  Position at_{};
  std::unique_ptr<BatchStream> stream_;
};

}  // namespace hwnas
