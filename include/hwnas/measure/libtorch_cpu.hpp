// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Latency on this machine's CPU under LibTorch (eager): operators for a table, and whole networks.
///        auto table = measure_table<Space>({.threads = 1}).value();
///        LatencyProfiler<Space, LookupTable> latency{table};
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <torch/version.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/latency/lookup_table.hpp"
#include "hwnas/measure/measurement.hpp"
#include "hwnas/nn/subnet.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// The processor's name as the system tells it; "unknown" where it does not.
[[nodiscard]] inline std::string cpu_model() {
  std::ifstream in{"/proc/cpuinfo"};
  for (std::string line; std::getline(in, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

/// The conditions that decide whether a table still holds here.
template <class Space>
[[nodiscard]] std::map<std::string, std::string> measuring_conditions(const MeasureOptions& options) {
  return {{"device", "libtorch-cpu"},
          {"cpu", cpu_model()},
          {"threads", std::to_string(options.threads)},
          {"batch", std::to_string(options.batch)},
          {"library", "LibTorch " TORCH_VERSION},
          {"statistic", "minimum"},
          {"space", fmt::format("{:016x}", fingerprint<Space>())}};
}

/// A module with its input, timed in inference mode.
class TimedNetwork {
 public:
  TimedNetwork(std::shared_ptr<FixedNetwork> network, Shape in, int batch) : network_{std::move(network)} {
    network_->eval();
    input_ = torch::randn({batch, in.c, in.h, in.w});
  }
  /// Runs that are not counted.
  void warm_up(int runs) {
    const torch::NoGradGuard no_grad;
    for (int i = 0; i < runs; ++i) static_cast<void>(network_->forward(input_));
  }
  void run(int runs) {
    const torch::NoGradGuard no_grad;
    for (int i = 0; i < runs; ++i) watch_.run([&] { static_cast<void>(network_->forward(input_)); });
  }
  [[nodiscard]] Measurement result() const { return watch_.result(); }

 private:
  std::shared_ptr<FixedNetwork> network_;
  torch::Tensor input_;
  Stopwatch watch_;
};

/// Measures several networks round by round, so that a slow moment of the machine touches all alike.
///   Errors  interrupted, where options.stop asked for it
[[nodiscard]] inline Result<std::vector<Measurement>> measure_rounds(std::vector<TimedNetwork>& things,
                                                                     const MeasureOptions& options, int done, int total) {
  const int threads_before = at::get_num_threads();
  at::set_num_threads(options.threads);
  for (int round = 0; round < options.rounds; ++round) {
    for (TimedNetwork& thing : things) {
      if (options.stop && options.stop()) {
        at::set_num_threads(threads_before);
        return Error{Error::Code::interrupted, "measuring latency: stopped"};
      }
      thing.warm_up(round == 0 ? options.warmup : 1);
      thing.run(options.runs);
      if (options.progress) options.progress(++done, total);
    }
  }
  at::set_num_threads(threads_before);
  std::vector<Measurement> results;
  for (const TimedNetwork& thing : things) results.push_back(thing.result());
  return results;
}

/// Latency of one network on this CPU.
[[nodiscard]] inline Result<Measurement> measure_network(std::shared_ptr<FixedNetwork> network, Shape in,
                                                         const MeasureOptions& options) {
  std::vector<TimedNetwork> one;
  one.emplace_back(std::move(network), in, options.batch);
  auto results = measure_rounds(one, options, 0, options.rounds);
  if (!results) return results.error();
  return results->front();
}

namespace detail {

// Operators measured alone and hot run faster than inside a network, all by about the same factor: the median ratio of
// measured to summed latency over a few random networks corrects it.
template <class Space>
Result<double> network_correction(const LookupTable& table, std::vector<Architecture<Space>>& drawn,
                                  const std::vector<Measurement>& measured) {
  auto latency = LatencyProfiler<Space, LookupTable>::make(table);
  if (!latency) return latency.error();
  std::vector<double> ratios;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    ratios.push_back(measured[i].minimum.value() / latency->profile(drawn[i]).value());
  }
  return ratios.empty() ? 1.0 : median(ratios);
}

}  // namespace detail

/// Measures every distinct (operator, options, input shape) of a space and the space's joins, then a few whole networks to
/// learn the correction that the table's latencies carry. The image's shape is the first of the space's inputs.
///   Errors  interrupted
template <class Space>
[[nodiscard]] Result<LookupTable> measure_table(const MeasureOptions& options = {}) {
  const auto keys = operator_keys(Compiled<Space>::lists(), program<Space>);
  std::vector<TimedNetwork> things;
  for (const OperatorKey& key : keys) {
    things.emplace_back(operator_network(key.in, key.nodes, key.result, leaf_factories<Space>()), key.in, options.batch);
  }
  Rng rng{options.seed};
  std::vector<Architecture<Space>> drawn;
  for (int i = 0; i < options.networks; ++i) {
    drawn.push_back(Uniform<Space>{}(rng));
    things.emplace_back(std::make_shared<Subnet<Space>>(drawn.back()), program<Space>.shapes.front(), options.batch);
  }
  const auto measured = measure_rounds(things, options, 0, options.rounds * static_cast<int>(things.size()));
  if (!measured) return measured.error();

  const auto fill = [&](double factor) {
    LookupTable table;
    table.conditions = measuring_conditions<Space>(options);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const Measurement& m = (*measured)[i];
      table.set(keys[i].text(), {m.count, m.minimum.value() * factor, m.minimum.value(), m.median.value(),
                                 m.mean.value(), m.deviation.value()});
    }
    table.conditions["correction"] = fmt::format("{:.4f}", factor);
    return table;
  };
  const std::vector<Measurement> whole(measured->begin() + static_cast<std::ptrdiff_t>(keys.size()), measured->end());
  const auto factor = detail::network_correction<Space>(fill(1.0), drawn, whole);
  if (!factor) return factor.error();
  return fill(*factor);
}

}  // namespace hwnas
