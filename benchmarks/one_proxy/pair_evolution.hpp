// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Pairs of devices as in pair_search.hpp, fronts by evolution over the whole space. Every latency is then a model's
///        that is linear in the choices: the proxy's and the target's fitted to all that they have measured, the adapted one
///        AdaProxy's.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "evolution.hpp"
#include "pair_search.hpp"

namespace one_proxy {

/// Every ordered pair of known devices. True latency is the target's own model; budgets are quantiles of what it says of the
/// listed networks.
///   listed   accuracies of the listed networks (empty: multiply-adds stand in)
template <class Names>
Result<std::vector<PairOutcome>> evolve_pairs(const Devices& devices, const Eigen::VectorXd& listed,
                                              const PairOptions& options, const EvolutionOptions& evolution) {
  using Space = typename Names::space;
  const auto architectures = read_all<Names>(devices.architectures);
  if (!architectures) return architectures.error();
  const auto quality = ListedQuality<Names>::make(devices.architectures, listed);
  if (!quality) return quality.error();
  std::vector<hwnas::LinearPredictor<Space>> models;
  std::vector<std::vector<EvolvedNetwork<Space>>> fronts;  // a device's own: as a proxy, and with full knowledge
  for (Eigen::Index d = 0; d < devices.known.cols(); ++d) {
    auto model = choice_model<Space>(*architectures, devices.known.col(d));
    if (!model) return model.error();
    fronts.push_back(evolved_front(*model, *quality, evolution));
    models.push_back(std::move(*model));
  }
  std::vector<PairOutcome> out;
  const Eigen::VectorXd everything = Eigen::VectorXd::Zero(Eigen::Index(architectures->size()));
  auto done = for_each_pair(devices, everything, options, [&](const Pair& pair) -> Result<void> {
    const auto& truth = models[std::size_t(pair.target)];
    const auto on_target = [&](const std::vector<EvolvedNetwork<Space>>& front) {
      TrueFront points;
      for (const auto& network : front) points.push_back({latency_of(truth, network.architecture), network.quality});
      return points;
    };
    const auto adapted = choice_model<Space>(*architectures, pair.adapted);
    if (!adapted) return adapted.error();
    std::vector<double> proxy, target;
    for (const auto row : pair.rows) {
      const auto& a = (*architectures)[std::size_t(row)];
      const double here = latency_of(models[std::size_t(pair.proxy)], a), there = latency_of(truth, a);
      if (!std::isnan(here) && !std::isnan(there)) proxy.push_back(here), target.push_back(there);
    }
    const double rank = hwnas::spearman(proxy, target);
    std::sort(target.begin(), target.end());
    const auto budgets = budgets_of(target);
    const auto best = on_target(fronts[std::size_t(pair.target)]);
    out.push_back({pair.proxy, pair.target, rank,
                   loss_of(on_target(fronts[std::size_t(pair.proxy)]), best, budgets),
                   loss_of(on_target(evolved_front(*adapted, *quality, evolution)), best, budgets)});
    return {};
  });
  if (!done) return done.error();
  return out;
}

}  // namespace one_proxy
