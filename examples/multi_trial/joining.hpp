// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  --join: a process that evaluates the trials of a search that another one runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "evaluation.hpp"
#include "evaluation_text.hpp"
#include "hwnas/experiment/any_store.hpp"
#include "hwnas/experiment/worker.hpp"
#include "setting.hpp"

namespace multi_trial {

/// A search says what evaluates its trials when it is ready to: when its supernet is trained, too.
///   Errors  throws unavailable where none does in time, interrupted after Ctrl-C, bad_value without the supernet
template <class Space>
void wait_for_search(AnyStore<Space>& store, const Setting<Space>& setting) {
  const Options& options = setting.options;
  for (const double end = steady_seconds() + options.idle_seconds; !store.meta(programs::evaluation_key).value();) {
    if (setting.stop.requested()) throw Error{Error::Code::interrupted, "stopped before there was anything to join"};
    if (steady_seconds() > end) {
      throw Error{Error::Code::unavailable, fmt::format("{}: no search of multi_trial began there in {} s (--idle-seconds)",
                                                        store.name(), options.idle_seconds)};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
  }
  if (options.evaluator != "supernet" || std::filesystem::exists(options.supernet_file())) return;
  throw Error{Error::Code::bad_value, fmt::format("--join: there is no supernet '{}'; name the search's own by --supernet",
                                                  options.supernet_file())};
}

/// Evaluates with --workers threads until there was nothing to do for long; what all have done.
///   Errors  throws those of the store
template <class Space>
[[nodiscard]] WorkerStatus join_search(AnyStore<Space>& store, Evaluation<Space>& evaluation, const Setting<Space>& setting) {
  const Options& options = setting.options;
  std::vector<Result<WorkerStatus>> results(options.trial_workers, WorkerStatus{});
  const auto run = [&](std::size_t i) {
    const auto tell = [&setting, i](const WorkerStatus& so_far) {
      setting.say("worker {}: {} recorded, {} failed", i, so_far.recorded, so_far.failed);
    };
    const WorkerOptions how{.owner = process_owner() + std::to_string(i),
                            .idle = StoreSeconds{options.idle_seconds},
                            .trial_time = StoreSeconds{options.trial_seconds},
                            .stop = setting.stop.asked(),
                            .changed = tell};
    results[i] = work<Space>(store, evaluation, how);
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < results.size(); ++i) threads.emplace_back(run, i);
  }
  WorkerStatus all;
  for (const auto& result : results) {
    const WorkerStatus& one = result.value();
    all.recorded += one.recorded, all.failed += one.failed, all.lost += one.lost;
  }
  return all;
}

}  // namespace multi_trial
