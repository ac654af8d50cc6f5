// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Training one architecture alone, from scratch.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "hwnas/nn/subnet.hpp"
#include "hwnas/train/distillation.hpp"
#include "hwnas/train/evaluate.hpp"
#include "hwnas/train/metrics.hpp"
#include "hwnas/train/trainer.hpp"
#include "common/options.hpp"
#include "common/schedules.hpp"

namespace programs {

/// How a network is trained alone; the same for the found one and for every network it is compared with.
struct AloneSettings {
  std::uint64_t seed = 0;  ///< of its weights
  hwnas::TrainOptions train{};
  double smoothing = 0.1;
  bool resume = false;               ///< take up train.checkpoint.path
  hwnas::ForwardFunction teacher{};  ///< whose output is learnt from, too; empty: none
  double distillation = 1;           ///< weight of the loss against it
  double temperature = 1;
};

template <class Space> struct TrainedAlone {
  std::unique_ptr<hwnas::Subnet<Space>> net{};
  hwnas::TrainSummary summary{};
};

/// Where networks are trained: of several CUDA devices each process of a machine takes its own.
[[nodiscard]] inline torch::Device device_of(const Options& options) {
  if (options.device != "cuda") return torch::kCPU;
  const char* rank = std::getenv("LOCAL_RANK");
  const auto devices = static_cast<int>(torch::cuda::device_count());
  if (rank == nullptr || devices < 2) return torch::kCUDA;
  return {torch::kCUDA, static_cast<torch::DeviceIndex>(std::atoi(rank) % devices)};
}

/// What of the options changes a training and is not its default, for checkpoints.
[[nodiscard]] inline std::string training_identity(const Options& options) {
  std::string text;
  if (options.schedule != "cosine") text += ", schedule " + options.schedule;
  if (options.clip_norm > 0) text += fmt::format(", gradients clipped at {}", options.clip_norm);
  if (options.mixed_precision) text += ", mixed precision";
  return text;
}

/// The recipe: SGD, with one cosine after a short warm-up unless another schedule was asked for.
[[nodiscard]] inline hwnas::TrainOptions recipe(std::int64_t epochs, double lr, const Options& options) {
  return {.epochs = epochs,
          .optimiser = {.weight_decay = options.weight_decay},
          .schedule = schedule_of(options.schedule, lr),
          .clip_norm = options.clip_norm,
          .device = device_of(options),
          .mixed_precision = options.mixed_precision,
          .checkpoint = {.every_steps = options.checkpoint_every},
          .ranks = options.ranks};
}

/// What the teacher says of a batch.
[[nodiscard]] inline torch::Tensor taught(const hwnas::Batch& batch, const AloneSettings& settings) {
  const torch::NoGradGuard no_gradients;
  return hwnas::soft_labels(settings.teacher(batch.images), settings.temperature);
}

/// Of the labels, and of the teacher where there is one.
[[nodiscard]] inline torch::Tensor loss_alone(const torch::Tensor& logits, const hwnas::Batch& batch,
                                              const AloneSettings& settings) {
  const torch::Tensor loss = hwnas::cross_entropy(logits, batch.labels, settings.smoothing);
  if (!settings.teacher) return loss;
  return loss + settings.distillation * hwnas::distillation_loss(logits, taught(batch, settings), settings.temperature);
}

/// Trains an architecture. The weights begin the same whatever ran before.
template <class Space>
[[nodiscard]] hwnas::Result<TrainedAlone<Space>> train_alone(const hwnas::Architecture<Space>& a,
                                                             const hwnas::Loader& loader, const AloneSettings& settings,
                                                             const hwnas::Rng& rng) {
  torch::manual_seed(settings.seed);
  TrainedAlone<Space> result{.net = std::make_unique<hwnas::Subnet<Space>>(a)};
  hwnas::Trainer trainer{*result.net, loader, settings.train, rng};
  if (settings.resume) {
    if (auto done = trainer.resume(); !done) return done.error();
  }
  auto summary = trainer.fit([&](const hwnas::Batch& batch) {
    return loss_alone(result.net->forward(batch.images), batch, settings);
  });
  if (!summary) return summary.error();
  result.summary = std::move(*summary);
  return result;
}

}  // namespace programs
