// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Networks to judge predictors by: how they are chosen, and measured twice.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "evaluation_space.hpp"
#include "hwnas/latency/kernel_pool.hpp"
#include "hwnas/latency/measurement_log.hpp"
#include "hwnas/measure/any_network.hpp"
#include "hwnas/measure/device.hpp"
#include "hwnas/measure/predictor_builder.hpp"

namespace accuracy {

/// A network that was not used for building.
struct Judged {
  const hwnas::AnySpace* space = nullptr;
  Values values{};
  double predicted = 0;  ///< milliseconds; 0: the predictor does not know one of its kernels
  bool extrapolated = false;
  double first = 0;      ///< measured, at the speed of the reference kernel that the predictor was built for
  double second = 0;     ///< the same again, after all first ones
  double unscaled = 0;   ///< the first as the clock had it
};

/// As the log has it.
[[nodiscard]] inline std::string name_of(const Judged& network) {
  return hwnas::MeasuredNetwork{network.space, network.values}.name();
}

/// The rows of each network, in the order they were measured.
[[nodiscard]] inline std::map<std::string, std::vector<hwnas::LoggedMeasurement>> by_name(
    const hwnas::MeasurementLog& log) {
  std::map<std::string, std::vector<hwnas::LoggedMeasurement>> rows;
  for (const hwnas::LoggedMeasurement& row : log.rows()) rows[row.name].push_back(row);
  return rows;
}

/// Measures some networks with the reference kernel among them; what it finds is in the log when it returns.
inline void measure_some(hwnas::AnyDevice& device, std::span<const Judged* const> networks, double reference,
                         hwnas::MeasurementLog& log) {
  std::vector<hwnas::Measurable> things;
  for (const Judged* network : networks) {
    things.push_back({hwnas::AnyNetworks{*network->space}.make(network->values)});
  }
  const auto measured = hwnas::measure_calmly(device, std::move(things), reference).value();
  std::vector<hwnas::LoggedMeasurement> rows;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    rows.push_back({.kind = "network", .name = name_of(*networks[i])});
    rows.back().take(measured.things[i], measured.reference);
  }
  log.append(rows).value();
}

/// Measures all, a few at a time, then all again. What the log has already is not measured: an interrupted judging goes on.
inline void measure_twice(hwnas::AnyDevice& device, std::vector<Judged>& networks, double reference,
                          hwnas::MeasurementLog& log, const std::function<void(int done)>& progress) {
  // As in building: more runs have smaller minima.
  const std::size_t at_once = hwnas::BuilderOptions{}.networks_at_once;
  int done = 0;
  for (const std::size_t times : {1, 2}) {
    auto known = by_name(log);
    std::vector<const Judged*> missing;
    for (const Judged& network : networks) {
      if (known[name_of(network)].size() < times) missing.push_back(&network);
    }
    progress(done += static_cast<int>(networks.size() - missing.size()));
    for (std::size_t at = 0; at < missing.size(); at += at_once) {
      const std::size_t count = std::min(at_once, missing.size() - at);
      measure_some(device, {missing.data() + at, count}, reference, log);
      progress(done += static_cast<int>(count));
    }
  }
  auto known = by_name(log);
  for (Judged& network : networks) {
    const auto& rows = known[name_of(network)];
    network.unscaled = rows[0].minimum;
    network.first = rows[0].minimum * reference / rows[0].reference;
    network.second = rows[1].minimum * reference / rows[1].reference;
  }
}

/// What the predictor says of a network.
inline void predict(Judged& network, const hwnas::KernelPredictor& predictor) {
  const auto kernels = hwnas::running_kernels(network.space->kernels(network.values), predictor.rules());
  const auto latency = predictor.predict_network(kernels);
  network.predicted = latency ? latency->value() : 0;
  network.extrapolated = std::any_of(kernels.begin(), kernels.end(),
                                     [&](const auto& k) { return predictor.extrapolation(k).has_value(); });
}

}  // namespace accuracy
