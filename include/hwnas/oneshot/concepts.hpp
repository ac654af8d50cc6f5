// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a one-shot strategy is: how a supernet's weights learn, and how an architecture is chosen from them.
///        Adding one: copy spos.hpp.
#pragma once

#include <concepts>
#include <functional>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/nn/supernet.hpp"
#include "hwnas/search/metrics.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/train/loader.hpp"

namespace hwnas {

/// How good an architecture is with the weights it inherits.
template <class Space> using Judge = std::function<Result<Metrics>(const Architecture<Space>&)>;

/// An architecture that was judged.
template <class Space> struct Candidate {
  Architecture<Space> architecture{};
  Metrics metrics{};
  int generation = 0;  ///< from 0

  [[nodiscard]] double score() const { return metrics.score(); }
};

/// What a strategy chose, and everything it looked at, in order.
template <class Space> struct Choice {
  Candidate<Space> best{};
  std::vector<Candidate<Space>> candidates{};
};

/// A one-shot strategy.
///   space                    the space type
///   step(supernet, batch, rng)   loss of one training step; all its draws come from rng
///   choose(judge, rng)       the architecture, once the weights are trained
///   Laws                     the same seed gives the same steps and the same choice
template <class S>
concept OneShotStrategy = requires(S& s, Supernet<typename S::space>& supernet, const Batch& batch, Rng& rng,
                                   const Judge<typename S::space>& judge) {
  { s.step(supernet, batch, rng) } -> std::same_as<torch::Tensor>;
  { s.choose(judge, rng) } -> std::same_as<Result<Choice<typename S::space>>>;
};

}  // namespace hwnas
