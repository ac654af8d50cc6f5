// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How well few measurements on a new device predict its latencies, given other devices' measurements.
///        scripts/run one_proxy --space nasbench201 --proxy FILE.csv --target DEVICE --samples 10 --accuracy FILE.csv
///        scripts/run one_proxy evaluate --space nasbench201 --known FILE.csv --targets FILE.csv --json OUT
///        scripts/run one_proxy monotonicity --latencies FILE.csv --csv OUT.csv --html OUT.html
///        scripts/run one_proxy pairs --space nasbench201 --latencies FILE.csv --accuracy FILE.csv --html OUT.html
///        scripts/run one_proxy pairs --space fbnet --latencies FILE.csv --search evolution
///        scripts/run one_proxy cost --devices 1,10,100
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "adapt_command.hpp"
#include "cost_table.hpp"
#include "evaluation.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "hwnas/report/page.hpp"
#include "main_function.hpp"
#include "monotonicity_report.hpp"
#include "pair_command.hpp"
#include "summary.hpp"

namespace {

using namespace one_proxy;
using nlohmann::json;

struct Arguments {
  std::string space, known, targets, accuracy, accuracy_column = "cifar10", output;
  std::vector<std::size_t> samples{5, 10, 20};
  std::size_t seeds = 20;
  std::vector<std::string> methods = Knowledge::methods();
};

json to_json(const Results& results) {
  json targets = json::object();
  for (const auto& [device, by_samples] : results) {
    for (const auto& [n, by_method] : by_samples) {
      json& row = targets[device][fmt::format("{}", n)] = json::object();
      for (const auto& [method, scores] : by_method) {
        const auto rank = defined(scores.rank);
        if (rank.empty()) continue;
        json& cell = row[method] = {{"mean", hwnas::mean(rank)}, {"p5", hwnas::quantile(rank, 0.05)},
                                    {"worst", *std::min_element(rank.begin(), rank.end())}};
        if (const auto covered = mean_of(scores.covered)) cell["covered90"] = *covered;
        if (const auto area = mean_of(scores.hypervolume)) cell["hypervolume"] = *area;
        if (const auto broken = mean_of(scores.violations)) cell["budgets_broken"] = *broken;
        cell["adaptation_ms"] = hwnas::median(scores.seconds) * 1e3;
      }
    }
  }
  return targets;
}

void print_protocol(const char* title, const Results& results, const Arguments& arguments) {
  fmt::print("\n{}: {} targets, {} seeds; rank correlation on all other architectures\n\n{}", title, results.size(),
             arguments.seeds, method_table(results, arguments.samples, arguments.methods).text());
  fmt::print("\nPaired differences over devices\n\n{}",
             difference_table(results, arguments.samples, arguments.methods).text());
  std::map<std::string, std::string> failures;
  for (const auto& [device, by_samples] : results) {
    for (const auto& [n, by_method] : by_samples) {
      for (const auto& [method, scores] : by_method) {
        if (!scores.failure.empty()) failures[fmt::format("{} with {} samples", method, n)] = scores.failure;
      }
    }
  }
  for (const auto& [what, why] : failures) fmt::print("no figure for {}: {}\n", what, why);
}

void check(const Arguments& arguments) {
  const auto refuse = [](std::string text) { throw Error{Error::Code::bad_value, std::move(text)}; };
  if (arguments.samples.empty() || *std::min_element(arguments.samples.begin(), arguments.samples.end()) < 2) {
    refuse("--samples needs numbers of at least 2");
  }
  if (arguments.seeds == 0) refuse("--seeds must be at least 1");
  const auto all = Knowledge::methods();
  for (const auto& method : arguments.methods) {
    if (std::find(all.begin(), all.end(), method) == all.end()) {
      refuse(fmt::format("there is no method '{}'; there are {}", method, fmt::join(all, ", ")));
    }
  }
}

/// Leaves out targets with too few measurements to take the samples and judge by the rest, and says so.
///   Errors   bad_value (thrown) where none is left
void leave_out_thin(Devices& devices, const Arguments& arguments) {
  const auto most = *std::max_element(arguments.samples.begin(), arguments.samples.end());
  std::vector<Eigen::Index> kept;
  std::vector<std::string> names;
  std::string line;
  for (Eigen::Index t = 0; t < devices.targets.cols(); ++t) {
    const std::string& name = devices.target_names[std::size_t(t)];
    const auto measured =
        (devices.targets.col(t).array() == devices.targets.col(t).array()).count();  // NaN differs from itself
    if (std::size_t(measured) >= most + 10) {
      kept.push_back(t), names.push_back(name);
      continue;
    }
    line = fmt::format("target {} has {} measurements: too few to take {} samples and judge by the rest", name, measured, most);
    devices.left_out.push_back(line);
  }
  if (kept.empty()) throw Error{Error::Code::bad_value, line};
  devices.targets = Eigen::MatrixXd{devices.targets(Eigen::all, kept)};
  devices.target_names = std::move(names);
}

int evaluate(const Arguments& arguments) {
  check(arguments);
  const std::string key = listed_key(arguments.space).value();
  const hwnas::MeasuredLatencies known = hwnas::read_measured_latencies(arguments.known, key).value(),
                                 targets = hwnas::read_measured_latencies(arguments.targets, key).value();
  Devices devices = join(arguments.space, known, targets).value();
  leave_out_thin(devices, arguments);
  for (const auto* table : {&known, &targets}) {
    fmt::print("{}: {} architectures, {} devices; {}\n", table == &known ? "known" : "targets",
               table->architectures.size(), table->devices.size(), table->defects());
  }
  const auto pool = hwnas::ProxyPool::make(devices.features.views, devices.known).value();
  // Without accuracies multiply-adds stand in for them: the front then is of the largest networks within a latency.
  if (arguments.accuracy.empty()) fmt::print("no --accuracy: fronts and budgets take multiply-adds for it\n");
  const Eigen::VectorXd accuracy =
      arguments.accuracy.empty()
          ? devices.features.flops
          : read_accuracy(arguments.accuracy, arguments.accuracy_column, key, devices.architectures).value();
  const Evaluation evaluation{devices, pool, {arguments.samples, arguments.seeds, arguments.methods}, accuracy};
  for (const std::string& name : evaluation.without_known(Protocol::leave_family_out)) {
    devices.left_out.push_back(fmt::format("target {}: every known device is of its family", name));
  }
  for (const auto& line : devices.left_out) fmt::print("left out: {}\n", line);
  const auto progress = [](const std::string& name) { fmt::print(stderr, "one_proxy: {}\n", name); };

  json out;
  const Results strict = evaluation.run(Protocol::leave_family_out, progress);
  print_protocol("The target's family left out", strict, arguments);
  out["protocol"] = "leave_family_out", out["targets"] = to_json(strict), out["seeds"] = arguments.seeds,
  out["left_out"] = devices.left_out;
  std::error_code unsure;
  if (std::filesystem::equivalent(arguments.known, arguments.targets, unsure)) {
    const Results mild = evaluation.run(Protocol::leave_device_out, progress);
    print_protocol("Only the target itself left out", mild, arguments);
    out["leave_device_out"] = to_json(mild);
  }
  if (!arguments.output.empty()) hwnas::write_file_atomically(arguments.output, out.dump(1) + "\n").value();
  return 0;
}

struct MonotonicityArguments {
  std::string latencies, key = "arch", csv, html;
  int resamples = 200;
  bool families = false;
};

int show_monotonicity(const MonotonicityArguments& arguments) {
  const hwnas::MeasuredLatencies table = hwnas::read_measured_latencies(arguments.latencies, arguments.key).value();
  const std::string title = std::filesystem::path{arguments.latencies}.stem().string();
  std::map<std::string, hwnas::MeasuredLatencies> parts;
  if (arguments.families) parts = by_family(table);
  parts.emplace(title, table);
  hwnas::Page page{title};
  std::optional<hwnas::Table> all;  // the pairs of all parts
  for (const auto& [name, part] : parts) {
    const MonotonicityReport report = monotonicity(part, arguments.resamples);
    fmt::print("{}\n\n{}\n{}\n\n", name, report.pairs.text(), report.lead);
    page.section(name).prose(report.lead).chart(report.chart);
    if (!all) {
      std::vector<hwnas::Column> columns{{.name = "of"}};
      columns.insert(columns.end(), report.pairs.columns().begin(), report.pairs.columns().end());
      all.emplace(std::move(columns));
    }
    for (auto row : report.pairs.rows()) {
      row.insert(row.begin(), hwnas::TableCell{name});
      all->add_row(std::move(row));
    }
  }
  if (!arguments.csv.empty()) hwnas::write_file_atomically(arguments.csv, all->csv()).value();
  if (!arguments.html.empty()) hwnas::write_file_atomically(arguments.html, page.html()).value();
  return 0;
}

/// The options of the search that a form of the program shares with others.
void add_search(CLI::App& app, SearchMethod& search, EvolutionOptions& evolution) {
  app.add_option_function<std::string>(
         "--search",
         [&search](const std::string& name) {
           search = name == "evolution" ? SearchMethod::evolution : SearchMethod::exhaustive;
         },
         "exhaustive: among the listed networks; evolution: over the whole space")
      ->check(CLI::IsMember({"exhaustive", "evolution"}))
      ->default_str("exhaustive");
  app.add_option("--population", evolution.population, "of the evolution")
      ->check(CLI::Range(2, 100000))
      ->capture_default_str();
  app.add_option("--generations", evolution.generations, "of the evolution")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"One proxy device is enough, and when it is not, ten measurements are.", "one_proxy"};
  app.require_subcommand(0, 1);
  AdaptArguments target;
  app.add_option("--space", target.space, "nasbench201, fbnet or ofa");
  app.add_option("--proxy", target.proxy, "latencies of the known devices, [arch_index,]arch,device,...");
  app.add_option("--proxy-device", target.proxy_device,
                 "the one whose order is checked (default: the one most like the others)");
  app.add_option("--target", target.target, "a column of the proxy file, or FILE[:COLUMN]");
  app.add_option("--target-command", target.command,
                 "a program that reads {\"arch\": \"...\"} and prints milliseconds");
  app.add_option("--samples", target.options.samples, "measurements on the target")->capture_default_str();
  app.add_option("--reuse-at", target.options.reuse_at,
                 "the proxy is not adapted where its rank correlation is surely this (takes --samples 20)")
      ->capture_default_str();
  app.add_option("--seed", target.options.seed, "of the draws")->capture_default_str();
  app.add_flag("--keep-family", target.keep_family, "known devices of the target's family stay");
  app.add_option("--accuracy", target.accuracy, "accuracies of the architectures: searches the front");
  app.add_option("--accuracy-column", target.accuracy_column, "its column")->capture_default_str();
  add_search(app, target.search, target.evolution);
  app.add_option("--json", target.output, "where the figures go");
  Arguments arguments;
  auto* command = app.add_subcommand("evaluate", "judge every method on targets whose latencies are all known");
  command->add_option("--space", arguments.space, "nasbench201, fbnet or ofa")->required();
  command->add_option("--known", arguments.known, "latencies of known devices, [arch_index,]arch,device,...")
      ->required();
  command->add_option("--targets", arguments.targets, "latencies of the targets, the same form")->required();
  command->add_option("--samples", arguments.samples, "measurements on the target")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--seeds", arguments.seeds, "repetitions")->capture_default_str();
  command->add_option("--methods", arguments.methods, "rows of the comparison")->delimiter(',');
  command->add_option("--accuracy", arguments.accuracy,
                      "accuracies of the architectures; without, their multiply-adds");
  command->add_option("--accuracy-column", arguments.accuracy_column, "its column")->capture_default_str();
  command->add_option("--json", arguments.output, "where the figures go");
  MonotonicityArguments order;
  auto* monotone = app.add_subcommand("monotonicity", "which devices put architectures in the same order");
  monotone->add_option("--latencies", order.latencies, "a column a device")->required();
  monotone->add_option("--key", order.key, "the column (or columns: ks,e,d,r) that names architectures")
      ->capture_default_str();
  monotone->add_flag("--families", order.families, "a matrix for each model family too (names without their number)");
  monotone->add_option("--csv", order.csv, "where the table of pairs goes");
  monotone->add_option("--html", order.html, "where the heatmap goes");
  monotone->add_option("--resamples", order.resamples, "of the bootstrap intervals")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  PairArguments both;
  auto* pairs = app.add_subcommand("pairs", "what a search finds on each device that believes another one");
  pairs->add_option("--space", both.space, "nasbench201, fbnet or ofa")->required();
  pairs->add_option("--latencies", both.latencies, "a column a device")->required();
  pairs->add_option("--accuracy", both.accuracy, "accuracies of the architectures; without, their multiply-adds");
  pairs->add_option("--accuracy-column", both.accuracy_column, "its column")->capture_default_str();
  pairs->add_option("--samples", both.options.samples, "measurements on the target that adapt the proxy")
      ->check(CLI::Range(3, 100000))->capture_default_str();
  pairs->add_option("--seed", both.options.seed, "of the samples")->capture_default_str();
  add_search(*pairs, both.search, both.evolution);
  pairs->add_option("--csv", both.csv, "where the table of pairs goes");
  pairs->add_option("--html", both.html, "where the heatmaps go");
  CostAssumptions assumed;
  std::vector<std::int64_t> numbers{1, 10, 100};
  auto* cost = app.add_subcommand("cost", "what searching for many devices costs, with one proxy and without");
  cost->add_option("--devices", numbers, "how many")->delimiter(',')->check(CLI::PositiveNumber)->capture_default_str();
  const auto assume = [&](const char* name, auto& value, const char* what) {
    cost->add_option(name, value, what)->check(CLI::PositiveNumber)->capture_default_str();
  };
  assume("--scratch", assumed.scratch, "measurements for a device's own predictor");
  assume("--samples", assumed.adapting, "measurements on each device beyond the proxy");
  assume("--seconds", assumed.seconds, "of one measurement");
  assume("--supernet-hours", assumed.supernet_hours, "to train a supernet");
  assume("--candidates", assumed.candidates, "networks that a search trains without a supernet");
  assume("--candidate-hours", assumed.candidate_hours, "to train one of them");
  assume("--search-hours", assumed.search_hours, "of one search with a supernet");
  return programs::guarded_main(app, argc, argv, [&] {
    if (command->parsed()) return evaluate(arguments);
    if (monotone->parsed()) return show_monotonicity(order);
    both.evolution.seed = both.options.seed, target.evolution.seed = target.options.seed;
    if (pairs->parsed()) return show_pairs(both);
    if (cost->parsed()) {
      fmt::print("{}", cost_table(numbers, assumed).text());
      return 0;
    }
    if (target.space.empty() || target.proxy.empty()) {
      throw Error{Error::Code::bad_value,
                  "adapting needs --space, --proxy and --target; --help lists evaluate, monotonicity and pairs"};
    }
    return AdaptCommand{target}.run();
  });
}
