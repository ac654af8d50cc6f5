// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Experiment: asks a strategy, evaluates, tells, and keeps every trial.
///        Experiment experiment{strategy, evaluator, MemoryStore<S>{}};
///        auto result = experiment.run({.max_trials = 100});
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/experiment/evaluator.hpp"
#include "hwnas/experiment/memory_store.hpp"
#include "hwnas/search/concepts.hpp"

namespace hwnas {

/// Limits of a run.
struct RunOptions {
  std::size_t max_trials = std::numeric_limits<std::size_t>::max();
  std::chrono::duration<double> max_time{std::numeric_limits<double>::infinity()};
  int max_attempts = 1;       ///< evaluations of one architecture before its trial counts as failed
  std::uint64_t seed = 0;
  std::function<bool()> stop{};  ///< asked before each trial
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
  static_assert(Strategy<StrategyPolicy, space>, "hwnas: an Experiment's strategy must have ask(rng) and tell(a, metrics)");
  static_assert(Evaluator<EvaluatorPolicy, space>,
                "hwnas: an Experiment's evaluator must have evaluate(architecture, budget) -> Result<Metrics>");

  Experiment(StrategyPolicy strategy, EvaluatorPolicy evaluator, Store store)
      : strategy_{std::move(strategy)}, evaluator_{std::move(evaluator)}, store_{std::move(store)} {}

  /// Runs until a limit, or until the strategy has no more to try. A failed trial does not stop the others.
  [[nodiscard]] RunResult<space> run(const RunOptions& options) {
    Rng rng{options.seed};
    RunResult<space> result;
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t n = 0; n < options.max_trials; ++n) {
      if (options.stop && options.stop()) break;
      if (std::chrono::steady_clock::now() - begin > options.max_time) break;
      const auto a = strategy_.ask(rng);
      if (!a) break;
      run_trial(*a, options, result);
    }
    return result;
  }

  [[nodiscard]] const Store& store() const { return store_; }
  [[nodiscard]] StrategyPolicy& strategy() { return strategy_; }

 private:
  void run_trial(const Architecture<space>& a, const RunOptions& options, RunResult<space>& result) {
    const std::size_t id = store_.begin_trial(a);
    const double share = fidelity_of(strategy_, a);
    std::string reason;
    for (int attempt = 0; attempt < options.max_attempts; ++attempt) {
      store_.attempt(id);
      auto metrics = evaluate(a, share);
      if (!metrics) {
        reason = metrics.error().message;
        continue;
      }
      strategy_.tell(a, *metrics);
      store_.finish(id, *metrics);
      ++result.done;
      const bool fuller = share > result.best_share;
      if (fuller || (share == result.best_share && metrics->score() > result.best->metrics.score())) {
        result.best = store_.trials()[id];
        result.best_share = share;
      }
      return;
    }
    tell_failure(strategy_, a);
    store_.fail(id, reason);
    ++result.failed;
  }
  // An evaluator that throws, or whose objective is missing or no number, fails its trial and nothing else.
  Result<Metrics> evaluate(const Architecture<space>& a, double share) {
    try {
      Budget budget{.share = share};
      budget.report = [&](std::size_t step, const Metrics& metrics) { return report_to(strategy_, a, step, metrics); };
      auto metrics = evaluator_.evaluate(a, budget);
      if (!metrics) return metrics;
      const auto objective = metrics->find(metrics->objective);
      if (objective && std::isfinite(*objective)) return metrics;
      return Error{Error::Code::bad_value,
                   fmt::format("the evaluator gave {} for \"{}\": expected a finite number",
                               objective ? fmt::format("{}", *objective) : "nothing", metrics->objective)};
    } catch (const std::exception& error) {
      return Error{Error::Code::bad_value, fmt::format("the evaluator threw: {}", error.what())};
    }
  }

  StrategyPolicy strategy_;
  EvaluatorPolicy evaluator_;
  Store store_;
};

}  // namespace hwnas
