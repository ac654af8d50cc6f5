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
#include <utility>

#include "hwnas/core/rng.hpp"
#include "hwnas/experiment/evaluator.hpp"
#include "hwnas/experiment/memory_store.hpp"
#include "hwnas/experiment/run_trials.hpp"
#include "hwnas/experiment/trial_store.hpp"
#include "hwnas/search/concepts.hpp"

namespace hwnas {

/// Limits of a run.
struct RunOptions {
  std::size_t max_trials = std::numeric_limits<std::size_t>::max();
  std::chrono::duration<double> max_time{std::numeric_limits<double>::infinity()};
  std::chrono::duration<double> trial_time{std::numeric_limits<double>::infinity()};  ///< the evaluator's Budget::time
  std::size_t workers = 1;    ///< evaluations at a time; 1: the calling thread's, more: on threads of their own
  bool resume = false;        ///< goes on with what the store holds: its trials count, and the strategy is told of them
  int max_attempts = 1;       ///< evaluations of one architecture before its trial counts as failed
  std::uint64_t seed = 0;
  std::function<bool()> stop{};  ///< asked before each trial
  StoreSeconds lease{60};        ///< how long a trial of a worker that died stays with it
  StoreSeconds poll{0.05};       ///< between looks at a trial that another process evaluates
  std::function<void(const TrialRunStatus&)> changed{};  ///< after each result, and some times a second
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
  /// other processes queued in the same store are evaluated too. Throws the store's Error, if it has one. Limits are
  /// looked at before each trial, and what has begun is finished.
  [[nodiscard]] RunResult<space> run(const RunOptions& options) {
    Limited limited{strategy_, options};
    const bool here = options.workers <= 1;
    TrialRun run{limited, evaluator_, store_, {.trial_time = options.trial_time,
                                               .workers = here ? 0 : options.workers,
                                               .here = here,
                                               .goes_on = options.resume,
                                               .max_attempts = options.max_attempts,
                                               .seed = options.seed,
                                               .lease = options.lease,
                                               .poll = options.poll,
                                               .changed = options.changed}};
    const TrialRunStatus status = run().value();
    return {.done = status.done, .failed = status.failed, .best = run.best(), .best_share = run.best_share()};
  }

  [[nodiscard]] Store& store() { return store_; }
  [[nodiscard]] StrategyPolicy& strategy() { return strategy_; }

 private:
  /// The strategy, until a limit.
  struct Limited {
    using space = typename StrategyPolicy::space;

    StrategyPolicy& strategy;
    const RunOptions& options;
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    std::size_t asked = 0;
    bool over = false;

    [[nodiscard]] std::optional<Architecture<space>> ask(Rng& rng) {
      over = over || asked >= options.max_trials || (options.stop && options.stop()) ||
             std::chrono::steady_clock::now() - began > options.max_time;
      if (over) return std::nullopt;
      const auto a = strategy.ask(rng);
      if (a) ++asked;
      return a;
    }
    void tell(const Architecture<space>& a, const Metrics& metrics) { strategy.tell(a, metrics); }
    void fail(const Architecture<space>& a) { tell_failure(strategy, a); }
    void expect(const Architecture<space>& a) { tell_expected(strategy, a); }
    [[nodiscard]] double fidelity(const Architecture<space>& a) const { return fidelity_of(strategy, a); }
    [[nodiscard]] bool report(const Architecture<space>& a, std::size_t step, const Metrics& metrics) {
      return report_to(strategy, a, step, metrics);
    }
  };

  StrategyPolicy strategy_;
  EvaluatorPolicy evaluator_;
  Store store_;
};

}  // namespace hwnas
