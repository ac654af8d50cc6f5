// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Experiment: asks a strategy, evaluates, tells, and keeps every trial.
///        Experiment experiment{strategy, evaluator, MemoryStore<S>{}};
///        auto result = experiment.run({.max_trials = 100});
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/experiment/evaluator.hpp"
#include "hwnas/experiment/heartbeat.hpp"
#include "hwnas/experiment/memory_store.hpp"
#include "hwnas/experiment/trial_store.hpp"
#include "hwnas/search/concepts.hpp"

namespace hwnas {

/// Limits of a run.
struct RunOptions {
  std::size_t max_trials = std::numeric_limits<std::size_t>::max();
  std::chrono::duration<double> max_time{std::numeric_limits<double>::infinity()};
  int max_attempts = 1;       ///< evaluations of one architecture before its trial counts as failed
  std::uint64_t seed = 0;
  std::function<bool()> stop{};  ///< asked before each trial
  StoreSeconds lease{60};        ///< how long a trial of a worker that died stays with it
  StoreSeconds poll{0.05};       ///< between looks at a trial that another process evaluates
};

/// What a run ends with.
template <class Space>
struct RunResult {
  std::size_t done = 0;
  std::size_t failed = 0;
  std::optional<Trial<Space>> best{};  ///< highest objective among the fullest evaluations; the first of equals
  double best_share = 0;               ///< how much of a full evaluation those got (see fidelity_of)
};

/// A multi-trial search: strategy, evaluator and store are policies.
template <class StrategyPolicy, class EvaluatorPolicy, class Store>
class Experiment {
 public:
  using space = typename StrategyPolicy::space;
  static_assert(Strategy<StrategyPolicy, space>,
                "hwnas: an Experiment's strategy must have ask(rng) and tell(a, metrics)");
  static_assert(Evaluator<EvaluatorPolicy, space>,
                "hwnas: an Experiment's evaluator must have evaluate(architecture, budget) -> Result<Metrics>");
  static_assert(TrialStore<Store, space>,
                "hwnas: an Experiment's store must be a TrialStore of the strategy's space; take MemoryStore<Space>");

  Experiment(StrategyPolicy strategy, EvaluatorPolicy evaluator, Store store)
      : strategy_{std::move(strategy)}, evaluator_{std::move(evaluator)}, store_{std::move(store)} {}

  /// Runs until a limit, or until the strategy has no more to try. A failed trial does not stop the others; trials that
  /// other processes queued in the same store are evaluated too. Throws the store's Error, if it has one.
  [[nodiscard]] RunResult<space> run(const RunOptions& options) {
    Rng rng{options.seed};
    RunResult<space> result;
    Heartbeat<space, Store> heartbeat{store_, options.lease};
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t n = 0; n < options.max_trials; ++n) {
      if (options.stop && options.stop()) break;
      if (std::chrono::steady_clock::now() - begin > options.max_time) break;
      const auto a = strategy_.ask(rng);
      if (!a) break;
      run_trial(*a, options, heartbeat, result);
    }
    return result;
  }

  [[nodiscard]] Store& store() { return store_; }
  [[nodiscard]] StrategyPolicy& strategy() { return strategy_; }

 private:
  void run_trial(const Architecture<space>& a, const RunOptions& options, Heartbeat<space, Store>& heartbeat,
                 RunResult<space>& result) {
    const double share = fidelity_of(strategy_, a);  // before the strategy is told
    const std::size_t id = enqueue(store_, a, options.max_attempts).value();
    for (;;) {
      const auto taken = store_.take(owner_, options.lease).value();
      if (taken) attempt(*taken, heartbeat);
      const auto trial = store_.trials(id).value().front();
      if (trial.ended()) return settle(trial, share, result);
      if (!taken) std::this_thread::sleep_for(options.poll);
    }
  }
  void attempt(const Trial<space>& trial, Heartbeat<space, Store>& heartbeat) {
    heartbeat.hold(trial.claim());
    const auto report = [&](std::size_t step, const Metrics& metrics) {
      return report_to(strategy_, trial.architecture, step, metrics);
    };
    const auto metrics = evaluate_checked(evaluator_, trial.architecture,
                                          {.share = fidelity_of(strategy_, trial.architecture), .report = report});
    heartbeat.release();
    // false is no fault: a trial whose lease was lost may have ended elsewhere.
    (void)(metrics ? store_.record(trial.claim(), *metrics)
                   : store_.fail(trial.claim(), metrics.error().message)).value();
  }
  void settle(const Trial<space>& trial, double share, RunResult<space>& result) {
    if (trial.state == TrialState::failed) {
      tell_failure(strategy_, trial.architecture);
      ++result.failed;
      return;
    }
    strategy_.tell(trial.architecture, trial.metrics);
    ++result.done;
    const bool fuller = !result.best || share > result.best_share;
    if (fuller || (share == result.best_share && trial.metrics.score() > result.best->metrics.score())) {
      result.best = trial;
      result.best_share = share;
    }
  }

  StrategyPolicy strategy_;
  EvaluatorPolicy evaluator_;
  Store store_;
  std::string owner_ = fmt::format("experiment:{}", ::getpid());
};

}  // namespace hwnas
