// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  one_proxy pairs: summary, table and heatmaps of searches that believe another device.
#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>
#include <Eigen/Dense>

#include "devices.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "hwnas/report/page.hpp"
#include "pair_evolution.hpp"
#include "pair_search.hpp"

namespace one_proxy {

struct PairArguments {
  std::string space, latencies, accuracy, accuracy_column = "cifar10", csv, html;
  PairOptions options = {};
  SearchMethod search = SearchMethod::exhaustive;
  EvolutionOptions evolution = {};
};

inline int show_pairs(const PairArguments& arguments) {
  const std::string key = listed_key(arguments.space).value();
  const auto table = hwnas::read_measured_latencies(arguments.latencies, key).value();
  const Devices devices = join(arguments.space, table, table).value();
  for (const auto& line : devices.left_out) fmt::print("left out: {}\n", line);
  const bool counted = arguments.accuracy.empty();
  const bool evolves = arguments.search == SearchMethod::evolution;
  const Eigen::VectorXd listed =
      counted ? Eigen::VectorXd{}
              : read_accuracy(arguments.accuracy, arguments.accuracy_column, key, devices.architectures).value();
  const std::string unit = counted ? "million multiply-adds" : "points of accuracy";
  const auto evolve = [&]<class Names>(Names) {
    return evolve_pairs<Names>(devices, listed, arguments.options, arguments.evolution);
  };
  const Eigen::VectorXd worth = counted ? Eigen::VectorXd{devices.features.flops / 1e6} : listed;
  const auto pairs =
      (evolves ? with_listed_space(arguments.space, evolve) : search_pairs(devices, worth, arguments.options)).value();
  const std::string lead = fmt::format(
      "{} devices: {} found by {} at equal true latency (19 budgets), below what full knowledge of the target finds; "
      "adapted by {} measurements{}.",
      devices.known_names.size(), unit,
      evolves ? fmt::format("evolution ({} generations of {}; latencies by models linear in the choices)",
                            arguments.evolution.generations, arguments.evolution.population)
              : "exhaustive search",
      arguments.options.samples, counted ? "; no --accuracy: multiply-adds stand in for it" : "");
  fmt::print("{}\n\n{}", lead, pair_summary(devices, pairs).text());
  if (!arguments.csv.empty()) {
    hwnas::write_file_atomically(arguments.csv, pair_table(devices, pairs).csv()).value();
  }
  if (arguments.html.empty()) return 0;
  hwnas::Page page{"Searches that believe another device"};
  page.section("Every pair of devices")
      .prose(lead)
      .chart(pair_heatmap(devices, pairs, "The proxy's latencies as they are", unit, &PairOutcome::as_it_is))
      .chart(pair_heatmap(devices, pairs, "Adapted", unit, &PairOutcome::adapted));
  hwnas::write_file_atomically(arguments.html, page.html()).value();
  return 0;
}

}  // namespace one_proxy
