// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The program for one space type. Each space's .cpp compiles this once.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "common/files.hpp"
#include "evaluation.hpp"
#include "evaluation_text.hpp"
#include "hwnas/experiment/progress.hpp"
#include "hwnas/experiment/run_trials.hpp"
#include "hwnas/experiment/any_store.hpp"
#include "hwnas/space/json.hpp"
#include "joining.hpp"
#include "setting.hpp"
#include "strategies.hpp"
#include "worker_text.hpp"

namespace multi_trial {

/// One run from the tables to the outcome.
template <class Space>
class Program {
 public:
  using Parse = typename Setting<Space>::Parse;

  explicit Program(const Options& options, Parse parse = {}) : options_{options}, setting_{options, std::move(parse)} {}

  [[nodiscard]] Result<Outcome> run() {
    return guarded("multi_trial", [&]() -> Result<Outcome> {
      programs::check_outputs(options_).value();
      if (options_.join) return join();
      setting_.prepare();
      const StrategySettings settings{
          .trials = options_.trials(),
          .seed = options_.seed,
          .objective = options_.objective(),
          .steps = options_.steps()};
      if (options_.strategy == "asha" && settings.steps == 1) {
        setting_.say("asha: no evaluation here can be shorter than a whole one, so that it draws at random");
      }
      auto strategy = Strategies<Space>{setting_.allowed, settings}.make(options_.strategy).value();
      auto store = open().value();
      Evaluation<Space> evaluation{setting_};
      claim(store, evaluation.text());
      search(strategy, evaluation, store);
      outcome_.budget = setting_.budget;
      list(store.trials(0).value());
      return std::move(outcome_);
    });
  }

 private:
  using Store = AnyStore<Space>;

  [[nodiscard]] Result<Store> open() {
    std::string name = options_.store;
    if (name.empty()) {
      const auto now =
          std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
      const auto file = fmt::format("trials-{}-{}-{}.db", options_.space, now.count(), ::getpid());
      std::filesystem::create_directories(programs::cache_folder());
      name = (programs::cache_folder() / file).string();
    }
    auto store = Store::open(name, {.create = !options_.resume && !options_.join,
                                    .space_name = options_.space,
                                    .patience = StoreSeconds{options_.patience_seconds}});
    if (store) outcome_.store = is_server_url(name) ? store->name() : name;
    return store;
  }

  /// A store belongs to one evaluation: results of two cannot be compared.
  void claim(Store& store, const std::string& evaluation) {
    const std::string mine = programs::evaluation_text(evaluation, setting_.budget);
    const auto theirs = store.meta(programs::evaluation_key).value();
    if (!theirs) {
      if (!options_.join) store.set_meta(programs::evaluation_key, mine).value();
    } else if (*theirs != mine) {
      throw Error{Error::Code::mismatch,
                  fmt::format("{}: holds trials of '{}', and this run is '{}'; choose another --store", outcome_.store,
                              *theirs, mine)};
    }
  }

  void search(AnyStrategy<Space>& strategy, Evaluation<Space>& evaluation, Store& store) {
    const double before = steady_seconds();
    const auto held = static_cast<std::int64_t>(store.counts().value().ended());
    const auto most = static_cast<std::int64_t>(options_.trials());
    Progress progress{setting_.console, {.label = options_.strategy, .total = most, .unit = "trials"}};
    progress.start(most, std::min(held, most));
    if (held > 0) setting_.say("{}: goes on after {} trials", outcome_.store, held);
    std::int64_t shown = held;
    TrialRunOptions how{.max_trials = options_.trials(),
                        .max_time = std::chrono::duration<double>{options_.seconds()},
                        .trial_time = std::chrono::duration<double>{options_.trial_seconds},
                        .workers = options_.trial_workers,
                        .ahead = options_.ahead,
                        .max_attempts = 1 + options_.retries,
                        .seed = options_.seed,
                        .stop = setting_.stop.asked()};
    how.changed = [&](const TrialRunStatus& status) {
      const auto ended = static_cast<std::int64_t>(status.done + status.failed);
      progress.advance(std::max<std::int64_t>(0, ended - shown), text_of(status, steady_seconds() - before));
      shown = std::max(shown, ended);
    };
    const auto done = TrialRun{strategy, evaluation, store, how}();
    progress.finish();
    (void)done.value();
    outcome_.seconds = steady_seconds() - before;
    outcome_.stopped = setting_.stop.requested();
  }
  [[nodiscard]] std::string text_of(const TrialRunStatus& status, double seconds) const {
    std::string text = fmt::format("{} done, {} running, {} failed", status.done, status.running, status.failed);
    if (status.best) text += fmt::format(", best {:.5g}", *status.best);
    if (std::isfinite(options_.seconds())) {
      text += fmt::format(", at most {} more", duration_text(std::max(0.0, options_.seconds() - seconds)));
    }
    return text;
  }

  /// Evaluates what a search that runs elsewhere proposes.
  [[nodiscard]] Outcome join() {
    Store store = open().value();
    wait_for_search<Space>(store, setting_);
    setting_.prepare();
    Evaluation<Space> evaluation{setting_};
    claim(store, evaluation.text());
    outcome_.joined = programs::text_of(join_search<Space>(store, evaluation, setting_));
    outcome_.stopped = setting_.stop.requested();
    return std::move(outcome_);
  }

  void list(const std::vector<Trial<Space>>& trials) {
    for (const Trial<Space>& trial : trials) {
      const bool queued = trial.state == TrialState::queued;
      outcome_.trials.push_back({.id = trial.id,
                                 .state = std::string{to_string(queued ? TrialState::running : trial.state)},
                                 .attempts = trial.attempts,
                                 .architecture = to_json(trial.architecture),
                                 .metrics = trial.metrics.values,
                                 .score = trial.metrics.score(),
                                 .share = trial.share,
                                 .reasons = trial.reasons});
    }
  }

  const Options& options_;
  Setting<Space> setting_;
  Outcome outcome_{};
};

}  // namespace multi_trial
