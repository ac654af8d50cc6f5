// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  explain_latency: one architecture's latency, kernel by kernel: measured on a device, beside what is predicted.
///        scripts/run explain_latency --space proxylessnas --arch found.json --device torchscript-cpu --rules torchscript.json
///        --predictor FILE predicts (latency/kernel_predictor.hpp); --report FILE draws; --debug lists every decision.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "catalogue/catalogue.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "hwnas/latency/fusion_rules_json.hpp"
#include "hwnas/latency/kernel_pool.hpp"
#include "hwnas/latency/kernel_predictor.hpp"
#include "hwnas/measure/any_network.hpp"
#include "hwnas/measure/devices.hpp"
#include "hwnas/report/bar_chart.hpp"
#include "hwnas/report/page.hpp"
#include "hwnas/report/table.hpp"
#include "main_function.hpp"
#include "number_checks.hpp"
#include "pinning.hpp"

namespace {

using namespace hwnas;

struct Options {
  std::string space = "small-proxylessnas";
  std::string arch{};
  std::string device = "libtorch-cpu";
  std::string rules{};
  std::string predictor{};
  std::string report{};
  std::uint64_t seed = 1;
  std::optional<int> rounds{};
  int threads = 1;
  std::vector<int> cpus{};
  double seconds = 60;
  bool debug = false;
};

/// A kernel; alone as it was measured, and what the predictor says of it alone and inside a network.
struct Row {
  std::string kernel;
  double measured = 0;
  std::optional<double> predicted{}, inside{};
};

AnySpace::Values chosen(const AnySpace& space, const Options& o) {
  Rng rng{o.seed};
  if (o.arch.empty()) return space.draw(rng);
  std::ifstream in{o.arch};
  if (!in) throw Error{Error::Code::not_found, o.arch + ": cannot be read"};
  const auto values = space.read(std::string{std::istreambuf_iterator<char>{in}, {}});
  if (!values) throw Error{values.error().code, o.arch + ": " + values.error().message};
  return *values;
}

/// The kernels that run, each fusion decision in the log.
std::vector<KernelKey> kernels_of(const AnySpace& space, const AnySpace::Values& values, const FusionRules& rules) {
  const KernelGraph graph = space.kernels(values);
  for (const DetectedKernel& detected : detect(graph, rules)) {
    spdlog::debug("kernel {}: {} operators", detected.kernel.text(), detected.nodes.size());
  }
  std::vector<KernelKey> kernels = running_kernels(graph, rules);
  spdlog::debug("{} kernels run: without views, zeros and what the result does not depend on", kernels.size());
  return kernels;
}

/// Each distinct kernel once, the whole network last, all in the same rounds.
std::vector<Measurement> measured(AnyDevice& device, const std::vector<KernelKey>& kernels,
                                  const std::shared_ptr<FixedNetwork>& whole,
                                  std::map<std::string, std::size_t>& place_of) {
  std::vector<Measurable> things;
  for (const KernelKey& kernel : kernels) {
    if (place_of.try_emplace(kernel.text(), things.size()).second) things.push_back({kernel_network(kernel)});
  }
  things.push_back({whole});
  auto times = measure_all(device, things).value();
  for (const auto& [text, place] : place_of) {
    spdlog::debug("measured {}: {:.4f}, median {:.4f}, {} runs{}", text, times[place].minimum, times[place].median,
                  times[place].count, times[place].disturbed ? ", disturbed" : "");
  }
  return times;
}

std::vector<Row> rows_of(const std::vector<KernelKey>& kernels, const std::vector<Measurement>& times,
                         const std::map<std::string, std::size_t>& place_of,
                         const std::optional<KernelPredictor>& predictor) {
  std::vector<Row> rows;
  for (const KernelKey& kernel : kernels) {
    rows.push_back({kernel.text(), times[place_of.at(kernel.text())].minimum.value()});
    if (!predictor) continue;
    const auto alone = predictor->predict_alone({&kernel, 1});
    if (!alone) {
      spdlog::debug("predicted {}: {}", kernel.text(), alone.error().message);
      continue;
    }
    rows.back().predicted = alone->front().value();
    rows.back().inside = predictor->predict(kernel).value().value();
    spdlog::debug("predicted {}: {:.4f}, inside a network {:.4f} ms", kernel.text(), alone->front(), *rows.back().inside);
    if (const auto beyond = predictor->extrapolation(kernel)) {
      spdlog::debug("beyond what was measured: {}", *beyond);
      rows.back().kernel += " (extrapolated)";
    }
  }
  return rows;
}

std::string bar(double value, double most) {
  std::string text;
  constexpr double width = 24;
  for (int i = 0; i < static_cast<int>(width * value / most + 0.5); ++i) text += "█";
  return text;
}

Table table_of(const std::vector<Row>& rows, double whole) {
  Table table{{{.name = "kernel"},
               {.name = "measured", .unit = "ms", .decimals = 4},
               {.name = "predicted", .unit = "ms", .decimals = 4},
               {.name = "error", .unit = "%", .decimals = 1},
               {.name = "in a network", .unit = "ms", .decimals = 4},
               {.name = ""}}};
  const auto error = [](std::optional<double> guess, double truth) {
    return guess ? TableCell{100 * (*guess / truth - 1)} : TableCell{};
  };
  double sum = 0, most = 0;
  std::optional<double> predicted = 0, inside = 0;  // none where a kernel has none
  for (const Row& row : rows) most = std::max(most, row.measured);
  for (const Row& row : rows) {
    sum += row.measured;
    if (!row.predicted) predicted = inside = std::nullopt;
    if (predicted) *predicted += *row.predicted, *inside += *row.inside;
    table.add_row({row.kernel, row.measured, row.predicted, error(row.predicted, row.measured), row.inside,
                   bar(row.measured, most)});
  }
  if (rows.empty() || !rows.front().predicted) predicted = inside = std::nullopt;
  table.add_row({"sum of the kernels", sum, predicted, error(predicted, sum), inside, ""});
  table.add_row({"whole network", whole, inside, error(inside, whole), TableCell{}, ""});
  return table;
}

std::string report_of(const std::vector<Row>& rows, const Table& table, const std::string& title) {
  BarChart chart{.title = "Latency of each kernel", .value = {.title = "milliseconds"}, .horizontal = true};
  chart.series = {{.name = "measured"}};
  const bool any = std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.predicted.has_value(); });
  if (any) chart.series.push_back({.name = "predicted"});
  for (const Row& row : rows) {
    chart.categories.push_back(row.kernel);
    chart.series.front().values.push_back(row.measured);
    if (any) chart.series.back().values.push_back(row.predicted.value_or(0));
  }
  Page page{title};
  page.section("Kernels").chart(bar_chart(chart)).table(table);
  return page.html();
}

/// How often things are run may differ: more runs make the same minima surer.
void warn_of_other_conditions(const KernelPredictor& predictor, Conditions here, const std::string& file) {
  here.erase("repetitions");
  here.erase("warm-up");
  for (const std::string& line : predictor.differences(here)) fmt::print(stderr, "warning: {}: {}\n", file, line);
}

void run(const Options& o) {
  const AnySpace space = catalogue::find_space(o.space).value();
  const AnySpace::Values values = chosen(space, o);
  std::optional<KernelPredictor> predictor;
  if (!o.predictor.empty()) predictor = KernelPredictor::load(o.predictor).value();
  const FusionRules rules = !o.rules.empty() ? load_fusion_rules(o.rules).value()
                            : predictor      ? predictor->rules()
                                             : FusionRules{};
  MeasureOptions options = usual_options(o.device);
  options.threads = o.threads;
  options.cpus = o.cpus;
  options.rounds = o.rounds.value_or(options.rounds);
  if (!o.rounds) options.least_time = Milliseconds{2000};
  AnyDevice device = make_device(o.device, options, o.seconds).value();
  if (predictor) warn_of_other_conditions(*predictor, device.conditions(), o.predictor);
  const std::vector<KernelKey> kernels = kernels_of(space, values, rules);
  std::map<std::string, std::size_t> place_of;
  const std::vector<Measurement> times = measured(device, kernels, AnyNetworks{space}.make(values), place_of);
  const std::vector<Row> rows = rows_of(kernels, times, place_of, predictor);
  const Table table = table_of(rows, times.back().minimum.value());
  fmt::print("{} {} on {}\n{}", space.name, space.json(values), device.name(), table.text());
  if (!o.report.empty()) {
    write_file_atomically(o.report, report_of(rows, table, space.name + " on " + device.name())).value();
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app{"One architecture's latency, kernel by kernel, measured beside predicted.", "explain_latency"};
  app.add_option("--space", o.space, "one of: " + catalogue::space_help())->capture_default_str();
  app.add_option("--arch", o.arch, "the architecture's JSON file; default: drawn at random");
  app.add_option("--seed", o.seed, "of the draw and the weights")->capture_default_str();
  app.add_option("--device", o.device, "one of: " + std::string{device_names})->capture_default_str();
  app.add_option("--rules", o.rules, "the device's fusion rules (detect_rules); default: the predictor's, or none");
  app.add_option("--predictor", o.predictor, "a kernel predictor's file");
  app.add_option("--report", o.report, "an HTML page with the bar chart");
  app.add_option("--rounds", o.rounds, "rounds (10 and as many as fit into two seconds; commands 3)")->check(CLI::PositiveNumber);
  app.add_option("--threads", o.threads, "threads")->check(CLI::PositiveNumber)->capture_default_str();
  programs::add_cpus(app, o.cpus);
  app.add_option("--time-limit", o.seconds, "seconds for one run of a command")
      ->check(programs::above_zero())->capture_default_str();
  app.add_flag("--debug", o.debug, "list every fusion decision, measurement and prediction on standard error");
  return programs::guarded_main(app, argc, argv, [&] {
    spdlog::set_default_logger(spdlog::stderr_color_mt("explain_latency"));
    spdlog::set_pattern("%v");
    spdlog::set_level(o.debug ? spdlog::level::debug : spdlog::level::warn);
    run(o);
  });
}
