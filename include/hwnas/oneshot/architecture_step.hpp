// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a search with architecture parameters is told before it begins, and what it reports of each of their steps.
#pragma once

#include <cstdint>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/train/loader.hpp"
#include "hwnas/train/ranks.hpp"
#include "hwnas/train/schedule.hpp"
#include "hwnas/train/step_not_finite.hpp"

namespace hwnas {

/// One step of the architecture parameters.
struct ArchitectureStep {
  std::int64_t step = 0;  ///< the step of the weights that it went before, from 0
  double loss = 0;       ///< cross entropy of what ran
  double penalised = 0;  ///< with penalties; of policies that learn from rewards, minus the mean reward
  double entropy = 0;    ///< of the choices: mean over decisions, nats
  std::vector<double> costs{};  ///< one a penalty, in its unit: expected; of samples, their mean
};

/// One step of the weights.
struct WeightStep {
  std::int64_t step = 0;  ///< from 0
  double loss = 0;        ///< of several ranks, the mean
};

/// How far a search goes, and where its architecture steps take their images from.
struct ArchitectureSchedule {
  const Loader& validation;
  std::int64_t warmup_steps = 0;  ///< weights learn alone
  std::int64_t steps = 0;         ///< of the weights, warm-up included
  torch::Device device = torch::kCPU;
  Schedule rate = ConstantRate{};  ///< of the weights
  Ranks* ranks = nullptr;  ///< the processes that search together: their gradients are averaged
};

/// An architecture step's loss or gradient is not finite. The search is as it was before that step.
struct ArchitectureNotFinite : StepNotFinite {
  using StepNotFinite::StepNotFinite;
};

}  // namespace hwnas
