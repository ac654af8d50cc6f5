// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The command line of regret. The only file that includes CLI11, which is slow to compile.
#include "options.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "main_function.hpp"

namespace regret {

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options o;
  if (const char* shared = std::getenv("HWNAS_SHARED")) {
    o.accuracy_file = std::string{shared} + "/data/nasbench201_accuracy.csv";
    o.latency_file = std::string{shared} + "/data/latency/nasbench201_help.csv";
  }
  const std::vector<std::string> known = o.strategies;
  CLI::App app{"How far from the true optimum under a latency budget each strategy is after so many trials.", "regret"};
  app.add_option("--accuracy", o.accuracy_file,
                 "CSV file with columns arch and --accuracy-column (default: in $HWNAS_SHARED)");
  app.add_option("--accuracy-column", o.accuracy_column, "its column")->capture_default_str();
  app.add_option("--latency", o.latency_file,
                 "CSV file with a column arch and one a device (default: in $HWNAS_SHARED)");
  app.add_option("--devices", o.devices, "its columns (default: each that has a value for every network)")
      ->delimiter(',');
  app.add_option("--strategies", o.strategies, "rows of the tables")->delimiter(',')->check(CLI::IsMember(known));
  app.add_option("--trials", o.trials, "of each search")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  app.add_option("--seeds", o.seeds, "searches of each strategy, device and budget")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--learned-seeds", o.learned_seeds, "the same for rl, on three devices and three budgets")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--threads", o.threads, "searches at a time (default: one a core)")->check(CLI::Range(1, 1024));
  app.add_option("--max-seconds", o.max_seconds, "fewer seeds where it takes longer (default: no limit)")
      ->check(CLI::PositiveNumber);
  app.add_option("--json", o.json_file, "where all figures go");
  std::string wrong;
  try {
    app.parse(argc, argv);
    if (o.accuracy_file.empty() || o.latency_file.empty())
      wrong = "--accuracy and --latency are required where HWNAS_SHARED is not set";
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return 0;
  } catch (const CLI::ParseError& error) {
    wrong = error.what();
  }
  if (wrong.empty()) return o;
  return programs::fail("regret", wrong + "; see --help");
}

}  // namespace regret
