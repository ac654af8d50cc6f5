// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  An LstmPolicy as a distribution over the architectures inside budgets. At each decision its probabilities are
///        multiplied by a power of the share of the paths through each candidate that end inside (FeasiblePaths::share), and
///        normalised: nothing outside is ever drawn, however rare the inside is. With the power 1 a network whose decisions
///        are uniform, as an untrained one's nearly are, draws from the uniform paths' distribution conditioned on the inside;
///        with 0 the few architectures behind a candidate that nearly uses up the budget are drawn as often as the many behind
///        others.
///        auto a = draw_path(network, paths, rng);  log_probability(network, paths, a);  most_probable_path(network, paths)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "hwnas/oneshot/lstm_policy.hpp"
#include "hwnas/profile/feasible_paths.hpp"
#include "hwnas/profile/probabilities.hpp"

namespace hwnas {

/// How many candidates all decisions of a space have: an LstmPolicy's size for it.
template <class Space>
inline constexpr auto candidates_of = static_cast<std::int64_t>(Probabilities<Space>::first(decision_total<Space>));

/// The weights, at a place, of all decisions' candidates: the largest is 1.
template <class Space>
[[nodiscard]] std::vector<float> weights_at(const FeasiblePaths<Space>& paths,
                                            const typename FeasiblePaths<Space>::Place& place, double power) {
  std::vector<double> shares;
  for (int v = 0; v < paths.count(place); ++v) shares.push_back(paths.share(place, v));
  const double largest = std::max(std::ranges::max(shares), std::numeric_limits<double>::min());
  std::vector<float> weights(static_cast<std::size_t>(candidates_of<Space>), 0.0F);
  const std::size_t first = Probabilities<Space>::first(paths.decision(place));
  for (std::size_t v = 0; v < shares.size(); ++v) {
    if (!(shares[v] > 0)) continue;
    weights[first + v] = std::max(static_cast<float>(std::pow(shares[v] / largest, power)), LstmPolicy::least_weight);
  }
  return weights;
}

/// Draws one architecture.
template <class Space>
[[nodiscard]] Architecture<Space> draw_path(LstmPolicy& network, const FeasiblePaths<Space>& paths, Rng& rng) {
  typename Architecture<Space>::values_type values{};
  auto at = network.begin();
  for (auto place = paths.begin(); !paths.at_end(place);) {
    const std::size_t d = paths.decision(place);
    const std::int64_t drawn = network.draw(at, weights_at(paths, place, network.shares()), rng);
    const int v = static_cast<int>(drawn - static_cast<std::int64_t>(Probabilities<Space>::first(d)));
    values[d] = static_cast<std::uint8_t>(v);
    place = paths.after(place, v);
  }
  return Architecture<Space>::from_canonical(values);
}

/// What was chosen for an architecture and among what. One outside counts as if its own candidates had been inside.
template <class Space>
[[nodiscard]] PolicySequence sequence_of(const LstmPolicy& network, const FeasiblePaths<Space>& paths,
                                         const Architecture<Space>& a) {
  PolicySequence sequence;
  for (auto place = paths.begin(); !paths.at_end(place);) {
    const std::size_t d = paths.decision(place);
    PolicyStep step{.weights = weights_at(paths, place, network.shares()),
                    .chosen = static_cast<std::int64_t>(Probabilities<Space>::first(d)) + a[d]};
    float& own = step.weights[static_cast<std::size_t>(step.chosen)];
    if (own == 0) own = 1;
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
  return network.likelihood({sequence_of(network, paths, a)}).log_probability.sum().template item<double>();
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
    const auto p = network.next(prefix.network, weights_at(paths, prefix.place, network.shares()));
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
