// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The command line of worker. The only file that includes CLI11, which is slow to compile.
#include "options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "main_function.hpp"
#include "spaces.hpp"

namespace worker {
namespace {

void add_search(CLI::App& app, Options& o) {
  const auto group = "Search";
  app.add_option("--store", o.store, "The search's store: a SQLite file, or postgresql://user@host/database")
      ->type_name("FILE|URL")->required()->group(group);
  app.add_option("--space", o.space, "Its search space (default: whichever of this program's it is)")
      ->type_name("NAME")->check(CLI::IsMember(space_names()))->group(group);
}

void add_evaluation(CLI::App& app, Options& o) {
  const auto group = "Evaluation: the same as the search's";
  app.add_option("--evaluator", o.evaluator, "command: any program; nasbench201: from tables")
      ->type_name("NAME")->check(CLI::IsMember({"command", "nasbench201"}))->capture_default_str()->group(group);
  app.add_option(
         "--command", o.command,
         "Run by sh; the architecture's JSON is its standard input and the file \"$1\"; its last line of output "
         "is one JSON object such as {\"accuracy\": 0.9}")
      ->type_name("COMMAND")
      ->group(group);
  app.add_option("--objective", o.objective, "The metric of that object that is to be high")
      ->type_name("NAME")->capture_default_str()->group(group);
  app.add_option("--accuracy", o.accuracy_file, "For nasbench201: CSV file with columns arch and --accuracy-column")
      ->type_name("FILE")->group(group);
  app.add_option("--accuracy-column", o.accuracy_column, "Its column")
      ->type_name("NAME")->capture_default_str()->group(group);
  app.add_option("--latency", o.latency_file, "For nasbench201: CSV file with columns arch and --latency-column")
      ->type_name("FILE")->group(group);
  app.add_option("--latency-column", o.latency_column, "Its column, a device")->type_name("NAME")->group(group);
  app.add_option("--predictor", o.predictor,
                 "Predictor of kernels (JSON) or latency table (CSV) that gives each trial its latency, where the "
                 "search has one; it prints which (default: none)")
      ->type_name("FILE")
      ->group(group);
}

void add_limits(CLI::App& app, Options& o) {
  const auto group = "Limits";
  const auto seconds = [&](const char* name, double& value, const char* text) {
    app.add_option(name, value, text)->type_name("S")->check(CLI::PositiveNumber)->capture_default_str()->group(group);
  };
  seconds("--lease-seconds", o.lease_seconds, "A trial of a worker that died is taken again after so long");
  seconds("--idle-seconds", o.idle_seconds, "End when there was nothing to do for so long");
  seconds("--patience-seconds", o.patience_seconds, "Try a store that is away, locked or full again for so long");
  app.add_option("--trial-seconds", o.trial_seconds, "Seconds after which an evaluation fails (default: no limit)")
      ->type_name("S")->check(CLI::PositiveNumber)->group(group);
  app.add_option("--max-trials", o.max_trials, "End after so many trials (default: no limit)")
      ->type_name("N")->check(CLI::PositiveNumber)->group(group);
  app.add_flag("--quiet", o.quiet, "Print errors only (default off)")->group(group);
  app.set_help_flag("-h,--help", "Print this help")->group(group);
}

/// What one option asks of another; "" if all is well.
std::string conflict(const Options& o) {
  const bool tabular = o.evaluator == "nasbench201";
  if (tabular != o.command.empty()) {
    return tabular ? "--command needs --evaluator command" : "--evaluator command needs --command";
  }
  if (tabular == o.accuracy_file.empty()) {
    return tabular ? "--evaluator nasbench201 needs --accuracy FILE" : "--accuracy needs --evaluator nasbench201";
  }
  if (!tabular && !o.latency_file.empty()) return "--latency needs --evaluator nasbench201";
  if (o.latency_file.empty() != o.latency_column.empty()) return "--latency and --latency-column need each other";
  if (tabular && !o.space.empty() && o.space != "nasbench201") return "--evaluator nasbench201 needs its own space";
  return {};
}

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  CLI::App app{"Joins a running search: takes trials from its store, evaluates them and records the results.\n"
               "Start as many as you like, and stop them when you like.", "worker"};
  app.get_formatter()->column_width(34);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);  // scripts append what differs
  add_search(app, options);
  add_evaluation(app, options);
  add_limits(app, options);
  std::string wrong;
  try {
    app.parse(argc, argv);
    wrong = conflict(options);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return 0;
  } catch (const CLI::ParseError& error) {
    wrong = error.what();
  }
  if (wrong.empty()) return options;
  return programs::fail("worker", wrong + "; see --help");
}

}  // namespace worker
