// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Training one architecture alone, from scratch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "hwnas/nn/subnet.hpp"
#include "hwnas/train/metrics.hpp"
#include "hwnas/train/trainer.hpp"
#include "common/options.hpp"

namespace programs {

/// How a network is trained alone; the same for the found one and for every network it is compared with.
struct AloneSettings {
  std::uint64_t seed = 0;  ///< of its weights
  hwnas::TrainOptions train{};
  double smoothing = 0.1;
  bool resume = false;  ///< take up train.checkpoint.path where that is there
};

template <class Space> struct TrainedAlone {
  std::unique_ptr<hwnas::Subnet<Space>> net{};
  hwnas::TrainSummary summary{};
};

/// The recipe: SGD with one cosine after a short warm-up.
[[nodiscard]] inline hwnas::TrainOptions recipe(std::int64_t epochs, double lr, const Options& options) {
  return {.epochs = epochs,
          .optimiser = {.weight_decay = options.weight_decay},
          .schedule = hwnas::CosineRate{.rate = lr, .warmup = 0.1},
          .device = options.device == "cuda" ? torch::kCUDA : torch::kCPU,
          .checkpoint = {.every_steps = options.checkpoint_every}};
}

/// Trains an architecture. The weights begin the same whatever ran before.
template <class Space>
[[nodiscard]] hwnas::Result<TrainedAlone<Space>> train_alone(const hwnas::Architecture<Space>& a,
                                                             const hwnas::Loader& loader, const AloneSettings& settings,
                                                             const hwnas::Rng& rng) {
  torch::manual_seed(settings.seed);
  TrainedAlone<Space> result{.net = std::make_unique<hwnas::Subnet<Space>>(a)};
  hwnas::Trainer trainer{*result.net, loader, settings.train, rng};
  if (settings.resume && std::filesystem::exists(settings.train.checkpoint.path)) {
    if (auto done = trainer.resume(); !done) return done.error();
  }
  auto summary = trainer.fit([&](const hwnas::Batch& batch) {
    return hwnas::cross_entropy(result.net->forward(batch.images), batch.labels, settings.smoothing);
  });
  if (!summary) return summary.error();
  result.summary = std::move(*summary);
  return result;
}

}  // namespace programs
