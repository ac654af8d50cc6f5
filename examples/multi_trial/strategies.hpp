// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Makes the strategy that a command line names.
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

template <class Space>
class Strategies {
 public:
  Strategies(const Allowed<Space>& allowed, std::size_t trials) : allowed_{allowed}, moves_{allowed.moves}, trials_{trials} {}

  /// Errors  unavailable: a name without a line in the table
  [[nodiscard]] Result<AnyStrategy<Space>> make(const std::string& name) const {
    const std::map<std::string, std::function<AnyStrategy<Space>()>> table{
        {"random", [&] { return once(Random<Space>{moves_}); }},
        {"grid", [&] { return grid(); }},
        {"evolution", [&] { return once(RegularizedEvolution<Space, Inside>{{population(), population() / 4}, moves_}); }},
        {"tpe", [&] { return AnyStrategy<Space>{Tpe<Space, Inside>{{}, moves_}}; }},
        {"nsga2", [&] { return once(Nsga2<Space, Inside>{{.objectives = objectives(), .population = population()}, moves_}); }},
        {"local", [&] { return AnyStrategy<Space>{LocalSearch<Space, Inside>{moves_}}; }},
        {"asha", [&] { return AnyStrategy<Space>{Asha<Space, Inside>{{}, moves_}}; }},
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
  [[nodiscard]] AnyStrategy<Space> grid() const {
    if (allowed_.list) return AnyStrategy<Space>{ListedSearch<Space>{*allowed_.list}};
    if (allowed_.everything) return AnyStrategy<Space>{GridSearch<Space>{}};
    const auto inside = [moves = moves_](const Architecture<Space>& a) { return moves.contains(a); };
    return AnyStrategy<Space>{Chain{GridSearch<Space>{}, Filter{inside, std::numeric_limits<int>::max()}}};
  }
  /// A tenth of the trials: with the papers' hundred, a short run would be random search.
  [[nodiscard]] std::size_t population() const { return std::clamp<std::size_t>(trials_ / 10, 8, 100); }
  [[nodiscard]] std::vector<Objective> objectives() const {
    std::vector<Objective> all{{"accuracy", Goal::maximise}};
    if (allowed_.latency) all.push_back({"latency", Goal::minimise});
    return all;
  }

  const Allowed<Space>& allowed_;
  AnyMoves<Space> moves_;
  std::size_t trials_;
};

}  // namespace multi_trial
