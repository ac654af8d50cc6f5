// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The worker for each space: its store, its evaluator. Another space is a line at the end.
#include "spaces.hpp"

#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "evaluation_text.hpp"
#include "hwnas/core.hpp"
#include "hwnas/experiment/any_store.hpp"
#include "hwnas/experiment/command_evaluator.hpp"
#include "hwnas/experiment/tabular_evaluator.hpp"
#include "hwnas/zoo/nasbench201.hpp"
#include "hwnas/zoo/nasbench201_string.hpp"
#include "hwnas/zoo/small.hpp"
#include "prices/given_latency.hpp"

namespace worker {
namespace {

using namespace hwnas;

WorkerOptions limits(const Options& options, const StopSignal& stop) {
  return {.lease = StoreSeconds{options.lease_seconds},
          .idle = StoreSeconds{options.idle_seconds},
          .trial_time = StoreSeconds{options.trial_seconds},
          .max_trials = options.max_trials,
          .stop = stop.asked()};
}

/// What another evaluator says, and the predicted latency of the whole network.
template <class Space, class E>
class WithLatency {
 public:
  using Latency = programs::AnyLatency<Space>;

  WithLatency(E evaluator, Latency latency) : evaluator_{std::move(evaluator)}, latency_{std::move(latency)} {}
  Result<Metrics> evaluate(const Architecture<Space>& a, const Budget& budget) {
    auto metrics = evaluator_.evaluate(a, budget);
    if (metrics) metrics->values["latency"] = latency_.profile(a).value();
    return metrics;
  }

 private:
  E evaluator_;
  Latency latency_;
};

template <class Space>
Result<WorkerStatus> work_by_command(AnyStore<Space>& store, const Options& options, const StopSignal& stop) {
  CommandEvaluator evaluator{{.command = options.command, .objective = options.objective, .stop = stop.asked()}};
  if (options.predictor.empty()) return work<Space>(store, evaluator, limits(options, stop));
  auto given = programs::latency_from<Space>(options.predictor);
  // A store of another space is told apart by its mismatch; a file's is final.
  if (!given) return Error{Error::Code::bad_value, given.error().message};
  WithLatency<Space, CommandEvaluator> both{std::move(evaluator), std::move(given->latency)};
  return work<Space>(store, both, limits(options, stop));
}

template <class Space>
Result<WorkerStatus> work_in_table(AnyStore<Space>& store, const Options& options, const StopSignal& stop) {
  if constexpr (std::is_same_v<Space, zoo::NasBench201>) {
    std::vector<TableColumn> columns{
        {.metric = "accuracy", .path = options.accuracy_file, .column = options.accuracy_column}};
    if (!options.latency_file.empty()) {
      columns.push_back(
          {.metric = "latency", .path = options.latency_file, .column = options.latency_column, .positive = true});
    }
    auto table = TabularEvaluator<Space>::make(std::move(columns), &from_nasbench201_string<Space>);
    return table ? work<Space>(store, *table, limits(options, stop)) : Result<WorkerStatus>{table.error()};
  } else {
    return Error{Error::Code::mismatch, fmt::format("{}: its trials are no networks of NAS-Bench-201", store.name())};
  }
}

/// Results of two evaluations cannot be compared; but the same command may have another path on another host.
template <class Space>
Result<void> compare_evaluation(AnyStore<Space>& store, const Options& options) {
  const auto theirs = store.meta(programs::evaluation_key);
  if (!theirs) return theirs.error();
  const bool by_command = options.evaluator == "command";
  const std::string mine =
      by_command ? programs::command_text(options.command) : programs::table_text(options.accuracy_column, options.accuracy_file);
  if (!*theirs || (*theirs)->starts_with(programs::evaluation_text(mine, ""))) return {};
  if (by_command != (*theirs)->starts_with(programs::command_text(""))) {
    return Error{Error::Code::bad_value, fmt::format("{}: its trials are evaluated by '{}', which '{}' cannot stand in for",
                                                     store.name(), **theirs, mine)};
  }
  if (!options.quiet) {
    fmt::print(stderr, "worker: the search evaluates by '{}', this worker by '{}'\n", **theirs, mine);
  }
  return {};
}

template <class Space>
Result<WorkerStatus> run(const Options& options, const StopSignal& stop) {
  const StoreOptions opening{.create = false,
                             .space_name = options.space,
                             .patience = StoreSeconds{options.patience_seconds}};
  auto store = AnyStore<Space>::open(options.store, opening);
  if (!store) return store.error();
  if (auto same = compare_evaluation(*store, options); !same) return same.error();
  if (!options.quiet) fmt::print(stderr, "worker: {} works for {}\n", process_owner(), store->name());
  return options.evaluator == "nasbench201" ? work_in_table(*store, options, stop)
                                            : work_by_command(*store, options, stop);
}

}  // namespace

const std::vector<SpaceEntry>& spaces() {
  static const std::vector<SpaceEntry> all{
      {"spos", &run<zoo::small::Spos>},
      {"proxylessnas", &run<zoo::small::ProxylessNas>},
      {"nasbench201", &run<zoo::NasBench201>},
  };
  return all;
}

std::vector<std::string> space_names() {
  std::vector<std::string> names;
  for (const SpaceEntry& entry : spaces()) names.push_back(entry.name);
  return names;
}

}  // namespace worker
