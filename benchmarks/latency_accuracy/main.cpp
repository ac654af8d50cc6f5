// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How well a predictor built within some minutes knows whole networks that it was not built with; README.md here.
///        scripts/run latency_accuracy --device libtorch-cpu --minutes 60 --json accuracy.json
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "baselines.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "hwnas/experiment/progress.hpp"
#include "hwnas/measure/devices.hpp"
#include "hwnas/measure/predictor_builder.hpp"
#include "hwnas/measure/rules_of_device.hpp"
#include "hwnas/train/stop_signal.hpp"
#include "held_out.hpp"
#include "judgement.hpp"
#include "main_function.hpp"
#include "measure.hpp"
#include "number_checks.hpp"
#include "output.hpp"
#include "pinning.hpp"

namespace {

using namespace hwnas;
using namespace accuracy;
using Builder = PredictorBuilder<AnyDevice>;

struct Options {
  std::string device = "libtorch-cpu";
  double minutes = 60;
  int networks = 400;
  std::string json{};
  std::string report{};
  std::string measurements{};
  std::string rules{};
  std::vector<int> cpus{};
  double seconds = 60;
  std::uint64_t seed = 2;  // the builder has another one
  bool no_table = false;
  bool quiet = false;
};

/// The networks of all spaces, shared evenly, and the published ones; none that the predictor was built with.
std::vector<Judged> chosen(const std::vector<EvaluationSpace>& spaces, const std::vector<AnySpace>& published,
                           const BuiltPredictor& built, RanNetworks taken, const Options& o) {
  Rng rng{o.seed};
  std::vector<Judged> networks;
  for (std::size_t s = 0; s < spaces.size(); ++s) {
    const int wanted = o.networks * static_cast<int>(s + 1) / static_cast<int>(spaces.size()) -
                       o.networks * static_cast<int>(s) / static_cast<int>(spaces.size());
    int missing = wanted;
    for (int turn = 0; turn < 10 && missing > 0; ++turn) {  // what was taken is replaced
      for (Values& values : spaces[s].spread(built.predictor, missing, rng).value()) {
        if (!taken.insert(spaces[s].any, values)) continue;
        networks.push_back({.space = &spaces[s].any, .values = std::move(values)});
        --missing;
      }
    }
  }
  for (const AnySpace& network : published) networks.push_back({.space = &network, .values = {}});
  return networks;
}

Answers predicted(std::vector<Judged>& networks, const KernelPredictor& predictor) {
  Answers answers{"kernel predictor", {}};
  for (Judged& network : networks) {
    predict(network, predictor);
    answers.latencies.push_back(network.predicted);
  }
  return answers;
}

std::vector<Point> curve(const Builder& builder, std::vector<Judged> networks) {
  std::vector<Point> points;
  for (int part = 1; part <= 8; ++part) {
    const double seconds = builder.seconds() * part / 8;
    const auto built = builder.learnt(seconds);
    if (!built) continue;  // too early for anything
    points.push_back({seconds / 60, built->kernel_count, built->network_count,
                      judge(predicted(networks, built->predictor), networks)});
  }
  return points;
}

int run(const Options& o) {
  const StopSignal stop;
  MeasureOptions measuring = usual_options(o.device);
  measuring.stop = stop.asked();
  measuring.cpus = o.cpus;
  measuring.networks = 4;
  AnyDevice device = make_device(o.device, measuring, o.seconds).value();
  const std::vector<EvaluationSpace> spaces = evaluation_spaces();
  const std::vector<AnySpace> published = standard_networks();
  std::vector<AnySpace> building;
  for (const EvaluationSpace& space : spaces) building.push_back(space.any);
  building.push_back(residual_space());

  const std::string kept = o.measurements.empty() ? (o.json.empty() ? device.name() : o.json) + ".csv" : o.measurements;
  const FusionRules rules = rules_of_device(device, o.rules, kept + ".rules").value();
  const std::string conditions = building_conditions(device, building, rules);
  MeasurementLog log = MeasurementLog::open(kept, conditions).value();
  MeasurementLog judging = MeasurementLog::open(kept + ".judged", conditions).value();
  Progress progress{o.quiet ? Console{} : stderr_console(), {.label = "predictor", .unit = "s"}};
  auto shown = static_cast<std::int64_t>(log.seconds());
  progress.start(static_cast<std::int64_t>(60 * o.minutes), shown);
  RanNetworks judged{rules}, taken{rules};
  for (const AnySpace& network : published) judged.insert(network, {});
  BuilderOptions options{.minutes = o.minutes};
  options.reserved = [&](const AnySpace& space, const Values& values) { return judged.contains(space, values); };
  options.progress = [&](double seconds, const std::string& text) {
    progress.advance(static_cast<std::int64_t>(seconds) - shown, text);
    shown = static_cast<std::int64_t>(seconds);
  };
  Builder builder{device, building, rules, std::move(log), options};
  const BuiltPredictor built = builder.build().value();
  progress.finish();

  for (const MeasuredNetwork& network : builder.networks()) taken.insert(*network.space, network.values);
  std::vector<Judged> networks = chosen(spaces, published, built, std::move(taken), o);
  progress.label("networks");
  progress.start(2 * static_cast<std::int64_t>(networks.size()));
  int before = 0;
  measure_twice(device, networks, built.reference, judging,
                [&](int done) { progress.advance(done - std::exchange(before, done)); });
  progress.finish();

  const Answers answers = predicted(networks, built.predictor);
  Answers again{"second measurement", {}};
  for (const Judged& n : networks) again.latencies.push_back(n.second);
  std::vector<Verdict> verdicts{judge(answers, networks)};
  for (const Answers& other :
       {through_profiler(spaces, networks, built.predictor), space_median(spaces, networks),
        scaled_flops(spaces, networks), linear(spaces, networks, builder.networks())}) {
    verdicts.push_back(judge(other, networks));
  }
  if (!o.no_table) verdicts.push_back(judge(operator_table(device, spaces, networks), networks));
  verdicts.push_back(judge(again, networks));
  const Outcome outcome{
      device.name(), built, networks, verdicts, curve(builder, networks), judge(answers, networks, &Judged::unscaled)};
  print(outcome);
  if (!o.json.empty()) write_file_atomically(o.json, document(outcome).dump(1) + "\n").value();
  if (!o.report.empty()) report(outcome).write(o.report).value();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app{"How well a latency predictor, built within some minutes, knows networks it was not built with.",
               "latency_accuracy"};
  app.add_option("--device", o.device, "one of: " + std::string{device_names})->capture_default_str();
  app.add_option("--minutes", o.minutes, "to build the predictor in")
      ->check(CLI::Range(0.001, 1e5))
      ->capture_default_str();
  app.add_option("--networks", o.networks, "networks to judge by, beside five published ones")
      ->check(CLI::Range(8, 100000))
      ->capture_default_str();
  app.add_option("--json", o.json, "also write the figures here");
  app.add_option("--report", o.report, "also write a page of charts and tables here");
  app.add_option("--measurements", o.measurements,
                 "CSV of the building's measurements, gone on with if it is there; default JSON.csv or DEVICE.csv; those of "
                 "the judging beside it, .judged");
  app.add_option("--rules", o.rules,
                 "fusion rules (detect_rules); without, they are detected, and none for libtorch-cpu");
  programs::add_cpus(app, o.cpus);
  app.add_option("--time-limit", o.seconds, "seconds for one run of a command")
      ->check(programs::above_zero())->capture_default_str();
  app.add_option("--seed", o.seed, "of the networks to judge by")->capture_default_str();
  app.add_flag("--no-table", o.no_table, "leave out the operator table, which takes minutes to measure");
  app.add_flag("--quiet", o.quiet, "no progress");
  return programs::guarded_main(app, argc, argv, [&] { return run(o); });
}
