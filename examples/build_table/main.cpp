// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  build_table: the operator table of a space on a device, by one command; what is reachable under it.
///        scripts/run build_table --space proxylessnas --device torchscript-cpu --out table.csv --budget 20
///        Interrupted, it goes on where it stopped. Columns: docs/reference/latency_table.md. Exit status 2 for bad input, 130
///        after Ctrl-C.
#include <filesystem>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "catalogue/catalogue.hpp"
#include "hwnas/experiment/progress.hpp"
#include "hwnas/measure/any_network.hpp"
#include "hwnas/measure/devices.hpp"
#include "hwnas/report/number.hpp"
#include "hwnas/train/stop_signal.hpp"
#include "main_function.hpp"
#include "number_checks.hpp"
#include "pinning.hpp"

namespace {

using namespace hwnas;

struct Options {
  std::string space = "small-proxylessnas";
  std::string device = "libtorch-cpu";
  std::string out{};
  double budget = 0;
  double seconds = 60;
  int networks = 8;
  std::optional<int> threads{}, batch{}, rounds{}, runs{};
  std::vector<int> cpus{};
  bool again = false;
  bool quiet = false;
};

MeasureOptions measuring(const Options& o) {
  MeasureOptions options = usual_options(o.device);
  options.threads = o.threads.value_or(options.threads);
  options.batch = o.batch.value_or(options.batch);
  options.rounds = o.rounds.value_or(options.rounds);
  options.runs = o.runs.value_or(options.runs);
  options.networks = o.networks;
  options.cpus = o.cpus;
  return options;
}

void tell_reachable(const AnySpace& space, const LookupTable& table, double budget) {
  const Reachable reachable = space.range(table, Milliseconds{budget}).value();
  fmt::print("{}: {} networks of {:.3f} to {:.3f} ms on {}\n", space.name, group_digits(space.size),
             reachable.least.value(), reachable.most.value(), table.conditions.at("device"));
  if (!reachable.within.empty()) fmt::print("within {:g} ms: {} networks\n", budget, reachable.within);
}

/// A table begun before, of the same conditions; an empty one otherwise.
LookupTable begun(const std::filesystem::path& part, const Conditions& conditions) {
  if (!std::filesystem::exists(part)) return {};
  LookupTable table = LookupTable::load(part).value();
  if (auto fits = table.matches(conditions); !fits) {
    throw Error{fits.error().code, fmt::format("{}: {}; remove it to begin anew", part.string(), fits.error().message)};
  }
  return table;
}

LookupTable complete(const std::filesystem::path& path, const AnySpace& space, const Conditions& conditions) {
  LookupTable table = LookupTable::load(path).value();
  const auto fail = [&](const Error& error) {
    throw Error{error.code, fmt::format("{}: {}; measure it anew with --again", path.string(), error.message)};
  };
  if (auto fits = table.matches(conditions); !fits) fail(fits.error());
  for (const OperatorKey& key : space.keys()) {
    if (auto known = table.predict(key); !known) fail(known.error());
  }
  return table;
}

void run(const Options& o) {
  const AnySpace space = catalogue::find_space(o.space).value();
  const std::filesystem::path path = o.out.empty() ? "latency-" + o.space + ".csv" : o.out;
  const std::filesystem::path part = path.string() + ".part";
  MeasureOptions options = measuring(o);
  const StopSignal stop;
  Progress progress{o.quiet ? Console{} : stderr_console(), {.label = "latency table", .unit = "turns"}};
  int shown = -1;
  options.stop = stop.asked();
  options.progress = [&](int done, int total) {
    if (shown < 0) progress.start(total, done - 1);
    progress.advance(shown < 0 ? 1 : done - shown);
    shown = done;
  };
  AnyDevice device = make_device(o.device, options, o.seconds).value();
  const Conditions conditions = table_conditions(device.conditions(), space.fingerprint);
  LookupTable table;
  if (std::filesystem::exists(path) && !o.again) {
    table = complete(path, space, conditions);
  } else {
    const TableSpace wanted = table_space(space);
    const TableOptions keep{.keep = [&](const LookupTable& so_far) { return so_far.save(part); }};
    table = TableBuilder<AnyDevice>{device, wanted, keep}.build(begun(part, conditions)).value();
    progress.finish();
    table.save(path).value();
    std::filesystem::remove(part);
  }
  fmt::print("{}: {} operators, disturbed {}\n", path.string(), table.entries().size(), table.conditions["disturbed"]);
  tell_reachable(space, table, o.budget);
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app{"The operator table of a search space on a device, and what is reachable under it.", "build_table"};
  app.add_option("--space", o.space, "one of: " + catalogue::space_help())->capture_default_str();
  app.add_option("--device", o.device, "one of: " + std::string{device_names})->capture_default_str();
  app.add_option("--out", o.out, "the table's file; default latency-SPACE.csv. A complete one is read");
  app.add_option("--budget", o.budget, "milliseconds; says how many networks keep it")
      ->check(programs::above_zero());
  app.add_option("--threads", o.threads, "threads (1)")->check(CLI::PositiveNumber);
  app.add_option("--batch", o.batch, "images at once (1)")->check(CLI::PositiveNumber);
  app.add_option("--rounds", o.rounds, "rounds over all operators (10; commands 3)")->check(CLI::PositiveNumber);
  app.add_option("--runs", o.runs, "timed runs a round, fewer of what is slow (6; commands 1)")->check(CLI::PositiveNumber);
  app.add_option("--networks", o.networks, "whole networks that the correction is learnt on")
      ->check(programs::between(0, 1e6))->capture_default_str();
  programs::add_cpus(app, o.cpus);
  app.add_option("--time-limit", o.seconds, "seconds for one run of a command")
      ->check(programs::above_zero())->capture_default_str();
  app.add_flag("--again", o.again, "measure although the file is there");
  app.add_flag("--quiet", o.quiet, "no progress");
  return programs::guarded_main(app, argc, argv, [&] { run(o); });
}
