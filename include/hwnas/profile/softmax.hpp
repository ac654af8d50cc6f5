// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Softmax over the candidates of every decision, and what differentiable searches need of it. A Probabilities
///        object also holds logits and gradients: one number a candidate.
///        auto p = softmax(logits);  auto by_logits = softmax_gradient(p, by_p);  entropy(p);
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

#include "hwnas/core/rng.hpp"
#include "hwnas/profile/probabilities.hpp"

namespace hwnas {

/// Probabilities of each decision's candidates. `temperature` divides the logits.
template <class Space>
[[nodiscard]] Probabilities<Space> softmax(const Probabilities<Space>& logits, double temperature = 1) {
  Probabilities<Space> p;
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    const double largest = *std::max_element(logits[d].begin(), logits[d].end());
    double sum = 0;
    for (std::size_t v = 0; v < p[d].size(); ++v) sum += p[d][v] = std::exp((logits[d][v] - largest) / temperature);
    for (double& x : p[d]) x /= sum;
  }
  return p;
}

/// Derivatives by the logits, from those by the probabilities.
///   Formula  d/d logit_i = sum over j of g_j p_j ([i = j] - p_i)
template <class Space>
[[nodiscard]] Probabilities<Space> softmax_gradient(const Probabilities<Space>& p, const Probabilities<Space>& by_p) {
  Probabilities<Space> by_logits;
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    double mean = 0;
    for (std::size_t v = 0; v < p[d].size(); ++v) mean += p[d][v] * by_p[d][v];
    for (std::size_t v = 0; v < p[d].size(); ++v) by_logits[d][v] = p[d][v] * (by_p[d][v] - mean);
  }
  return by_logits;
}

/// The same where only some candidates of one decision ran: among these, as if there were no others.
inline void softmax_gradient_among(std::span<const std::uint8_t> among, std::span<const double> p,
                                   std::span<const double> by_p, std::span<double> by_logits) {
  double sum = 0, mean = 0;
  for (const std::uint8_t v : among) sum += p[v];
  for (const std::uint8_t v : among) mean += p[v] / sum * by_p[v];
  for (const std::uint8_t v : among) by_logits[v] += p[v] / sum * (by_p[v] - mean);
}

/// Mean over the decisions of their entropies in nats: 0 once every choice is made.
template <class Space> [[nodiscard]] double entropy(const Probabilities<Space>& p) {
  double sum = 0;
  for (const double x : p.all()) sum -= x > 0 ? x * std::log(x) : 0;
  return decision_total<Space> == 0 ? 0 : sum / static_cast<double>(decision_total<Space>);
}

/// An index drawn with these weights, which need not sum to 1. `without`: one that is not drawn; -1: none.
template <std::floating_point Real>
[[nodiscard]] int draw_index(std::span<const Real> weights, Rng& rng, int without = -1) {
  Real sum = 0;
  for (std::size_t v = 0; v < weights.size(); ++v) sum += static_cast<int>(v) == without ? 0 : weights[v];
  Real rank = static_cast<Real>(rng.uniform()) * sum;
  int last = without == 0 ? 1 : 0;
  for (std::size_t v = 0; v < weights.size(); ++v) {
    if (static_cast<int>(v) == without || weights[v] <= 0) continue;
    last = static_cast<int>(v);
    if (rank < weights[v]) break;
    rank -= weights[v];
  }
  return last;
}

}  // namespace hwnas
