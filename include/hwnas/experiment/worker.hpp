// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Workers: take trials from a store, evaluate them, record the results; as many as wanted, wherever they are.
///        auto done = work<Space>(store, evaluator, {.idle = std::chrono::seconds{60}});
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include "hwnas/experiment/evaluator.hpp"
#include "hwnas/experiment/heartbeat.hpp"
#include "hwnas/experiment/trial_store.hpp"

namespace hwnas {

/// This process, in the names of those who hold trials: "host:4711:".
[[nodiscard]] inline std::string process_owner() {
  char host[256] = "?";
  (void)::gethostname(host, sizeof host - 1);
  return fmt::format("{}:{}:", host, ::getpid());
}

/// What came of an attempt.
enum class Attempt { recorded, failed, given_back, lost };

/// Evaluates a trial that was taken, with its share of a full evaluation, and tells the store. An
/// evaluation that was broken off since `ends()` is no failure: the trial is given back. Lost: it ended elsewhere after its
/// lease was over.
template <class Space, Evaluator<Space> E, TrialStore<Space> Store>
[[nodiscard]] Result<Attempt> attempt_trial(Store& store, E& evaluator, const Trial<Space>& trial,
                                            Heartbeat<Space, Store>& heartbeat, Budget budget,
                                            const std::function<bool()>& ends) {
  budget.share = trial.share;
  heartbeat.hold(trial.claim(), budget.time);
  const auto metrics = evaluate_checked(evaluator, trial.architecture, budget);
  heartbeat.release();
  const bool broken_off = !metrics && metrics.error().code == Error::Code::interrupted && ends && ends();
  const auto kept = metrics      ? store.record(trial.claim(), *metrics)
                    : broken_off ? store.give_back(trial.claim())
                                 : store.fail(trial.claim(), metrics.error().message);
  if (!kept) return kept.error();
  if (!*kept) return Attempt::lost;
  return metrics ? Attempt::recorded : broken_off ? Attempt::given_back : Attempt::failed;
}

/// What a worker has done.
struct WorkerStatus {
  std::size_t recorded = 0, failed = 0, lost = 0;
};

struct WorkerOptions {
  std::string owner = process_owner();  ///< a name of its own: two of one name would keep each other's leases
  StoreSeconds lease{60};
  StoreSeconds poll{0.5};               ///< between looks at an empty queue
  StoreSeconds idle{60};                ///< with nothing to take for so long, a worker ends
  StoreSeconds trial_time{std::numeric_limits<double>::infinity()};  ///< the evaluator's Budget::time
  std::size_t max_trials = std::numeric_limits<std::size_t>::max();
  std::function<bool()> stop{};         ///< true: the trial in flight is given back, and the worker ends
  std::function<void(const WorkerStatus&)> changed{};
};

/// Works until the queue has been empty for long, a limit, or a stop.
///   Errors  those of the store, after its patience: the lease of the trial in flight expires, and another takes it
template <class Space, Evaluator<Space> E, TrialStore<Space> Store>
[[nodiscard]] Result<WorkerStatus> work(Store& store, E& evaluator, const WorkerOptions& options) {
  using Clock = std::chrono::steady_clock;
  Heartbeat<Space, Store> heartbeat{store, options.lease};
  WorkerStatus status;
  auto busy = Clock::now();
  for (std::size_t taken = 0; taken < options.max_trials && !(options.stop && options.stop());) {
    const auto trial = store.take(options.owner, options.lease);
    if (!trial) return trial.error();
    if (!*trial) {
      if (Clock::now() - busy >= options.idle) break;
      std::this_thread::sleep_for(std::min(options.poll, options.idle));
      continue;
    }
    const Budget budget{.time = options.trial_time};
    const auto attempt = attempt_trial<Space>(store, evaluator, **trial, heartbeat, budget, options.stop);
    if (!attempt) return attempt.error();
    status.recorded += *attempt == Attempt::recorded;
    status.failed += *attempt == Attempt::failed;
    status.lost += *attempt == Attempt::lost;
    if (options.changed) options.changed(status);
    busy = Clock::now();
    ++taken;
  }
  return status;
}

}  // namespace hwnas
