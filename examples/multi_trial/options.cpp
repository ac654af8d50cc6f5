// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The command line of multi_trial. The only file that includes CLI11, which is slow to compile.
#include "options.hpp"

#include <algorithm>
#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "common/command_line.hpp"
#include "main_function.hpp"
#include "spaces.hpp"
#include "strategy_names.hpp"

namespace multi_trial {
namespace {

using programs::above_zero, programs::between, programs::many;

void add_search(CLI::App& app, Options& o) {
  const auto group = "Search";
  app.add_option("--space", o.space,
                 "Search space: " + programs::help_of(spaces()) + " (default: nasbench201 for its table, else spos)")
      ->type_name("NAME")
      ->check(CLI::IsMember(programs::names_of(spaces())))
      ->group(group);
  app.add_option("--strategy", o.strategy, "How architectures are proposed: " + strategy_help())
      ->type_name("NAME")->check(CLI::IsMember(strategy_names()))->capture_default_str()->group(group);
  app.add_option("--latency-threshold", o.latency_threshold,
                 "Largest latency, in milliseconds; nothing dearer is tried (default: where networks are trained, the "
                 "lower 35 % of the range; else none)")->type_name("MS")->check(above_zero())->group(group);
  programs::add_predictor(app, o, group);
  programs::add_confidence(app, o, group);
  app.add_option("--max-trials", o.max_trials, "Trials in all (default: 1000 of a table, else 100)")
      ->type_name("N")->check(between(1, many))->group(group);
  app.add_option("--max-seconds", o.max_seconds,
                 "Wall-clock seconds of this run (default: 540 where networks are trained "
                 "from scratch, else no limit)")
      ->type_name("S")
      ->check(above_zero())
      ->group(group);
}

void add_evaluation(CLI::App& app, Options& o) {
  const auto group = "Evaluation";
  app.add_option("--evaluator", o.evaluator,
                 "train: each network from scratch; supernet: with the weights of a supernet, which is trained first; "
                 "nasbench201: from tables; command: any program; synflow, naswot: scores of untrained networks")
      ->type_name("NAME")
      ->check(CLI::IsMember({"train", "supernet", "nasbench201", "command", "synflow", "naswot"}))
      ->capture_default_str()
      ->group(group);
  app.add_option(
         "--command", o.command,
         "For --evaluator command: run by sh; the architecture's JSON is its standard input and the file \"$1\"; its "
         "last line of output is one JSON object such as {\"accuracy\": 0.9}")
      ->type_name("COMMAND")
      ->group(group);
  app.add_option("--accuracy", o.accuracy_file, "For nasbench201: CSV file with columns arch and --accuracy-column")
      ->type_name("FILE")->group(group);
  app.add_option("--accuracy-column", o.accuracy_column, "Its column")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(group);
  app.add_option("--latency", o.latency_file,
                 "For space nasbench201: CSV file of whole networks' latencies in milliseconds, "
                 "with columns arch and --latency-column")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--latency-column", o.latency_column, "Its column, a device (default: none)")
      ->type_name("NAME")->group(group);
  app.add_option("--workers", o.trial_workers, "Trials at a time; 0: none here, other processes evaluate (--ahead)")
      ->type_name("N")->check(between(0, 1024))->capture_default_str()->group(group);
  app.add_option("--ahead", o.ahead, "Trials kept queued for the workers of other processes (examples/worker)")
      ->type_name("N")->check(between(0, 1e6))->capture_default_str()->group(group);
  app.add_flag("--join", o.join,
               "Evaluate the trials of a search that runs elsewhere, given the same options; --strategy, --max-trials and "
               "--max-seconds are then that one's (default off)")
      ->group(group);
  app.add_option("--idle-seconds", o.idle_seconds, "With --join: end when there was nothing to do for so long")
      ->type_name("S")->check(above_zero())->capture_default_str()->group(group);
  app.add_option("--retries", o.retries, "How often a failed trial is tried again")
      ->type_name("N")->check(between(0, 1000))->capture_default_str()->group(group);
  app.add_option("--trial-seconds", o.trial_seconds, "Seconds after which an evaluation fails (default: no limit)")
      ->type_name("S")->check(above_zero())->group(group);
}

void add_training(CLI::App& app, Options& o) {
  const auto group = "Training";
  app.add_option("--epochs", o.epochs, "Epochs of each network")
      ->type_name("N")->check(between(1, 1e6))->capture_default_str()->group(group);
  app.add_option("--patience", o.patience, "Epochs without a better accuracy that end a training; 0: never")
      ->type_name("N")->check(between(0, 1e6))->capture_default_str()->group(group);
  app.add_option("--supernet-epochs", o.supernet_epochs, "Epochs of the supernet")
      ->type_name("N")->check(between(1, 1e6))->capture_default_str()->group(group);
  app.add_option("--supernet", o.supernet,
                 "Keep the supernet here, for runs that go on and those that join (default: beside a --store that is a file)")
      ->type_name("FILE")->group(group);
  app.add_option("--batch-size", o.batch_size, "Images a step")
      ->type_name("N")->check(between(2, 1e6))->capture_default_str()->group(group);
  app.add_option("--lr", o.lr, "Peak learning rate (SGD, one cosine)")
      ->type_name("RATE")->check(above_zero())->capture_default_str()->group(group);
  app.add_option("--weight-decay", o.weight_decay, "Weight decay, not of batch-norm and biases")
      ->type_name("X")->check(between(0, 1))->capture_default_str()->group(group);
  app.add_option("--label-smoothing", o.smoothing, "Label smoothing")
      ->type_name("X")->check(between(0, 0.9))->capture_default_str()->group(group);
}

void add_files(CLI::App& app, Options& o) {
  const auto group = "Files";
  auto* store = app.add_option("--store", o.store,
                               "Keeps every trial, for any number of processes: a SQLite file, or a server as "
                               "postgresql://HOST/DATABASE, which "
                               "examples/worker may join from any host. A run goes on with what it "
                               "holds (default: a new file in ~/.cache/hwnas)")
                    ->type_name("FILE|URL")
                    ->group(group);
  app.add_option("--patience-seconds", o.patience_seconds, "Try a store that is away, locked or full again for so long")
      ->type_name("S")->check(above_zero())->capture_default_str()->group(group);
  app.add_flag("--resume", o.resume, "Only go on: the store must be there (default off)")->group(group)->needs(store);
  app.add_option("--top-k", o.top_k, "So many best trials in the final table and in --export")
      ->type_name("K")->check(between(1, many))->capture_default_str()->group(group);
  app.add_option("--export", o.export_file, "Write the best architectures as JSON, best first (default: nowhere)")
      ->type_name("FILE")->group(group);
  app.add_option("--json", o.json_file, "Write all trials as JSON (default: nowhere)")->type_name("FILE")->group(group);
  app.add_flag("--quiet", o.quiet, "Print the final table only (default off)")->group(group);
}

/// What one option asks of another; "" if all is well.
std::string conflict(const Options& o) {
  if (o.evaluator == "command" && o.command.empty()) return "--evaluator command needs --command";
  if (o.evaluator != "command" && !o.command.empty()) return "--command needs --evaluator command";
  if (o.tabular() && o.accuracy_file.empty()) return "--evaluator nasbench201 needs --accuracy FILE";
  if (!o.tabular() && !o.accuracy_file.empty()) return "--accuracy needs --evaluator nasbench201";
  if (o.latency_file.empty() != o.latency_column.empty()) return "--latency and --latency-column need each other";
  if (o.space != "nasbench201" && (o.tabular() || !o.latency_file.empty())) {
    return fmt::format("{} needs --space nasbench201", o.tabular() ? "--evaluator nasbench201" : "--latency");
  }
  if (o.trial_workers == 0 && o.ahead == 0) return "--workers 0 needs --ahead: nothing would be evaluated";
  if (o.ahead > 0 && o.store.empty()) return "--ahead needs --store, where other processes find the trials";
  if (!o.supernet.empty() && o.evaluator != "supernet") return "--supernet needs --evaluator supernet";
  if (o.join && o.store.empty()) return "--join needs --store, where the search keeps its trials";
  if (o.join && o.trial_workers == 0) return "--join needs --workers: nothing would be evaluated";
  if (o.join && !(o.json_file + o.export_file).empty()) return "--join writes no results: --json and --export are the search's";
  if (o.resume && !o.store.empty() && o.store.find("://") == std::string::npos && !std::filesystem::exists(o.store)) {
    return fmt::format("--resume: there is no store {}", o.store);
  }
  return {};
}

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  CLI::App app{
      "Searches a space trial by trial: a strategy proposes networks inside a latency budget, an evaluator judges\n"
      "them, a store keeps what came of them.",
      "multi_trial"};
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);  // scripts append what differs
  add_search(app, options);
  add_evaluation(app, options);
  programs::add_data(app, options, "--loaders");
  add_training(app, options);
  programs::add_machine(app, options);
  add_files(app, options);
  if (const auto status = programs::parse(app, argc, argv, options)) return *status;
  if (options.space.empty()) options.space = options.tabular() ? "nasbench201" : "spos";
  if (const std::string wrong = conflict(options); !wrong.empty()) {
    return programs::fail("multi_trial", wrong + "; see --help");
  }
  // Trials at a time share the cores.
  if (app.count("--threads") == 0) {
    options.threads = std::max(1, options.threads / std::max(1, static_cast<int>(options.trial_workers)));
  }
  return options;
}

}  // namespace multi_trial
