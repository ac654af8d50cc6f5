// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How many architectures a space has, the n-th of them, and uniform draws.
///        static_assert(space_size<zoo::NasBench201> == 15'625);
///        auto a = Uniform<OnImages>{}(rng);
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "hwnas/core/rng.hpp"
#include "hwnas/core/u128.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/space/compiled.hpp"

namespace hwnas {

/// Number of paths from each state to the end.
constexpr void count_paths(const TrellisShape& trellis, std::span<u128> out) {
  for (std::size_t s = trellis.states.size(); s-- > 0;) {
    const TrellisState& state = trellis.states[s];
    u128 sum = 0;
    for (int v = 0; v < state.count; ++v) {
      const int target = trellis.edges[static_cast<std::size_t>(state.first_edge + v)].target;
      sum += target == TrellisData::end ? u128{1} : out[static_cast<std::size_t>(target)];
    }
    out[s] = sum;
  }
}

namespace detail {
template <class Space>
inline constexpr auto path_counts = [] {
  std::array<u128, Compiled<Space>::shape().states.size()> counts{};
  count_paths(Compiled<Space>::shape(), counts);
  return counts;
}();
}  // namespace detail

/// Distinct architectures; an inactive choice is not counted. Overflow of 128 bits does not compile.
template <class Space>
inline constexpr u128 space_size = Compiled<Space>::shape().start() == TrellisData::end
                                       ? u128{1}
                                       : detail::path_counts<Space>[static_cast<std::size_t>(
                                             std::max(0, Compiled<Space>::shape().start()))];

/// The architecture with a number, 0 <= rank < space_size, in the order of the trellis's paths.
template <class Space>
[[nodiscard]] constexpr Architecture<Space> nth_architecture(u128 rank) {
  constexpr TrellisShape trellis = Compiled<Space>::shape();
  typename Architecture<Space>::values_type values{};
  for (int s = trellis.start(); s != TrellisData::end;) {
    const TrellisState& state = trellis.states[static_cast<std::size_t>(s)];
    for (int v = 0; v < state.count; ++v) {
      const int target = trellis.edges[static_cast<std::size_t>(state.first_edge + v)].target;
      const u128 below =
          target == TrellisData::end ? u128{1} : detail::path_counts<Space>[static_cast<std::size_t>(target)];
      if (rank < below || v + 1 == state.count) {
        values[static_cast<std::size_t>(state.decision)] = static_cast<std::uint8_t>(v);
        s = target;
        break;
      }
      rank -= below;
    }
  }
  return Architecture<Space>::from_canonical(values);
}

/// Draws uniformly over the distinct architectures of a space.
template <class Space>
struct Uniform {
  constexpr Architecture<Space> operator()(Rng& rng) const {
    return nth_architecture<Space>(rng.below(space_size<Space>));
  }
};

}  // namespace hwnas
