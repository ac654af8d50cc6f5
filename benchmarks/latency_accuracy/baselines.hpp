// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The predictors beside the one that is judged. Median and FLOPs may learn from the very latencies they are judged by.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "evaluation_space.hpp"
#include "hwnas/core/csv.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/measure/operator_table.hpp"
#include "judgement.hpp"

namespace accuracy {

/// What answers(indices of a space's networks) says, space by space; nothing for other networks.
template <class Answer>
[[nodiscard]] Answers by_space(std::string name, const std::vector<EvaluationSpace>& spaces,
                               const std::vector<Judged>& networks, Answer answer) {
  Answers result{std::move(name), std::vector<double>(networks.size(), hwnas::detail::not_a_number)};
  for (const EvaluationSpace& space : spaces) {
    std::vector<std::size_t> own;
    for (std::size_t i = 0; i < networks.size(); ++i) {
      if (networks[i].space == &space.any) own.push_back(i);
    }
    const std::vector<double> said = own.empty() ? std::vector<double>{} : answer(space, own);
    for (std::size_t k = 0; k < said.size(); ++k) result.latencies[own[k]] = said[k];
  }
  return result;
}

/// The same predictor through LatencyProfiler, whose sum over the trellis has kernels that no result needs.
[[nodiscard]] inline Answers through_profiler(const std::vector<EvaluationSpace>& spaces,
                                              const std::vector<Judged>& networks,
                                              const hwnas::KernelPredictor& predictor) {
  return by_space("latency profiler", spaces, networks,
                  [&](const EvaluationSpace& space, const std::vector<std::size_t>& own) {
                    std::vector<Values> all;
                    for (const std::size_t i : own) all.push_back(networks[i].values);
                    return space.profile(predictor, all);
                  });
}

/// The space's median latency for each of its networks.
[[nodiscard]] inline Answers space_median(const std::vector<EvaluationSpace>& spaces,
                                          const std::vector<Judged>& networks) {
  return by_space("space's median", spaces, networks, [&](const EvaluationSpace&, const std::vector<std::size_t>& own) {
    std::vector<double> latencies;
    for (const std::size_t i : own) latencies.push_back(networks[i].first);
    return std::vector<double>(own.size(), hwnas::median(latencies));
  });
}

/// a FLOPs + b within each space, by least squares.
[[nodiscard]] inline Answers scaled_flops(const std::vector<EvaluationSpace>& spaces,
                                          const std::vector<Judged>& networks) {
  return by_space("FLOPs", spaces, networks, [&](const EvaluationSpace& space, const std::vector<std::size_t>& own) {
    std::vector<double> flops, latencies, predicted;
    for (const std::size_t i : own) {
      flops.push_back(space.flops(networks[i].values)), latencies.push_back(networks[i].first);
    }
    const double x = hwnas::mean(flops), y = hwnas::mean(latencies);
    double xy = 0, xx = 0;
    for (std::size_t k = 0; k < own.size(); ++k) {
      xy += (flops[k] - x) * (latencies[k] - y), xx += (flops[k] - x) * (flops[k] - x);
    }
    for (const double f : flops) predicted.push_back(y + (xx > 0 ? xy / xx : 0) * (f - x));
    return predicted;
  });
}

/// A linear predictor of each space, fitted on the space's networks that the judged predictor was built with.
[[nodiscard]] inline Answers linear(const std::vector<EvaluationSpace>& spaces, const std::vector<Judged>& networks,
                                    const std::vector<hwnas::MeasuredNetwork>& building) {
  return by_space(
      "linear predictor", spaces, networks, [&](const EvaluationSpace& space, const std::vector<std::size_t>& own) {
        std::vector<Known> known;
        for (const hwnas::MeasuredNetwork& network : building) {
          if (network.space->name == space.any.name) known.push_back({network.values, network.latency.value()});
        }
        std::vector<Values> others;
        for (const std::size_t i : own) others.push_back(networks[i].values);
        return space.linear(known, others);
      });
}

/// The operator table of each space, measured as build_table does.
[[nodiscard]] inline Answers operator_table(hwnas::AnyDevice& device, const std::vector<EvaluationSpace>& spaces,
                                            const std::vector<Judged>& networks) {
  return by_space(
      "operator table", spaces, networks, [&](const EvaluationSpace& space, const std::vector<std::size_t>& own) {
        const hwnas::TableSpace wanted = hwnas::table_space(space.any);
        const hwnas::LookupTable table = hwnas::TableBuilder<hwnas::AnyDevice>{device, wanted, {}}.build({}).value();
        std::vector<double> predicted;
        for (const std::size_t i : own) {
          predicted.push_back(space.any.predict(table, networks[i].values).value().value());
        }
        return predicted;
      });
}

}  // namespace accuracy
