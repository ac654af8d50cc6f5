// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  worker: joins a running search, on this machine or on another.
///        scripts/run worker --store trials.db --command 'python3 train.py'
///        scripts/run worker --help                         # docs/guides/workers.md
///        Exit status 2 for bad input and for a store that stays away, 130 or 143 after Ctrl-C or SIGTERM.
#include <fmt/format.h>

#include "main_function.hpp"
#include "options.hpp"
#include "spaces.hpp"
#include "worker_text.hpp"

namespace {

using namespace hwnas;

/// A store tells of which space it is by refusing all others.
Result<WorkerStatus> run(const worker::Options& given, const StopSignal& stop) {
  std::string others;
  for (const worker::SpaceEntry& entry : worker::spaces()) {
    if (!given.space.empty() && entry.name != given.space) continue;
    worker::Options options = given;
    options.space = entry.name;
    auto done = entry.run(options, stop);
    if (done || done.error().code != Error::Code::mismatch || !given.space.empty()) return done;
    others = done.error().message;
  }
  return Error{Error::Code::mismatch, others};
}

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = worker::parse_options(argc, argv);
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  const auto& options = std::get<worker::Options>(parsed);
  return programs::guarded_main("worker", [&] {
    const StopSignal stop;
    const auto done = run(options, stop);
    if (!done) return programs::fail("worker", done.error());
    if (!options.quiet) {
      fmt::print("{}\n", programs::text_of(*done));
    }
    return stop.requested() ? 128 + stop.signal() : 0;
  });
}
