// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Makes the strategy that a command line names. benchmarks/regret judges these same ones.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/oneshot/policy_based_rl.hpp"
#include "hwnas/search/any_strategy.hpp"
#include "hwnas/search/asha.hpp"
#include "hwnas/search/chain.hpp"
#include "hwnas/search/deduplication.hpp"
#include "hwnas/search/filter.hpp"
#include "hwnas/search/grid.hpp"
#include "hwnas/search/listed.hpp"
#include "hwnas/search/local.hpp"
#include "hwnas/search/nsga2.hpp"
#include "hwnas/search/random.hpp"
#include "hwnas/search/regularized_evolution.hpp"
#include "hwnas/search/tpe.hpp"

namespace multi_trial {

using namespace hwnas;

/// What may be tried.
template <class Space>
struct Allowed {
  AnyMoves<Space> moves{Anywhere<Space>{}};
  std::optional<Listed<Space>> list{};  ///< the same, one by one, where that is known
  bool everything = true;
  bool latency = false;  ///< is among the metrics
};

/// What the strategies' own settings depend on.
struct StrategySettings {
  std::size_t trials = 100;            ///< of the whole run
  std::uint64_t seed = 0;              ///< of a policy's first weights
  std::string objective = "accuracy";  ///< the metric that the evaluator wants high
  std::size_t steps = 0;               ///< the parts (epochs) that a full evaluation can be cut into; 0: any
};

template <class Space>
class Strategies {
 public:
  /// `allowed` must outlive it.
  Strategies(const Allowed<Space>& allowed, StrategySettings settings)
      : allowed_{allowed}, moves_{allowed.moves}, settings_{std::move(settings)} {}

  /// Errors  unavailable: a name without a line in the table
  [[nodiscard]] Result<AnyStrategy<Space>> make(const std::string& name) const {
    const std::map<std::string, std::function<AnyStrategy<Space>()>> table{
        {"random", [&] { return once(Random<Space>{moves_}); }},
        {"grid", [&] { return grid(); }},
        {"evolution",
         [&] {
           return once(RegularizedEvolution<Space, Inside>{{population(), population() / 4}, moves_});
         }},
        {"tpe",
         [&] {
           return AnyStrategy<Space>{Tpe<Space, Inside>{{}, moves_}};
         }},
        {"rl", [&] { return policy(PolicyAlgorithm::ppo); }},
        {"reinforce", [&] { return policy(PolicyAlgorithm::reinforce); }},
        {"nsga2",
         [&] {
           return once(Nsga2<Space, Inside>{{.objectives = objectives(), .population = population()}, moves_});
         }},
        {"local", [&] { return AnyStrategy<Space>{LocalSearch<Space, Inside>{moves_}}; }},
        {"asha",
         [&] {
           return AnyStrategy<Space>{Asha<Space, Inside>{halving(settings_.steps), moves_}};
         }},
    };
    const auto found = table.find(name);
    if (found != table.end()) return found->second();
    return Error{Error::Code::unavailable, fmt::format("--strategy {}: it is not built into this program yet", name)};
  }

 private:
  using Inside = AnyMoves<Space>;

  /// Nothing is evaluated twice.
  template <class S>
  static AnyStrategy<Space> once(S strategy) {
    return AnyStrategy<Space>{Chain{std::move(strategy), Deduplication<Space>{}}};
  }
  /// What it draws again it is told again, without an evaluation. A policy that draws a hundred known ones in a row has
  /// settled; each of its draws costs as much as thousands of the others' proposals.
  [[nodiscard]] AnyStrategy<Space> policy(PolicyAlgorithm algorithm) const {
    PolicyBasedRlOptions options{.algorithm = algorithm,
                                 .batch = std::clamp<std::size_t>(settings_.trials / 10, 4, PolicyBasedRlOptions{}.batch)};
    options.network.seed = settings_.seed;
    return AnyStrategy<Space>{
        Chain{PolicyBasedRl<Space, Inside>{options, moves_}, Deduplication<Space>{{.patience = 100, .replay = true}}}};
  }
  /// As many rungs as the first of them is a whole step for.
  [[nodiscard]] static AshaOptions halving(std::size_t steps) {
    if (steps == 0) return {};
    AshaOptions options{.reduction = static_cast<double>(std::clamp<std::size_t>(steps, 2, 4)), .rungs = 1};
    for (double first = static_cast<double>(steps); first >= options.reduction; first /= options.reduction) ++options.rungs;
    return options;
  }
  [[nodiscard]] AnyStrategy<Space> grid() const {
    if (allowed_.list) return AnyStrategy<Space>{ListedSearch<Space>{*allowed_.list}};
    if (allowed_.everything) return AnyStrategy<Space>{GridSearch<Space>{}};
    const auto inside = [moves = moves_](const Architecture<Space>& a) { return moves.contains(a); };
    return AnyStrategy<Space>{Chain{GridSearch<Space>{}, Filter{inside, std::numeric_limits<int>::max()}}};
  }
  /// A tenth of the trials: with the papers' hundred, a short run would be random search.
  [[nodiscard]] std::size_t population() const { return std::clamp<std::size_t>(settings_.trials / 10, 8, 100); }
  [[nodiscard]] std::vector<Objective> objectives() const {
    std::vector<Objective> all{{settings_.objective, Goal::maximise}};
    if (allowed_.latency) all.push_back({"latency", Goal::minimise});
    return all;
  }

  const Allowed<Space>& allowed_;
  AnyMoves<Space> moves_;
  StrategySettings settings_;
};

}  // namespace multi_trial
