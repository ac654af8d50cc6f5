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
  const auto networks = read_all<Names>(devices.architectures);
  if (!networks) return networks.error();
  const auto quality = ListedQuality<Names>::make(devices.architectures, listed);
  if (!quality) return quality.error();
  std::vector<ChoiceModel<Names>> models;
  std::vector<std::vector<EvolvedNetwork<Names>>> fronts;  // a device's own: as a proxy, and with full knowledge
  for (Eigen::Index d = 0; d < devices.known.cols(); ++d) {
    auto model = ChoiceModel<Names>::fit(*networks, devices.known.col(d));
    if (!model) return model.error();
    fronts.push_back(evolved_front(*model, *quality, evolution));
    models.push_back(std::move(*model));
  }
  std::vector<PairOutcome> out;
  const Eigen::VectorXd everything = Eigen::VectorXd::Zero(Eigen::Index(networks->size()));
  auto done = for_each_pair(devices, everything, options, [&](const Pair& pair) -> Result<void> {
    const auto& truth = models[std::size_t(pair.target)];
    const auto on_target = [&](const std::vector<EvolvedNetwork<Names>>& front) {
      TrueFront points;
      for (const auto& found : front) points.push_back({truth(found.network), found.quality});
      return points;
    };
    const auto adapted = ChoiceModel<Names>::fit(*networks, pair.adapted);
    if (!adapted) return adapted.error();
    std::vector<double> proxy, target;
    for (const auto row : pair.rows) {
      const auto& network = (*networks)[std::size_t(row)];
      const double here = models[std::size_t(pair.proxy)](network), there = truth(network);
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
