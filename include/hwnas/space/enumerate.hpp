// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  for_each_architecture: every architecture of a space in lexicographic order.
///        for_each_architecture<S>([&](const auto& a) { return ++n < 10; });      // false stops
#pragma once

#include <array>
#include <type_traits>
#include <vector>

#include "hwnas/space/counting.hpp"

namespace hwnas {
namespace detail {

// Paths meet decisions in the order of decisions<Space>, so that walking them depth first is lexicographic. Fails only
// where one label is met early on one branch and late on another.
constexpr bool meets_in_order(const TrellisShape& trellis) {
  for (const TrellisState& state : trellis.states) {
    for (int v = 0; v < state.count; ++v) {
      const int target = trellis.edges[static_cast<std::size_t>(state.first_edge + v)].target;
      if (target != TrellisData::end && trellis.states[static_cast<std::size_t>(target)].decision <= state.decision) {
        return false;
      }
    }
  }
  return true;
}

template <class Space>
constexpr bool call(auto& f, const typename Architecture<Space>::values_type& values) {
  const auto a = Architecture<Space>::from_canonical(values);
  if constexpr (std::is_convertible_v<decltype(f(a)), bool>) {
    return f(a);
  } else {
    f(a);
    return true;
  }
}

template <class Space>
constexpr bool enumerate_paths(int s, typename Architecture<Space>::values_type& values, auto& f) {
  if (s == TrellisData::end) return call<Space>(f, values);
  constexpr TrellisShape trellis = Compiled<Space>::shape();
  const TrellisState& state = trellis.states[static_cast<std::size_t>(s)];
  auto& value = values[static_cast<std::size_t>(state.decision)];
  for (int v = 0; v < state.count; ++v) {
    value = static_cast<std::uint8_t>(v);
    if (!enumerate_paths<Space>(trellis.edges[static_cast<std::size_t>(state.first_edge + v)].target, values, f)) {
      return false;
    }
  }
  value = 0;
  return true;
}

// Whether some path has exactly these values for the first `fixed` decisions.
template <class Space>
constexpr bool reachable(const typename Architecture<Space>::values_type& values, std::size_t fixed) {
  constexpr TrellisShape trellis = Compiled<Space>::shape();
  int wanted = 0;
  for (std::size_t d = 0; d < fixed; ++d) wanted += values[d] != 0 ? 1 : 0;
  // Most of the non-zero choices that a path from each state can meet; -1: no such path.
  std::vector<int> met(trellis.states.size(), -1);
  const auto of = [&](int target) { return target == TrellisData::end ? 0 : met[static_cast<std::size_t>(target)]; };
  for (std::size_t s = trellis.states.size(); s-- > 0;) {
    const TrellisState& state = trellis.states[s];
    const auto d = static_cast<std::size_t>(state.decision);
    for (int v = 0; v < state.count; ++v) {
      if (d < fixed && values[d] != v) continue;
      const int rest = of(trellis.edges[static_cast<std::size_t>(state.first_edge + v)].target);
      if (rest >= 0) met[s] = std::max(met[s], rest + (d < fixed && v != 0 ? 1 : 0));
    }
  }
  return of(trellis.start()) == wanted;
}

template <class Space>
constexpr bool enumerate_values(std::size_t d, typename Architecture<Space>::values_type& values, auto& f) {
  if (d == values.size()) return call<Space>(f, values);
  for (int v = 0; v < program<Space>.decisions[d].count; ++v) {
    values[d] = static_cast<std::uint8_t>(v);
    if (reachable<Space>(values, d + 1) && !enumerate_values<Space>(d + 1, values, f)) return false;
  }
  values[d] = 0;
  return true;
}

}  // namespace detail

/// Calls f(architecture) for every architecture, in lexicographic order; f may return false to stop.
template <class Space, class F>
constexpr void for_each_architecture(F&& f) {
  typename Architecture<Space>::values_type values{};
  if constexpr (detail::meets_in_order(Compiled<Space>::shape())) {
    detail::enumerate_paths<Space>(Compiled<Space>::shape().start(), values, f);
  } else {
    detail::enumerate_values<Space>(0, values, f);
  }
}

}  // namespace hwnas
