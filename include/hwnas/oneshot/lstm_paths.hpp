// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  An LstmPolicy as a distribution over the architectures inside budgets: at each decision it chooses among the
///        candidates that still lead inside, so that nothing outside is ever drawn, however rare the inside is.
///        auto a = draw_path(network, paths, rng);  log_probability(network, paths, a);  most_probable_path(network, paths)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "hwnas/oneshot/lstm_policy.hpp"
#include "hwnas/profile/feasible_paths.hpp"
#include "hwnas/profile/probabilities.hpp"

namespace hwnas {

/// How many candidates all decisions of a space have: an LstmPolicy's size for it.
template <class Space>
inline constexpr auto candidates_of = static_cast<std::int64_t>(Probabilities<Space>::first(decision_total<Space>));

/// Which candidates, of all decisions', come into question at a place.
template <class Space>
[[nodiscard]] std::vector<std::uint8_t> open_candidates(const FeasiblePaths<Space>& paths,
                                                        const typename FeasiblePaths<Space>::Place& place) {
  std::vector<std::uint8_t> allowed(static_cast<std::size_t>(candidates_of<Space>), 0);
  const std::size_t first = Probabilities<Space>::first(paths.decision(place));
  for (int v = 0; v < paths.count(place); ++v) {
    allowed[first + static_cast<std::size_t>(v)] = paths.open(place, v) ? 1 : 0;
  }
  return allowed;
}

/// Draws one architecture.
template <class Space>
[[nodiscard]] Architecture<Space> draw_path(LstmPolicy& network, const FeasiblePaths<Space>& paths, Rng& rng) {
  typename Architecture<Space>::values_type values{};
  auto at = network.begin();
  for (auto place = paths.begin(); !paths.at_end(place);) {
    const std::size_t d = paths.decision(place);
    const std::int64_t drawn = network.draw(at, open_candidates(paths, place), rng);
    const int v = static_cast<int>(drawn - static_cast<std::int64_t>(Probabilities<Space>::first(d)));
    values[d] = static_cast<std::uint8_t>(v);
    place = paths.after(place, v);
  }
  return Architecture<Space>::from_canonical(values);
}

/// What was chosen for an architecture and among what. One outside counts as if its own candidates had been open.
template <class Space>
[[nodiscard]] PolicySequence sequence_of(const FeasiblePaths<Space>& paths, const Architecture<Space>& a) {
  PolicySequence sequence;
  for (auto place = paths.begin(); !paths.at_end(place);) {
    const std::size_t d = paths.decision(place);
    PolicyStep step{.allowed = open_candidates(paths, place),
                    .chosen = static_cast<std::int64_t>(Probabilities<Space>::first(d)) + a[d]};
    step.allowed[static_cast<std::size_t>(step.chosen)] = 1;
    sequence.push_back(std::move(step));
    place = paths.after(place, a[d]);
  }
  return sequence;
}

/// Natural logarithm of the probability of an architecture inside.
template <class Space>
[[nodiscard]] double log_probability(LstmPolicy& network, const FeasiblePaths<Space>& paths,
                                     const Architecture<Space>& a) {
  const torch::NoGradGuard no_gradients;
  return network.likelihood({sequence_of(paths, a)}).log_probability.sum().template item<double>();
}

/// The most probable architecture inside, by best-first search over prefixes: exact unless more than `width` prefixes of
/// one length are more probable than it; then the best of what begins with the `width` first of these.
template <class Space>
[[nodiscard]] Architecture<Space> most_probable_path(LstmPolicy& network, const FeasiblePaths<Space>& paths,
                                                     int width = 64) {
  struct Prefix {
    double log_probability = 0;
    typename FeasiblePaths<Space>::Place place;
    LstmPolicy::Place network;
    std::size_t length = 0;
    typename Architecture<Space>::values_type values{};
  };
  const auto later = [](const Prefix& a, const Prefix& b) {
    return a.log_probability != b.log_probability ? a.log_probability < b.log_probability : a.values > b.values;
  };
  std::vector<int> expanded(decision_total<Space> + 1, 0);
  std::vector<Prefix> waiting{Prefix{.place = paths.begin(), .network = network.begin()}};
  for (;;) {
    std::pop_heap(waiting.begin(), waiting.end(), later);
    Prefix prefix = std::move(waiting.back());
    waiting.pop_back();
    if (paths.at_end(prefix.place)) return Architecture<Space>::from_canonical(prefix.values);
    if (expanded[prefix.length]++ >= width) continue;
    const std::size_t d = paths.decision(prefix.place), first = Probabilities<Space>::first(d);
    const auto p = network.next(prefix.network, open_candidates(paths, prefix.place));
    for (int v = 0; v < paths.count(prefix.place); ++v) {
      const double probability = p[first + static_cast<std::size_t>(v)];
      if (!(probability > 0)) continue;
      Prefix next{prefix.log_probability + std::log(probability), paths.after(prefix.place, v), prefix.network,
                  prefix.length + 1, prefix.values};
      LstmPolicy::take(next.network, static_cast<std::int64_t>(first) + v);
      next.values[d] = static_cast<std::uint8_t>(v);
      waiting.push_back(std::move(next));
      std::push_heap(waiting.begin(), waiting.end(), later);
    }
  }
}

}  // namespace hwnas
