// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Moves: how a strategy makes architectures: by drawing, by changing one, by crossing two.
///        RegularizedEvolution<S>{{.population = 64}};                                  // anywhere in the space
///        RegularizedEvolution<S, decltype(inside)>{{.population = 64}, inside};        // inside = Feasible{...}
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "hwnas/core/rng.hpp"
#include "hwnas/space/counting.hpp"

namespace hwnas {

/// What a strategy may propose.
///   operator()(rng)   a draw
///   contains(a)       whether a may be proposed
///   Laws              draws, and whatever mutated() and crossed() make of members, are members
template <class M, class Space>
concept Moves = requires(const M& m, Rng& rng, const Architecture<Space>& a) {
  { m(rng) } -> std::same_as<Architecture<Space>>;
  { m.contains(a) } -> std::same_as<bool>;
};

/// The whole space; draws are uniform.
template <class Space>
struct Anywhere {
  [[nodiscard]] Architecture<Space> operator()(Rng& rng) const { return Uniform<Space>{}(rng); }
  [[nodiscard]] bool contains(const Architecture<Space>&) const { return true; }
};

/// Which decisions an architecture meets.
template <class Space>
[[nodiscard]] std::array<bool, decision_total<Space>> active_decisions(const Architecture<Space>& a) {
  std::array<bool, decision_total<Space>> active{};
  for_each_active_choice(a, [&](std::size_t d, int) { active[d] = true; });
  return active;
}

/// The values of an architecture with random ones where it is inactive: what a change makes active must not always begin
/// with the first candidate.
template <class Space>
[[nodiscard]] auto filled(const Architecture<Space>& a, Rng& rng) {
  auto values = a.values();
  const auto active = active_decisions(a);
  for (std::size_t d = 0; d < values.size(); ++d) {
    if (!active[d]) {
      values[d] = static_cast<std::uint8_t>(rng.below(static_cast<std::uint64_t>(decisions<Space>[d].count)));
    }
  }
  return values;
}

/// All members that differ from `a` in one decision (and in what that makes active), in order of decision and candidate.
template <class Space, class M>
[[nodiscard]] std::vector<Architecture<Space>> neighbours(const M& moves, const Architecture<Space>& a, Rng& rng) {
  std::vector<Architecture<Space>> result;
  const auto active = active_decisions(a);
  const auto base = filled(a, rng);
  for (std::size_t d = 0; d < base.size(); ++d) {
    for (int v = 0; active[d] && v < decisions<Space>[d].count; ++v) {
      if (v == a[d]) continue;
      auto values = base;
      values[d] = static_cast<std::uint8_t>(v);
      auto other = Architecture<Space>::from_values(values);
      if (moves.contains(other)) result.push_back(std::move(other));
    }
  }
  return result;
}

/// A member drawn uniformly from those that differ from `a` in one decision; a fresh draw where there is none.
template <class Space, class M>
[[nodiscard]] Architecture<Space> mutated(const M& moves, const Architecture<Space>& a, Rng& rng) {
  const auto all = neighbours(moves, a, rng);
  return all.empty() ? moves(rng) : all[static_cast<std::size_t>(rng.below(all.size()))];
}

/// Uniform crossover that never leaves the members: in random order, each decision is taken from the father with
/// probability 1/2, if the result is still a member.
template <class Space, class M>
[[nodiscard]] Architecture<Space> crossed(const M& moves, const Architecture<Space>& mother,
                                          const Architecture<Space>& father, Rng& rng) {
  auto values = filled(mother, rng);
  const auto from = filled(father, rng);
  std::vector<std::size_t> order;
  for (std::size_t d = 0; d < values.size(); ++d) {
    order.push_back(d);
    std::swap(order.back(), order[static_cast<std::size_t>(rng.below(order.size()))]);
  }
  auto child = mother;
  for (const std::size_t d : order) {
    if (rng.below(2) == 0 || values[d] == from[d]) continue;
    auto tried = values;
    tried[d] = from[d];
    const auto next = Architecture<Space>::from_values(tried);
    if (!moves.contains(next)) continue;
    values = tried;
    child = next;
  }
  return child;
}

}  // namespace hwnas
