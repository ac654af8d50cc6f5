// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Networks to judge predictors by: how they are chosen, and measured twice.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "evaluation_space.hpp"
#include "hwnas/latency/kernel_pool.hpp"
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

/// Measures all, a few at a time with the reference kernel among them, then all again.
inline void measure_twice(hwnas::AnyDevice& device, std::vector<Judged>& networks, double reference,
                          const std::function<void(int done)>& progress) {
  // As in building: more runs have smaller minima.
  const std::size_t at_once = hwnas::BuilderOptions{}.networks_at_once;
  int done = 0;
  for (const bool again : {false, true}) {
    for (std::size_t at = 0; at < networks.size(); at += at_once) {
      const std::size_t count = std::min(at_once, networks.size() - at);
      std::vector<hwnas::Measurable> things;
      for (std::size_t i = at; i < at + count; ++i) {
        things.push_back({hwnas::AnyNetworks{*networks[i].space}.make(networks[i].values)});
      }
      const auto measured = hwnas::measure_calmly(device, std::move(things), reference).value();
      const double slower = measured.reference / reference;
      for (std::size_t i = 0; i < count; ++i) {
        Judged& network = networks[at + i];
        const double latency = measured.things[i].minimum.value();
        (again ? network.second : network.first) = latency / slower;
        if (!again) network.unscaled = latency;
      }
      progress(done += static_cast<int>(count));
    }
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
