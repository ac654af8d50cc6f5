// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  OneShot: a supernet, a strategy, and one call that trains the one and lets the other choose.
///        OneShot search{supernet, Spos<S>{{}, budgets}};                                        // and terms, as below
///        OneShot search{supernet, ProxylessNas{}, ExpectationPenalty{latency, 65_ms, MulLog{}}, HardConstraint{...}};
///        auto best = search.fit(data, {.epochs = 120, .warmup_epochs = 0}).value().best;
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "hwnas/oneshot/concepts.hpp"
#include "hwnas/oneshot/inherited_weights.hpp"
#include "hwnas/oneshot/learned_search.hpp"
#include "hwnas/oneshot/terms.hpp"
#include "hwnas/space/fingerprint.hpp"
#include "hwnas/train/trainer.hpp"

namespace hwnas {

/// What a one-shot search learns from: both parts come from the training data.
struct OneShotData {
  const Loader& train;
  const Loader& validation;
};

/// How it learns.
struct OneShotOptions {
  std::int64_t epochs = 0;         ///< of the weights, warm-up included; 0: train.epochs
  std::int64_t warmup_epochs = 0;  ///< at the beginning, in which only weights learn (architecture parameters wait)
  TrainOptions train{};
  std::int64_t recalibration_batches = 4;  ///< training batches for each candidate's batch-norm statistics
  bool resume = false;                     ///< take up train.checkpoint.path
};

/// A one-shot search over a supernet, which must outlive it.
template <OneShotStrategy Strategy> class OneShot {
 public:
  using space = typename Strategy::space;

  OneShot(Supernet<space>& supernet, Strategy strategy) : supernet_{&supernet}, strategy_{std::move(strategy)} {}
  /// From a policy, and penalties and constraints in any order.
  ///   Errors   compile errors where they do not go together; throws what constraints that nothing meets say
  template <class Policy, class... Terms>
    requires std::is_same_v<Strategy, LearnedSearch<space, Policy, Terms...>>
  OneShot(Supernet<space>& supernet, Policy policy, Terms... terms)
      : supernet_{&supernet}, strategy_{std::move(policy), std::move(terms)...} {}

  /// From a strategy without architecture parameters, and the terms it takes: see give_term().
  template <class... Terms>
    requires(sizeof...(Terms) > 0)
  OneShot(Supernet<space>& supernet, Strategy strategy, const Terms&... terms)
      : supernet_{&supernet}, strategy_{std::move(strategy)} {
    (give_term(strategy_, terms), ...);
  }

  [[nodiscard]] Strategy& strategy() { return strategy_; }

  /// Trains the weights, then chooses.
  ///   Errors   those of train() and choose()
  [[nodiscard]] Result<Choice<space>> fit(const OneShotData& data, const OneShotOptions& options,
                                          const Rng& rng = Rng{}) {
    if (auto trained = train(data, options, rng); !trained) return trained.error();
    return choose(data, options, rng);
  }

  /// Trains the supernet's weights, and architecture parameters on the validation part.
  [[nodiscard]] Result<TrainSummary> train(const OneShotData& data, const OneShotOptions& options, const Rng& rng) {
    if constexpr (requires { strategy_.begin(std::declval<const ArchitectureSchedule&>(), rng); }) {
      OneShotOptions learned = options;
      if (auto checked = begin(data, learned, rng); !checked) return checked.error();
      return train(data.train, learned, rng);
    } else {
      return train(data.train, options, rng);
    }
  }

  /// Trains the supernet's weights.
  ///   Errors   those of Trainer::fit and Trainer::resume; an architecture step that is not finite stops it in the same
  ///            way, with the state before it beside the checkpoint
  [[nodiscard]] Result<TrainSummary> train(const Loader& loader, const OneShotOptions& options, const Rng& rng) {
    TrainOptions how = options.train;
    how.epochs = epochs_of(options);
    if (how.ranks != nullptr) {
      if (auto same = how.ranks->agree("the space", fmt::format("{:016x}", fingerprint<space>())); !same) {
        return same.error();
      }
    }
    if constexpr (requires { strategy_.trained(std::int64_t{}, double{}); }) {
      how.on_step = [this, also = how.on_step](const StepReport& report) {
        strategy_.trained(report.step, report.loss);
        if (also) also(report);
      };
    }
    Trainer trainer{*supernet_, loader, how, rng};
    if (options.resume) {
      if (auto done = trainer.resume(); !done) return done.error();
    }
    return trainer.fit([&](const Batch& batch, Rng& draws) {
      try {
        return strategy_.step(*supernet_, batch, draws);
      } catch (const StepNotFinite& error) {
        throw explained(error, trainer, how);
      }
    });
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
  static constexpr std::uint64_t logits_stream = 0x6c6f67697473;  // "logits"

  [[nodiscard]] static std::int64_t epochs_of(const OneShotOptions& options) {
    return options.epochs > 0 ? options.epochs : options.train.epochs;
  }
  // Trainer says where the state before that step is.
  static StepNotFinite explained(const StepNotFinite& error, const Trainer& trainer, const TrainOptions& how) {
    const bool leads = how.ranks == nullptr || how.ranks->rank() == 0;
    if (how.progress != nullptr && leads) how.progress->pause();
    return StepNotFinite{error.code, fmt::format("{} (epoch {}); try a smaller architecture rate", error.message,
                                                 trainer.epoch() + 1)};
  }
  // Of several ranks each learns on images of its own.
  static Result<Loader> part_of(const Loader& validation, const Ranks* ranks) {
    if (ranks == nullptr || !validation.options().training) return validation;
    Loader part = validation.shard(ranks->rank(), ranks->size());
    if (part.batches() > 0) return part;
    return Error{Error::Code::bad_value,
                 fmt::format("{}: {} images are fewer than one batch of {} for each of {} ranks", validation.data().name,
                             validation.data().size(), validation.options().batch_size, ranks->size())};
  }
  // The strategy's state goes into the same checkpoint as the weights.
  Result<void> begin(const OneShotData& data, OneShotOptions& options, const Rng& rng) {
    Ranks* const ranks = options.train.ranks;
    const std::int64_t batches =
        ranks == nullptr ? data.train.batches() : data.train.shard(ranks->rank(), ranks->size()).batches();
    if (ranks != nullptr && !ranks->options().same_architecture) {
      return Error{Error::Code::bad_value, "ranks that learn architecture parameters must take the same architecture"};
    }
    if (options.warmup_epochs < 0 || options.warmup_epochs > epochs_of(options)) {
      return Error{Error::Code::bad_value, fmt::format("the warm-up of {} epochs must be within the {} of the search",
                                                       options.warmup_epochs, epochs_of(options))};
    }
    const auto validation = part_of(data.validation, ranks);
    if (!validation) return validation.error();
    strategy_.begin({.validation = *validation, .warmup_steps = options.warmup_epochs * batches,
                     .steps = epochs_of(options) * batches, .device = options.train.device,
                     .rate = options.train.schedule, .ranks = ranks},
                    rng.split(logits_stream));
    CheckpointOptions& checkpoint = options.train.checkpoint;
    checkpoint.save = [this, also = checkpoint.save](StateRecord& state) {
      strategy_.save(state);
      if (also) also(state);
    };
    checkpoint.load = [this, also = checkpoint.load](const StateRecord& state) -> Result<void> {
      if (auto done = strategy_.load(state); !done) return done;
      return also ? also(state) : Result<void>{};
    };
    return {};
  }

  Supernet<space>* supernet_;
  Strategy strategy_;
};

template <OneShotStrategy Strategy>
OneShot(Supernet<typename Strategy::space>&, Strategy) -> OneShot<Strategy>;
template <OneShotStrategy Strategy, class... Terms>
  requires(sizeof...(Terms) > 0)
OneShot(Supernet<typename Strategy::space>&, Strategy, Terms...) -> OneShot<Strategy>;
template <class Space, class Policy, class... Terms>
  requires(!OneShotStrategy<Policy>)
OneShot(Supernet<Space>&, Policy, Terms...) -> OneShot<LearnedSearch<Space, Policy, Terms...>>;

}  // namespace hwnas
