// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  TrialRun: a search with several workers over any store; what the store holds already is taken up.
///        TrialRun run{strategy, evaluator, store, {.max_trials = 1000, .workers = 4, .seed = 1}};
///        if (auto done = run(); !done) return done.error();
#pragma once

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/experiment/evaluator.hpp"
#include "hwnas/experiment/heartbeat.hpp"
#include "hwnas/experiment/trial_store.hpp"
#include "hwnas/experiment/worker.hpp"
#include "hwnas/search/concepts.hpp"

namespace hwnas {

/// Where a run is.
struct TrialRunStatus {
  std::size_t done = 0, running = 0, failed = 0;
  std::optional<double> best{};  ///< highest objective so far among the fullest evaluations (see fidelity_of)
};

/// Limits of a run.
struct TrialRunOptions {
  std::size_t max_trials = std::numeric_limits<std::size_t>::max();  ///< in the store, with those it held before
  std::chrono::duration<double> max_time{std::numeric_limits<double>::infinity()};
  std::chrono::duration<double> trial_time{std::numeric_limits<double>::infinity()};  ///< the evaluator's Budget::time
  std::size_t workers = 1;   ///< threads that evaluate
  bool here = false;         ///< the calling thread evaluates too: all by itself where workers is 0
  std::size_t ahead = 0;     ///< trials queued beside one a thread: for the workers of other processes
  bool goes_on = true;       ///< false: what the store holds already is not told; this run's trials come after it
  int max_attempts = 1;      ///< evaluations of one architecture before its trial counts as failed
  std::uint64_t seed = 0;
  std::function<bool()> stop{};  ///< true: running trials go back to the queue, and the run ends
  StoreSeconds lease{60};        ///< how long a trial of a worker that died stays with it
  StoreSeconds poll{0.05};       ///< between looks at what other processes do
  std::function<void(const TrialRunStatus&)> changed{};  ///< after each result, and some times a second
};

/// Whether the owner of a trial was a process of this host that is no more.
[[nodiscard]] inline bool owner_is_gone(std::string_view owner) {
  const std::string mine = process_owner();
  const auto colon = mine.find(':');
  if (owner.substr(0, colon + 1) != std::string_view{mine}.substr(0, colon + 1)) return false;
  owner.remove_prefix(colon + 1);
  int pid = 0;
  const auto [end, fault] = std::from_chars(owner.data(), owner.data() + owner.size(), pid);
  if (fault != std::errc{} || end == owner.data() + owner.size() || *end != ':' || pid <= 0) return false;
  return ::kill(pid, 0) != 0 && errno == ESRCH;
}

/// One run. The strategy, the evaluator (which `workers` threads ask at once) and the store must outlive it.
///   Laws   with one worker, a run that is stopped anywhere, also by kill -9, and begun again with the same options goes
///          on with the trials that it would have had
template <class StrategyPolicy, class EvaluatorPolicy, class Store>
class TrialRun {
 public:
  using space = typename StrategyPolicy::space;
  static_assert(Strategy<StrategyPolicy, space>,
                "hwnas: a TrialRun's strategy must have ask(rng) and tell(a, metrics)");
  static_assert(Evaluator<EvaluatorPolicy, space>,
                "hwnas: a TrialRun's evaluator must have evaluate(architecture, budget) -> Result<Metrics>");
  static_assert(TrialStore<Store, space>,
                "hwnas: a TrialRun's store must be a TrialStore of the strategy's space; take MemoryStore<Space>");

  TrialRun(StrategyPolicy& strategy, EvaluatorPolicy& evaluator, Store& store, TrialRunOptions options)
      : strategy_{strategy}, evaluator_{evaluator}, store_{store}, options_{std::move(options)}, rng_{options_.seed} {}

  /// Runs until a limit, a stop, or until the strategy has no more to try.
  ///   Errors  those of the store; failed trials are none
  [[nodiscard]] Result<TrialRunStatus> operator()() {
    began_ = Clock::now();
    if (!options_.goes_on) {
      const auto counts = store_.counts();
      if (!counts) return counts.error();
      next_ = counts->total();
    }
    if (auto read = read_stored(/*give_back=*/true); !read) return read.error();
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < options_.workers; ++i) workers.emplace_back([this, i] { work(i); });
    const auto done = coordinate();
    {
      const std::lock_guard lock{mutex_};
      closed_ = true;
    }
    wake_.notify_all();
    workers.clear();  // joins
    if (!done) return done.error();
    if (fault_) return *fault_;
    if (auto last = collect(); !last) return last.error();
    tell_status();
    return status_;
  }
  /// Highest objective among the fullest evaluations that this run told its strategy of; the first of equals.
  [[nodiscard]] const std::optional<Trial<space>>& best() const { return best_; }
  /// How much of a full evaluation that was.
  [[nodiscard]] double best_share() const { return best_share_; }

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] std::chrono::duration<double> time_left() const { return options_.max_time - (Clock::now() - began_); }
  [[nodiscard]] bool ends() const { return time_left().count() <= 0 || (options_.stop && options_.stop()); }

  // ---- the coordinator: asks, queues, tells -----------------------------------------------------------------------
  // Trials that the store holds already pass through the same loop, so that the strategy comes to where it was.

  Result<void> coordinate() {
    Heartbeat<space, Store> heartbeat{store_, options_.lease};
    while (!ends()) {
      const auto told = collect();
      if (!told) return told.error();
      const auto asked = propose();
      if (!asked) return asked.error();
      if (outstanding_.empty() && *asked == 0) return {};
      if (options_.here) {
        const auto worked = take_one(process_owner() + "here", heartbeat);
        if (!worked) return worked.error();
        if (*worked) continue;
      }
      if (*told > 0 || *asked > 0) continue;
      std::unique_lock lock{mutex_};
      wake_.wait_for(lock, options_.poll, [&] { return results_ != seen_results_ || fault_; });
      seen_results_ = results_;
      if (fault_) return {};
      lock.unlock();
      tell_status();
    }
    return {};
  }

  /// Tells the strategy of trials that have ended; how many.
  Result<std::size_t> collect() {
    std::size_t told = take_known();
    if (told > 0 || outstanding_.empty()) return told;
    if (auto read = read_stored(false); !read) return read.error();
    return take_known();
  }
  std::size_t take_known() {
    std::size_t told = 0;
    for (auto at = outstanding_.begin(); at != outstanding_.end();) {
      const auto known = stored_.find(at->first);
      if (known == stored_.end() || !known->second.ended()) {
        ++at;
        continue;
      }
      settle(known->second, at->second);
      stored_.erase(known);
      at = outstanding_.erase(at);
      ++told;
      tell_status();
    }
    return told;
  }
  void settle(const Trial<space>& trial, double share) {
    const std::lock_guard lock{strategy_mutex_};
    if (trial.state == TrialState::failed) {
      tell_failure(strategy_, trial.architecture);
      ++status_.failed;
      return;
    }
    strategy_.tell(trial.architecture, trial.metrics);
    ++status_.done;
    const bool fuller = !best_ || share > best_share_;
    if (fuller || (share == best_share_ && trial.metrics.score() > best_->metrics.score())) {
      best_ = trial;
      best_share_ = share;
      status_.best = trial.metrics.score();
    }
  }

  /// What the store holds from the first open trial on.
  Result<void> read_stored(bool give_back) {
    const auto trials = store_.trials(outstanding_.empty() ? next_ : outstanding_.begin()->first);
    if (!trials) return trials.error();
    for (const Trial<space>& trial : *trials) {
      if (trial.id >= next_ || outstanding_.contains(trial.id)) stored_.insert_or_assign(trial.id, trial);
      if (!give_back || trial.state != TrialState::running || !owner_is_gone(trial.owner)) continue;
      if (const auto done = store_.give_back(trial.claim()); !done) return done.error();
    }
    return {};
  }

  /// Queues trials until every worker has one, and `ahead` more; how many more are outstanding now.
  Result<std::size_t> propose() {
    std::size_t more = 0;
    while (outstanding_.size() < room() && next_ < options_.max_trials) {
      if (!ask()) break;
      double share = asked_share_;
      const auto stored = stored_.find(next_);
      if (stored == stored_.end()) {
        StoreMeta meta;
        if (share < 1) meta[share_key(next_)] = fmt::format("{}", share);
        const auto added = store_.append(next_, std::span{&*asked_, 1}, options_.max_attempts, meta);
        if (!added) return added.error();
        if (!*added) {  // another process was there
          if (auto read = read_stored(false); !read) return read.error();
          continue;
        }
        asked_.reset();
        announce();
      } else if (stored->second.architecture == *asked_) {
        asked_.reset();
      } else {
        share = stored->second.share;
        const std::lock_guard lock{strategy_mutex_};
        tell_expected(strategy_, stored->second.architecture);
      }
      outstanding_.emplace(next_++, share);
      ++more;
    }
    return more;
  }
  [[nodiscard]] std::size_t room() const { return options_.workers + options_.ahead + (options_.here ? 1 : 0); }
  bool ask() {
    if (asked_) return true;
    const std::lock_guard lock{strategy_mutex_};
    asked_ = strategy_.ask(rng_);
    if (asked_) asked_share_ = fidelity_of(strategy_, *asked_);
    return asked_.has_value();
  }
  void announce() {
    const std::lock_guard lock{mutex_};
    ++queued_;
    wake_.notify_all();
  }
  void tell_status() {
    status_.running = outstanding_.size();
    if (options_.changed) options_.changed(status_);
  }

  // ---- the workers ------------------------------------------------------------------------------------------------

  void work(std::size_t number) {
    const std::string owner = process_owner() + std::to_string(number);
    Heartbeat<space, Store> heartbeat{store_, options_.lease};
    for (std::size_t seen = 0;;) {
      if (ends() || closed()) return;
      const auto worked = take_one(owner, heartbeat);
      if (!worked) return fail(worked.error());
      if (*worked) continue;
      std::unique_lock lock{mutex_};
      wake_.wait_for(lock, options_.poll, [&] { return closed_ || fault_ || queued_ != seen; });
      seen = queued_;
    }
  }
  /// False: there is nothing to evaluate.
  Result<bool> take_one(const std::string& owner, Heartbeat<space, Store>& heartbeat) {
    const auto taken = store_.take(owner, options_.lease);
    if (!taken) return taken.error();
    if (!*taken) return false;
    const auto report = [&](std::size_t step, const Metrics& metrics) {
      const std::lock_guard lock{strategy_mutex_};
      return report_to(strategy_, (*taken)->architecture, step, metrics);
    };
    const Budget budget{.time = std::min(options_.trial_time, time_left()), .report = report};
    const auto kept = attempt_trial(store_, evaluator_, **taken, heartbeat, budget, [this] { return ends(); });
    if (!kept) return kept.error();
    const std::lock_guard lock{mutex_};
    ++results_;
    wake_.notify_all();
    return true;
  }
  bool closed() {
    const std::lock_guard lock{mutex_};
    return closed_ || fault_;
  }
  void fail(const Error& error) {
    const std::lock_guard lock{mutex_};
    if (!fault_) fault_ = error;
    wake_.notify_all();
  }

  StrategyPolicy& strategy_;
  EvaluatorPolicy& evaluator_;
  Store& store_;
  TrialRunOptions options_;
  Rng rng_;
  Clock::time_point began_{};

  // The coordinator's.
  std::map<std::size_t, Trial<space>> stored_;  // read, and not yet told
  std::map<std::size_t, double> outstanding_;  // with its share of a full evaluation
  std::optional<Architecture<space>> asked_;   // proposed and not yet in the store
  double asked_share_ = 1;
  std::size_t next_ = 0;
  std::size_t seen_results_ = 0;
  TrialRunStatus status_;
  std::optional<Trial<space>> best_;
  double best_share_ = 0;

  // Everyone's.
  std::mutex strategy_mutex_;  // evaluations report to it
  std::mutex mutex_;
  std::condition_variable wake_;
  std::size_t queued_ = 0, results_ = 0;
  bool closed_ = false;
  std::optional<Error> fault_;
};

}  // namespace hwnas
