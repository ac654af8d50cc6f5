// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  multi_trial: searches a space trial by trial under a latency budget.
///        scripts/run multi_trial                           # trains networks on Fashion-MNIST, ten minutes on two cores
///        scripts/run multi_trial --help                    # docs/guides/multi_trial.md
///        A run is in program.hpp; exit status 2 for bad input, 130 after Ctrl-C.
#include <string>
#include <variant>

#include <fmt/format.h>

#include "common/named.hpp"
#include "common/run.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "options.hpp"
#include "outcome.hpp"
#include "spaces.hpp"

namespace {

using multi_trial::Options, multi_trial::Outcome;
using namespace hwnas;

Result<Outcome> run(const Options& options) {
  return programs::run_named(multi_trial::spaces(), options.space, options);
}

/// The table goes out first: a full disk must not hide what was found.
Result<void> put_out(const Outcome& outcome, const Options& options) {
  fmt::print("{}", multi_trial::final_table(outcome, options));
  std::fflush(stdout);
  const auto write = [](const std::string& path, const std::string& text) {
    return path.empty() ? Result<void>{} : write_file_atomically(path, text);
  };
  if (auto done = write(options.export_file, multi_trial::export_json(outcome, options)); !done) return done;
  return write(options.json_file, multi_trial::results_json(outcome));
}

/// What a run without a result has to say.
Error nothing_found(const Outcome& outcome) {
  for (const multi_trial::TrialRow& trial : outcome.trials) {
    if (trial.reasons.empty()) continue;
    return {Error::Code::bad_value, fmt::format("none of {} trials could be evaluated; the first: {}",
                                                outcome.trials.size(), trial.reasons.back())};
  }
  return {Error::Code::bad_value, "no trial was over in time"};
}

Result<void> finish(const Outcome& outcome, const Options& options) {
  if (options.join) {
    fmt::print("{}\n", outcome.joined);
    return outcome.stopped ? Result<void>{Error{Error::Code::interrupted, "stopped; its open trials are the search's again"}}
                           : Result<void>{};
  }
  if (auto done = put_out(outcome, options); !done) return done;
  if (outcome.stopped) {
    return Error{Error::Code::interrupted, fmt::format("stopped; go on with --store {}", outcome.store)};
  }
  return outcome.best(1).empty() ? Result<void>{nothing_found(outcome)} : Result<void>{};
}

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = multi_trial::parse_options(argc, argv);
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  const Options& options = std::get<Options>(parsed);
  return programs::guarded_main("multi_trial", [&]() -> Result<void> {
    const auto outcome = run(options);
    return outcome ? finish(*outcome, options) : Result<void>{outcome.error()};
  });
}
