// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  FairNAS (Chu et al. 2021): strict fairness. Every candidate of every decision gets equally many updates in
///        each step, then evolution on inherited weights as in SPOS.
///        OneShot search{supernet, FairNas<S>{{.evolution = {.population = 50}}, budgets}};
#pragma once

#include <array>
#include <cstdint>
#include <numeric>
#include <utility>

#include "hwnas/oneshot/spos.hpp"
#include "hwnas/profile/path_table.hpp"
#include "hwnas/space/compiled.hpp"

namespace hwnas {

namespace detail {
template <class Space> constexpr int paths_of_a_fair_step() {
  int paths = 1;
  for (const Decision& d : decisions<Space>) {
    paths = std::lcm(paths, d.count);
    if (paths > 64) return paths;
  }
  return paths;
}
}  // namespace detail

namespace error {
template <class Space> struct fairness_needs_decisions_that_are_always_met {
  static constexpr bool value = is_chain(Compiled<Space>::shape());
};
template <class Space> struct fairness_needs_candidate_counts_that_go_together {
  static constexpr bool value = detail::paths_of_a_fair_step<Space>() <= 64;
};
}  // namespace error

/// The strategy: a step runs one path for each candidate (for the least common multiple of the candidates' counts, where
/// they differ), such that each decision takes every candidate equally often; the gradients are added up, then the
/// weights move once.
///   Errors   compile errors where decisions depend on each other or counts do not go together; the constructor throws
///            Budgets::sampler's
template <class Space> class FairNas {
 public:
  using space = Space;
  using Seen = typename Spos<Space>::Seen;
  static constexpr bool differentiable = false;
  static_assert(
      error::fairness_needs_decisions_that_are_always_met<Space>::value,
      "hwnas: FairNas must have decisions that every architecture meets, or their candidates' updates cannot be "
      "equally many; use Spos for nested choices, depths and labels that are remembered");
  static_assert(
      error::fairness_needs_candidate_counts_that_go_together<Space>::value,
      "hwnas: FairNas must run as many paths a step as the least common multiple of the candidates' counts, and "
      "here that is above 64; use Spos");
  /// Paths of one step.
  static constexpr int paths = detail::paths_of_a_fair_step<Space>();

  explicit FairNas(SposOptions options = {}, Budgets<Space> budgets = {}, Seen seen = {})
      : label_smoothing_{options.label_smoothing}, chooser_{std::move(options), std::move(budgets), std::move(seen)} {}

  /// Adds up the gradients of all paths and returns their mean loss, without a gradient of its own.
  [[nodiscard]] torch::Tensor step(Supernet<Space>& supernet, const Batch& batch, Rng& rng) const {
    torch::Tensor sum = torch::zeros({}, batch.images.options());
    for (const auto& a : draw_paths(rng)) {
      const torch::Tensor loss = cross_entropy(supernet.forward(batch.images, a), batch.labels, label_smoothing_);
      loss.backward();
      sum += loss.detach();
    }
    return sum / paths;
  }

  [[nodiscard]] Result<Choice<Space>> choose(const Judge<Space>& judge, Rng& rng) {
    return chooser_.choose(judge, rng);
  }
  /// See Spos.
  template <Penalty P> void penalise(const P& penalty) { chooser_.penalise(penalty); }

  /// The paths of one step: for each decision a random order of its candidates, as often as it takes.
  [[nodiscard]] static std::array<Architecture<Space>, static_cast<std::size_t>(paths)> draw_paths(Rng& rng) {
    std::array<typename Architecture<Space>::values_type, static_cast<std::size_t>(paths)> values{};
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      const int count = decisions<Space>[d].count;
      std::array<int, static_cast<std::size_t>(paths)> order{};
      for (int k = 0; k < paths; ++k) order[static_cast<std::size_t>(k)] = k % count;
      for (std::size_t k = order.size(); k > 1; --k) {
        std::swap(order[k - 1], order[static_cast<std::size_t>(rng.below(k))]);
      }
      for (std::size_t k = 0; k < order.size(); ++k) values[k][d] = static_cast<std::uint8_t>(order[k]);
    }
    std::array<Architecture<Space>, static_cast<std::size_t>(paths)> result;
    for (std::size_t k = 0; k < values.size(); ++k) result[k] = Architecture<Space>::from_canonical(values[k]);
    return result;
  }

 private:
  double label_smoothing_;
  Spos<Space> chooser_;
};

}  // namespace hwnas
