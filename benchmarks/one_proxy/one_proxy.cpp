// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How well few measurements on a new device predict its latencies, given other devices' measurements.
///        scripts/run one_proxy evaluate --space nasbench201 --known FILE.csv --targets FILE.csv --json OUT
///        scripts/run one_proxy monotonicity --latencies FILE.csv --csv OUT.csv --html OUT.html
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "evaluation.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "hwnas/latency/measured_latencies.hpp"
#include "monotonicity_report.hpp"
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

/// Accuracies on the rows of the pool.
Eigen::VectorXd read_accuracy(const Arguments& arguments, const std::vector<std::string>& architectures) {
  const hwnas::MeasuredLatencies table = hwnas::read_measured_latencies(arguments.accuracy).value();  // the same form: a column a data set
  const auto column = std::find(table.devices.begin(), table.devices.end(), arguments.accuracy_column);
  if (column == table.devices.end()) {
    throw Error{Error::Code::unknown_name, fmt::format("{}: there is no column '{}'", arguments.accuracy, arguments.accuracy_column)};
  }
  std::unordered_map<std::string, double> values;
  const auto& measured = table.columns[std::size_t(column - table.devices.begin())];
  for (std::size_t i = 0; i < measured.size(); ++i) values[table.architectures[i]] = measured[i];
  Eigen::VectorXd out(Eigen::Index(architectures.size()));
  for (std::size_t i = 0; i < architectures.size(); ++i) {
    const auto found = values.find(architectures[i]);
    out(Eigen::Index(i)) = found == values.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
  }
  return out;
}

void print_protocol(const char* title, const Results& results, const Arguments& arguments) {
  fmt::print("\n{}: {} targets, {} seeds; rank correlation on all other architectures\n\n{}", title, results.size(), arguments.seeds,
             method_table(results, arguments.samples, arguments.methods).text());
  fmt::print("\nPaired differences over devices\n\n{}", difference_table(results, arguments.samples, arguments.methods).text());
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

void check_rows(const Devices& devices, const Arguments& arguments) {
  const auto most = *std::max_element(arguments.samples.begin(), arguments.samples.end());
  for (Eigen::Index t = 0; t < devices.targets.cols(); ++t) {
    const auto measured = (devices.targets.col(t).array() == devices.targets.col(t).array()).count();  // NaN differs from itself
    if (std::size_t(measured) < most + 10) {
      throw Error{Error::Code::bad_value, fmt::format("target {} has {} measurements: too few to take {} samples and judge by the rest",
                                                      devices.target_names[std::size_t(t)], measured, most)};
    }
  }
}

int evaluate(const Arguments& arguments) {
  check(arguments);
  const hwnas::MeasuredLatencies known = hwnas::read_measured_latencies(arguments.known).value(), targets = hwnas::read_measured_latencies(arguments.targets).value();
  const Devices devices = join(arguments.space, known, targets).value();
  check_rows(devices, arguments);
  for (const auto* table : {&known, &targets}) {
    fmt::print("{}: {} architectures, {} devices; {}\n", table == &known ? "known" : "targets", table->architectures.size(),
               table->devices.size(), table->defects());
  }
  for (const auto& line : devices.left_out) fmt::print("left out: {}\n", line);
  const auto pool = hwnas::ProxyPool::make(devices.features.views, devices.known).value();
  std::optional<Eigen::VectorXd> accuracy;
  if (!arguments.accuracy.empty()) accuracy = read_accuracy(arguments, devices.architectures);
  const Evaluation evaluation{devices, pool, {arguments.samples, arguments.seeds, arguments.methods}, accuracy};
  const auto progress = [](const std::string& name) { fmt::print(stderr, "one_proxy: {}\n", name); };

  json out;
  const Results strict = evaluation.run(Protocol::leave_family_out, progress);
  print_protocol("The target's family left out", strict, arguments);
  out["protocol"] = "leave_family_out", out["targets"] = to_json(strict), out["seeds"] = arguments.seeds, out["left_out"] = devices.left_out;
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
};

int show_monotonicity(const MonotonicityArguments& arguments) {
  const hwnas::MeasuredLatencies table = hwnas::read_measured_latencies(arguments.latencies, arguments.key).value();
  const MonotonicityReport report = monotonicity(std::filesystem::path{arguments.latencies}.stem().string(), table, arguments.resamples);
  fmt::print("{}\nmean {:.3f}, lowest {:.3f}, {} pairs at 0.9 or more\n", report.pairs.text(), report.mean, report.lowest,
             report.at_least_nine_tenths);
  if (!arguments.csv.empty()) hwnas::write_file_atomically(arguments.csv, report.pairs.csv()).value();
  if (!arguments.html.empty()) hwnas::write_file_atomically(arguments.html, report.html).value();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"One proxy device is enough, and when it is not, ten measurements are."};
  app.require_subcommand(1);
  Arguments arguments;
  auto* command = app.add_subcommand("evaluate", "judge every method on targets whose latencies are all known");
  command->add_option("--space", arguments.space, "nasbench201 or fbnet")->required();
  command->add_option("--known", arguments.known, "latencies of known devices, [arch_index,]arch,device,...")->required();
  command->add_option("--targets", arguments.targets, "latencies of the targets, the same form")->required();
  command->add_option("--samples", arguments.samples, "measurements on the target")->delimiter(',')->capture_default_str();
  command->add_option("--seeds", arguments.seeds, "repetitions")->capture_default_str();
  command->add_option("--methods", arguments.methods, "rows of the comparison")->delimiter(',');
  command->add_option("--accuracy", arguments.accuracy, "accuracies of the architectures: adds hypervolume and budgets");
  command->add_option("--accuracy-column", arguments.accuracy_column, "its column")->capture_default_str();
  command->add_option("--json", arguments.output, "where the figures go");
  MonotonicityArguments order;
  auto* monotone = app.add_subcommand("monotonicity", "which devices put architectures in the same order");
  monotone->add_option("--latencies", order.latencies, "a column a device")->required();
  monotone->add_option("--key", order.key, "the column that names architectures")->capture_default_str();
  monotone->add_option("--csv", order.csv, "where the table of pairs goes");
  monotone->add_option("--html", order.html, "where the heatmap goes");
  monotone->add_option("--resamples", order.resamples, "of the bootstrap intervals")->check(CLI::PositiveNumber)->capture_default_str();
  try {
    app.parse(argc, argv);
    return command->parsed() ? evaluate(arguments) : show_monotonicity(order);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    fmt::print(stderr, "one_proxy: {}\n", error.what());
  } catch (const std::exception& error) {
    fmt::print(stderr, "one_proxy: {}\n", error.what());
  }
  return 2;
}
