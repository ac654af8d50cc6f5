// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  One search of one problem, as `multi_trial --strategy NAME` makes it, and what came of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "hwnas/oneshot/policy_based_rl.hpp"
#include "hwnas/search/chain.hpp"
#include "hwnas/search/filter.hpp"
#include "hwnas/search/random.hpp"
#include "problem.hpp"

namespace regret {

/// Regret after each trial, and the share of the true front's hypervolume at the end.
struct Outcome {
  std::vector<double> regret;
  double hypervolume = 0;
};

/// A strategy of multi_trial, which never leaves the budget, or one of
///   filter      draws from the whole table and refuses, without a trial, what does not meet the budget (NNI's form)
///   unfiltered  the same without the filter: trials outside the budget are wasted
[[nodiscard]] inline AnyStrategy<Space> strategy_of(const std::string& name, const Problem& problem, std::size_t trials,
                                                    std::uint64_t seed) {
  if (name != "filter" && name != "unfiltered") {
    return multi_trial::Strategies<Space>{problem.allowed, {.trials = trials, .seed = seed}}.make(name).value();
  }
  const auto& all = problem.device->networks;
  Random<Space> draws{[&all](Rng& rng) { return all[static_cast<std::size_t>(rng.below(all.size()))]; }};
  if (name == "unfiltered") return AnyStrategy<Space>{std::move(draws)};
  const auto inside = [&problem](const Architecture<Space>& a) { return problem.meets(problem.device->index_of(a)); };
  return AnyStrategy<Space>{Chain{std::move(draws), Filter{inside}}};
}

/// Until the trials are used up or the strategy has no more to try. An evaluation is a trial, whatever it meets. (No
/// asha: the table has no accuracy after fewer epochs.)
[[nodiscard]] inline Outcome search(const std::string& name, const Problem& problem, std::size_t trials,
                                    std::uint64_t seed) {
  AnyStrategy<Space> strategy = strategy_of(name, problem, trials, seed);
  Rng rng = Rng{seed}.split(1);
  Outcome outcome{.regret = std::vector<double>(trials, 0)};
  Metrics metrics{{{"accuracy", 0.0}, {"latency", 0.0}}};
  std::vector<TradeOff> met;
  double best = problem.worst.accuracy;
  for (std::size_t trial = 0; trial < trials; ++trial) {
    const auto a = strategy.ask(rng);
    if (!a) {  // it has no more to try
      std::fill(outcome.regret.begin() + static_cast<std::ptrdiff_t>(trial), outcome.regret.end(),
                problem.optimum - best);
      break;
    }
    const std::size_t network = problem.device->index_of(*a);
    const TradeOff point{problem.device->latency[network], problem.device->accuracy[network]};
    if (problem.meets(network)) {
      met.push_back(point);
      best = std::max(best, point.accuracy);
    }
    outcome.regret[trial] = problem.optimum - best;
    metrics.values["accuracy"] = point.accuracy;
    metrics.values["latency"] = point.latency;
    strategy.tell(*a, metrics);
  }
  const double whole = problem.true_hypervolume;
  outcome.hypervolume = whole > 0 ? hypervolume(met, problem.worst) / whole : 1;
  return outcome;
}

}  // namespace regret
