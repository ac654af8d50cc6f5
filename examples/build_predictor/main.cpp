// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  build_predictor: from kernels measured on a device to a predictor for every architecture, by one command.
///        scripts/run build_predictor --device torchscript-cpu --minutes 60 --out torchscript.json
///        Measurements go to OUT.csv as they arrive (docs/reference/measurement_log.md); interrupted, it goes on where it stopped.
///        Exit status 2 for bad input, 130 after Ctrl-C.
#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "catalogue/catalogue.hpp"
#include "common/predictor_files.hpp"
#include "hwnas/experiment/progress.hpp"
#include "hwnas/measure/devices.hpp"
#include "hwnas/measure/rules_of_device.hpp"
#include "hwnas/report/table.hpp"
#include "hwnas/train/stop_signal.hpp"
#include "main_function.hpp"
#include "number_checks.hpp"
#include "pinning.hpp"

namespace {

using namespace hwnas;

struct Options {
  std::string device = "libtorch-cpu";
  std::vector<std::string> spaces{"proxylessnas", "spos", "once-for-all", "nasbench201"};
  std::string out{};
  std::string measurements{};
  std::string rules{};
  double minutes = BuilderOptions{}.minutes;
  double target = SamplingOptions{}.target;
  std::size_t prior = SamplingOptions{}.prior;
  std::size_t networks = BuilderOptions{}.networks;
  int threads = 1;
  std::vector<int> cpus{};
  double seconds = 60;
  bool quiet = false;
};

MeasureOptions measuring(const Options& o) {
  MeasureOptions options = usual_options(o.device);
  options.threads = o.threads;
  options.cpus = o.cpus;
  return options;
}

void print(const BuiltPredictor& built) {
  Table table{{{.name = "held out"},
               {.name = "measured"},
               {.name = "RMSE", .unit = "ms", .decimals = 4},
               {.name = "RMSPE", .unit = "%", .decimals = 1},
               {.name = "within 5 %", .unit = "%", .decimals = 1},
               {.name = "within 10 %", .unit = "%", .decimals = 1}}};
  const auto add = [&](const std::string& name, const ErrorStatistics& e) {
    table.add_row({name, e.count, e.rmse, 100 * e.rmspe, 100 * e.within_5, 100 * e.within_10});
  };
  for (const auto& [type, errors] : built.kernels) {
    if (type != "all") add(type, errors);
  }
  add("all kernels", built.kernels.at("all"));
  if (built.networks.count > 0) add("whole networks", built.networks);
  fmt::print("{}", table.text());
}

int run(const Options& o) {
  std::vector<AnySpace> spaces;
  for (const std::string& name : o.spaces) spaces.push_back(catalogue::find_space(name).value());
  const StopSignal stop;
  MeasureOptions options = measuring(o);
  options.stop = stop.asked();
  AnyDevice device = make_device(o.device, options, o.seconds).value();
  const std::filesystem::path out = o.out.empty() ? device.name() + ".json" : o.out;
  const std::filesystem::path kept = o.measurements.empty() ? out.string() + ".csv" : o.measurements;
  const BuiltPredictor built =
      programs::build_predictor(
          device,
          {.spaces = std::move(spaces),
           .out = out,
           .measurements = kept,
           .rules = o.rules,
           .building = {.minutes = o.minutes, .sampling = {.prior = o.prior, .target = o.target}, .networks = o.networks}},
          o.quiet ? Console{} : stderr_console())
          .value();
  print(built);
  fmt::print("{}: {} kernels and {} networks on {}; {}; measurements in {}\n", out.string(), built.kernel_count,
             built.network_count, device.name(), built.ended, kept.string());
  return 0;
}

void add_options(CLI::App& app, Options& o) {
  app.add_option("--device", o.device, "one of: " + std::string{device_names})->capture_default_str();
  app.add_option("--spaces", o.spaces, "whose kernels are measured; " + catalogue::space_help())
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--out", o.out, "the predictor's file; default DEVICE.json");
  app.add_option("--measurements", o.measurements,
                 "CSV file of the measurements; default OUT.csv. Those in it are not made again");
  app.add_option("--rules", o.rules,
                 "fusion rules (detect_rules); without, they are detected, and none for libtorch-cpu");
  app.add_option("--minutes", o.minutes, "time budget, that of an interrupted building included")
      ->check(CLI::Range(0.001, 1e5))->capture_default_str();
  app.add_option("--target", o.target, "share of held-out kernels within 10 % at which measuring ends sooner")
      ->check(CLI::Range(0.0, 1.0))->capture_default_str();
  app.add_option("--prior", o.prior, "kernels measured before the first training")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--networks", o.networks, "whole networks measured at most")->capture_default_str();
  app.add_option("--threads", o.threads, "threads")->check(CLI::PositiveNumber)->capture_default_str();
  programs::add_cpus(app, o.cpus);
  app.add_option("--time-limit", o.seconds, "seconds for one run of a command")
      ->check(programs::above_zero())->capture_default_str();
  app.add_flag("--quiet", o.quiet, "no progress");
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app{"A latency predictor of a device: measures kernels and networks of some spaces, learns, says how well.",
               "build_predictor"};
  add_options(app, o);
  return programs::guarded_main(app, argc, argv, [&] { return run(o); });
}
