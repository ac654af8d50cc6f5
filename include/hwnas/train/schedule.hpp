// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Learning-rate schedules: the rate as a function of the step, without torch.
///        TrainOptions{.schedule = CosineRate{.rate = 0.05, .warmup = 0.05}}
///        Another schedule is any callable (step, steps) -> rate.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <vector>

namespace hwnas {

/// The learning rate at step 0 .. steps - 1. Stateless, so that a resumed run needs only its step.
using Schedule = std::function<double(std::int64_t step, std::int64_t steps)>;

/// How far a run is, from 0 at the first step to just below 1 at the last.
[[nodiscard]] inline double progress_of(std::int64_t step, std::int64_t steps) {
  return steps > 0 ? static_cast<double>(step) / static_cast<double>(steps) : 0.0;
}

/// The same rate throughout.
struct ConstantRate {
  double rate = 0.1;
  double operator()(std::int64_t, std::int64_t) const { return rate; }
};

/// Half a cosine from `rate` to `last` (SGDR without restarts, Loshchilov and Hutter 2017, eq. 5), after a linear
/// warm-up that takes the share `warmup` of all steps.
struct CosineRate {
  double rate = 0.05;
  double last = 0.0;
  double warmup = 0.0;  ///< share of the steps; w of e epochs are w / e

  double operator()(std::int64_t step, std::int64_t steps) const {
    const double at = progress_of(step, steps);
    if (at < warmup) return rate * progress_of(step + 1, steps) / (warmup + progress_of(1, steps));
    const double share = warmup < 1 ? (at - warmup) / (1 - warmup) : 1.0;
    return last + 0.5 * (rate - last) * (1 + std::cos(std::numbers::pi * share));
  }
};

/// A straight line from `rate` to `last` (what SPOS trains its supernet with).
struct LinearRate {
  double rate = 0.5;
  double last = 0.0;
  double operator()(std::int64_t step, std::int64_t steps) const {
    return rate + (last - rate) * progress_of(step, steps);
  }
};

/// `rate`, multiplied by `factor` at each of the milestones, which are shares of the run.
struct StepRate {
  double rate = 0.1;
  double factor = 0.1;
  std::vector<double> milestones{0.5, 0.75};  ///< of all steps (He et al. 2016, section 4.2: 32k and 48k of 64k)

  double operator()(std::int64_t step, std::int64_t steps) const {
    double result = rate;
    for (const double milestone : milestones) {
      if (progress_of(step, steps) >= milestone) result *= factor;
    }
    return result;
  }
};

/// One cycle: a cosine up from rate * first to `rate` and down to rate * last (Smith and Topin 2018; the shares are
/// those of torch.optim.lr_scheduler.OneCycleLR).
struct OneCycleRate {
  double rate = 0.1;
  double rise = 0.3;
  double first = 1.0 / 25;
  double last = 1.0 / 25 * 1e-4;

  double operator()(std::int64_t step, std::int64_t steps) const {
    const auto between = [](double from, double to, double share) {
      return to + 0.5 * (from - to) * (1 + std::cos(std::numbers::pi * share));
    };
    const double at = progress_of(step, steps);
    if (at < rise) return between(rate * first, rate, at / rise);
    return between(rate, rate * last, rise < 1 ? (at - rise) / (1 - rise) : 1.0);
  }
};

}  // namespace hwnas
