// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Problem: the most accurate network of a table that a device runs within a budget, and its true answer.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "../../examples/multi_trial/strategies.hpp"
#include "hwnas/core/csv.hpp"
#include "hwnas/experiment/tabular_evaluator.hpp"
#include "hwnas/zoo/nasbench201_string.hpp"
#include "options.hpp"

namespace regret {

using namespace hwnas;
using Space = zoo::NasBench201;
using multi_trial::Allowed;

/// What every network of the table has on one device, in lexicographic order of the networks.
struct Device {
  std::string name;
  std::vector<Architecture<Space>> networks;
  std::vector<double> accuracy, latency;

  [[nodiscard]] std::size_t index_of(const Architecture<Space>& a) const {
    return static_cast<std::size_t>(std::lower_bound(networks.begin(), networks.end(), a) - networks.begin());
  }
};

/// Errors  throws those of TabularEvaluator
[[nodiscard]] inline Device read_device(const Options& options, const std::string& name) {
  const auto table = TabularEvaluator<Space>::make(
                         {{.metric = "accuracy", .path = options.accuracy_file, .column = options.accuracy_column},
                          {.metric = "latency", .path = options.latency_file, .column = name, .positive = true}},
                         &from_nasbench201_string<Space>)
                         .value();
  Device device{.name = name, .networks = table.complete(), .accuracy = {}, .latency = {}};
  for (const auto& a : device.networks) {
    const Metrics metrics = table.evaluate(a, {}).value();
    device.accuracy.push_back(*metrics.find("accuracy"));
    device.latency.push_back(*metrics.find("latency"));
  }
  return device;
}

/// Those that were asked for, or all that have a value for as many networks as any has.
[[nodiscard]] inline std::vector<Device> read_devices(const Options& options) {
  std::vector<Device> devices;
  if (!options.devices.empty()) {
    for (const std::string& name : options.devices) devices.push_back(read_device(options, name));
    return devices;
  }
  std::size_t most = 0;
  const Csv head = Csv::read(options.latency_file).value();
  for (const std::string_view name : head.head()) {
    if (name == "arch" || name == "arch_index") continue;
    devices.push_back(read_device(options, std::string{name}));
    most = std::max(most, devices.back().networks.size());
  }
  std::erase_if(devices, [&](const Device& device) { return device.networks.size() < most; });
  return devices;
}

/// Accuracy, higher is better, against latency, lower is better.
struct TradeOff {
  double latency = 0, accuracy = 0;
};

/// Area that some points dominate, from a worst point.
[[nodiscard]] inline double hypervolume(std::vector<TradeOff> points, const TradeOff& worst) {
  std::sort(points.begin(), points.end(), [](const auto& x, const auto& y) { return x.latency < y.latency; });
  double area = 0, best = worst.accuracy;
  for (const TradeOff& point : points) {
    if (point.accuracy <= best) continue;
    area += (point.accuracy - best) * (worst.latency - point.latency);
    best = point.accuracy;
  }
  return area;
}

/// One device and one budget.
struct Problem {
  const Device* device = nullptr;
  double share = 0;    ///< of the networks that meet the budget
  double budget = 0;   ///< milliseconds
  double optimum = 0;  ///< by enumeration
  TradeOff worst{};    ///< the budget, and the least accuracy within it
  double true_hypervolume = 0;
  Allowed<Space> allowed{};

  [[nodiscard]] bool meets(std::size_t network) const { return device->latency[network] <= budget; }
};

[[nodiscard]] inline std::unique_ptr<Problem> make_problem(const Device& device, double share) {
  auto problem = std::make_unique<Problem>();
  auto sorted = device.latency;
  std::sort(sorted.begin(), sorted.end());
  const double place = std::ceil(share * static_cast<double>(sorted.size()));
  problem->device = &device;
  problem->share = share;
  problem->budget = sorted[static_cast<std::size_t>(std::max(1.0, place)) - 1];
  std::vector<Architecture<Space>> inside;
  std::vector<TradeOff> points;
  for (std::size_t i = 0; i < device.networks.size(); ++i) {
    if (!problem->meets(i)) continue;
    inside.push_back(device.networks[i]);
    points.push_back({device.latency[i], device.accuracy[i]});
  }
  const auto [least, most] = std::minmax_element(points.begin(), points.end(),
                                                 [](const auto& x, const auto& y) { return x.accuracy < y.accuracy; });
  problem->worst = {problem->budget, least->accuracy};
  problem->optimum = most->accuracy;
  problem->true_hypervolume = hypervolume(points, problem->worst);
  problem->allowed.everything = inside.size() == device.networks.size();
  problem->allowed.list = Listed<Space>{std::move(inside)};
  problem->allowed.moves = AnyMoves<Space>{*problem->allowed.list};
  problem->allowed.latency = true;
  return problem;
}

}  // namespace regret
