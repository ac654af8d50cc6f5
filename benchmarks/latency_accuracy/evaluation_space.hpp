// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the benchmark needs of a space beyond AnySpace, behind values: one file a space, so that they compile side by side.
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hwnas/latency/any_space.hpp"
#include "hwnas/latency/kernel_predictor.hpp"
#include "hwnas/latency/linear_predictor.hpp"
#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/profile/profilers.hpp"

namespace accuracy {

using Values = hwnas::AnySpace::Values;

/// A measured network of a space.
struct Known {
  Values values;
  double latency = 0;  ///< milliseconds
};

struct EvaluationSpace {
  hwnas::AnySpace any;
  /// Networks spread evenly over the space's exact latency range under a predictor.
  std::function<hwnas::Result<std::vector<Values>>(const hwnas::KernelPredictor&, int count, hwnas::Rng&)> spread;
  /// What the space's latency profiler says of networks under a predictor.
  std::function<std::vector<double>(const hwnas::KernelPredictor&, const std::vector<Values>&)> profile;
  std::function<double(const Values&)> flops;
  /// What a linear predictor fitted on some networks says of others; empty where it cannot be fitted.
  std::function<std::vector<double>(const std::vector<Known>&, const std::vector<Values>&)> linear;
};

namespace detail {

template <class Space>
hwnas::Result<hwnas::LatencyProfiler<Space, hwnas::KernelPredictor>> profiler_of(const hwnas::KernelPredictor& predictor) {
  using Profiler = hwnas::LatencyProfiler<Space, hwnas::KernelPredictor>;
  auto latency = Profiler::make(predictor);
  // Labels shared by many cells leave no trellis for kernels that fuse across them.
  if (!latency) latency = Profiler::make(predictor, hwnas::FusionReach::operators);
  return latency;
}

template <class Space>
std::vector<double> profiled(const hwnas::KernelPredictor& predictor, const std::vector<Values>& networks) {
  const auto latency = profiler_of<Space>(predictor).value();
  std::vector<double> said;
  for (const Values& values : networks) {
    said.push_back(latency.profile(hwnas::detail::architecture_of<Space>(values)).value());
  }
  return said;
}

template <class Space>
hwnas::Result<std::vector<Values>> spread(const hwnas::KernelPredictor& predictor, int count, hwnas::Rng& rng) {
  const auto latency = profiler_of<Space>(predictor);
  if (!latency) return latency.error();
  const auto range = latency->range();
  constexpr int windows = 16;
  std::vector<Values> networks;
  std::set<Values> chosen;
  for (int turn = 0; static_cast<int>(networks.size()) < count && turn < 8 * std::max(windows, count);
       turn += windows) {
    for (int w = 0; w < windows && static_cast<int>(networks.size()) < count; ++w) {
      const auto at = [&](int k) { return range.min + (range.max - range.min) * (static_cast<double>(k) / windows); };
      const auto draw = hwnas::uniform_within(*latency, at(w), at(w + 1));
      if (!draw) continue;  // no network costs so much
      const int wanted = std::max(1, (count - static_cast<int>(networks.size())) / (windows - w));
      for (int k = 0, tries = 0; k < wanted && tries < 4 * wanted && static_cast<int>(networks.size()) < count;
           ++tries) {
        Values values = hwnas::detail::values_of((*draw)(rng));
        if (chosen.insert(values).second) networks.push_back(std::move(values)), ++k;
      }
    }
  }
  return networks;
}

template <class Space>
std::vector<double> linear(const std::vector<Known>& known, const std::vector<Values>& others) {
  std::vector<hwnas::NetworkSample<Space>> samples;
  for (const Known& k : known) {
    samples.push_back({hwnas::detail::architecture_of<Space>(k.values), hwnas::Milliseconds{k.latency}});
  }
  hwnas::LinearPredictor<Space> predictor;
  if (!predictor.fit(samples)) return {};
  std::vector<double> predicted;
  for (const Values& values : others) {
    const auto latency = predictor.predict(hwnas::detail::architecture_of<Space>(values));
    predicted.push_back(latency ? latency->value() : 0);
  }
  return predicted;
}

}  // namespace detail

template <class Space>
[[nodiscard]] EvaluationSpace evaluation_space(const char* name) {
  return {hwnas::any_space<Space>(name, name), &detail::spread<Space>, &detail::profiled<Space>,
          [](const Values& values) {
            return static_cast<double>(
                hwnas::FlopsProfiler<Space>{}.profile(hwnas::detail::architecture_of<Space>(values)).ticks());
          },
          &detail::linear<Space>};
}

/// The four zoo spaces at two resolutions each.
[[nodiscard]] std::vector<EvaluationSpace> evaluation_spaces();
/// Five published networks, each a space of one network.
[[nodiscard]] std::vector<hwnas::AnySpace> standard_networks();
/// Stems, poolings and residual blocks that the zoo's spaces lack: measured for building only.
[[nodiscard]] hwnas::AnySpace residual_space();

}  // namespace accuracy
