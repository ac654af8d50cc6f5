// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  OneShot: a supernet, a strategy, and one call that trains the one and lets the other choose.
///        OneShot search{supernet, Spos<S>{{}, budgets}};
///        auto best = search.fit({train, validation}, {.train = {.epochs = 20}}, Rng{7}).value().best;
#pragma once

#include <cstdint>
#include <utility>

#include "hwnas/oneshot/concepts.hpp"
#include "hwnas/oneshot/inherited_weights.hpp"
#include "hwnas/train/trainer.hpp"

namespace hwnas {

/// What a one-shot search learns from: both parts come from the training data.
struct OneShotData {
  const Loader& train;
  const Loader& validation;
};

/// How it learns.
struct OneShotOptions {
  TrainOptions train{};
  std::int64_t recalibration_batches = 4;  ///< training batches for each candidate's batch-norm statistics
  bool resume = false;                     ///< take up train.checkpoint.path
};

/// A one-shot search over a supernet, which must outlive it.
template <OneShotStrategy Strategy> class OneShot {
 public:
  using space = typename Strategy::space;

  OneShot(Supernet<space>& supernet, Strategy strategy) : supernet_{&supernet}, strategy_{std::move(strategy)} {}

  [[nodiscard]] Strategy& strategy() { return strategy_; }

  /// Trains the weights, then chooses.
  ///   Errors   those of train() and choose()
  [[nodiscard]] Result<Choice<space>> fit(const OneShotData& data, const OneShotOptions& options, const Rng& rng) {
    if (auto trained = train(data.train, options, rng); !trained) return trained.error();
    return choose(data, options, rng);
  }

  /// Trains the supernet's weights.
  ///   Errors   those of Trainer::fit and Trainer::resume
  [[nodiscard]] Result<TrainSummary> train(const Loader& loader, const OneShotOptions& options, const Rng& rng) {
    Trainer trainer{*supernet_, loader, options.train, rng};
    if (options.resume) {
      if (auto done = trainer.resume(); !done) return done.error();
    }
    return trainer.fit([&](const Batch& batch, Rng& draws) { return strategy_.step(*supernet_, batch, draws); });
  }

  /// Lets the strategy choose with the weights as they are.
  [[nodiscard]] Result<Choice<space>> choose(const OneShotData& data, const OneShotOptions& options, const Rng& rng) {
    auto recalibration = keep_batches(data.train, options.recalibration_batches);
    if (!recalibration) return recalibration.error();
    auto validation = keep_batches(data.validation);
    if (!validation) return validation.error();
    const InheritedWeights<space> judge{*supernet_, std::move(*recalibration), std::move(*validation),
                                        {.device = options.train.device, .stop = options.train.stop}};
    Rng draws = rng.split(stream);
    return strategy_.choose(judge, draws);
  }

 private:
  static constexpr std::uint64_t stream = 0x63686f6f7365;  // "choose": apart from the trainer's

  Supernet<space>* supernet_;
  Strategy strategy_;
};

}  // namespace hwnas
