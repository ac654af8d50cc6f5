// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  detect_rules: which operators a device fuses, measured; writes the rules that the fusion pass reads.
///        scripts/run detect_rules --device torchscript-cpu --out torchscript.json
///        The file: docs/reference/fusion_rules.md. Exit status 2 for bad input, 130 after Ctrl-C.
#include <algorithm>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "hwnas/experiment/progress.hpp"
#include "hwnas/latency/fusion_rules_json.hpp"
#include "hwnas/measure/detect_rules.hpp"
#include "hwnas/measure/devices.hpp"
#include "hwnas/report/table.hpp"
#include "hwnas/train/stop_signal.hpp"
#include "main_function.hpp"
#include "number_checks.hpp"
#include "pinning.hpp"

namespace {

using namespace hwnas;

struct Options {
  std::string device = "libtorch-cpu";
  std::string out{};
  double threshold = DetectOptions{}.threshold;
  std::optional<int> rounds{}, runs{};
  int size = DetectOptions{}.shape.h;
  int channels = DetectOptions{}.shape.c;
  int threads = 1;
  std::vector<int> cpus{};
  double seconds = 60;
  bool quiet = false;
};

void print(const DetectedRules& found) {
  Table table{{{.name = "A"},
               {.name = "B"},
               {.name = "T(A)", .unit = "ms", .decimals = 4},
               {.name = "T(B)", .unit = "ms", .decimals = 4},
               {.name = "T(AB)", .unit = "ms", .decimals = 4},
               {.name = "fused"}}};
  for (const PairTimes& p : found.pairs) {
    table.add_row({name_of(p.tail), name_of(p.reader), p.first, p.second, p.both,
                   p.told ? (p.fused ? "yes" : "no") : "cannot be told"});
  }
  fmt::print("{}", table.text());
}

int run(const Options& o) {
  const StopSignal stop;
  Progress progress{o.quiet ? Console{} : stderr_console(), {.label = "pairs", .unit = "turns"}};
  MeasureOptions options = usual_options(o.device);
  options.threads = o.threads;
  options.cpus = o.cpus;
  options.rounds = o.rounds.value_or(options.rounds);
  options.runs = o.runs.value_or(std::min(options.runs, 4));
  options.progress = [&](int done, int total) {
    if (done == 1) progress.start(total);
    progress.advance();
  };
  options.stop = stop.asked();
  AnyDevice device = make_device(o.device, options, o.seconds).value();
  const DetectedRules found =
      detect_rules(device, {.shape = {o.channels, o.size, o.size}, .threshold = o.threshold}).value();
  progress.finish();
  print(found);
  fmt::print("{} fuses {} of {} pairs, {} constants, and runs equal operators {}\n", device.name(), found.rules.pairs.size(),
             found.pairs.size(), found.rules.folds_constants ? "folds" : "computes",
             found.rules.merges_equals ? "once" : "each");
  if (!o.out.empty()) save_fusion_rules(found.rules, o.out).value();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app{"Which operators a device fuses: T(AB) against T(A) + T(B), as nn-Meter's builder decides it.",
               "detect_rules"};
  app.add_option("--device", o.device, "one of: " + std::string{device_names})->capture_default_str();
  app.add_option("--out", o.out, "the rules' JSON file");
  app.add_option("--threshold", o.threshold, "share of the quicker one that has to be saved")->capture_default_str();
  app.add_option("--rounds", o.rounds, "rounds (10; commands 3)")->check(CLI::PositiveNumber);
  app.add_option("--runs", o.runs, "timed runs a round, fewer of what is slow (4; commands 1)")->check(CLI::PositiveNumber);
  app.add_option("--size", o.size, "height and width of the test images")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--channels", o.channels, "channels of the test images")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--threads", o.threads, "threads")->check(CLI::PositiveNumber)->capture_default_str();
  programs::add_cpus(app, o.cpus);
  app.add_option("--time-limit", o.seconds, "seconds for one run of a command")
      ->check(programs::above_zero())->capture_default_str();
  app.add_flag("--quiet", o.quiet, "no progress");
  return programs::guarded_main(app, argc, argv, [&] { return run(o); });
}
