// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Which candidates are worth their latency on a device: hardware-aware generation of a space from a larger one.
///        const auto scores = score_candidates(latency);          // LatencyProfiler of any predictor
///        const CandidateMask<OnImages> mask = mask_of<OnImages>(scores);
///        The idea is that of Zhang et al. 2020, "Fast Hardware-Aware Neural Architecture Search" (arXiv 1910.11609):
///        per stage, operators that offer more capacity for their latency on this device; the measure of capacity is
///        hwnas's own.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "hwnas/core/quantity.hpp"
#include "hwnas/profile/candidate_mask.hpp"
#include "hwnas/profile/concepts.hpp"
#include "hwnas/profile/probabilities.hpp"
#include "hwnas/profile/profilers.hpp"

namespace hwnas {

/// What a candidate offers and costs, where all other decisions are equally likely.
struct CandidateScore {
  std::size_t decision = 0;
  int candidate = 0;
  double latency = 0;   ///< expected cost of the networks that take it, in the profiler's unit
  double capacity = 0;  ///< log10 of their expected multiply-adds plus log10 of their expected parameters
  bool kept = false;    ///< no other candidate of the decision offers as much for less, or more for as little
};

/// Every candidate of every decision, in order. Kept are the fronts of capacity and latency, decision by decision; of
/// candidates that are equal in both all.
///   Complexity  three expectations a candidate
template <TableProfilerType P> [[nodiscard]] std::vector<CandidateScore> score_candidates(const P& latency) {
  using Space = typename P::space;
  const FlopsProfiler<Space> flops;
  const ParamsProfiler<Space> params;
  std::vector<CandidateScore> all;
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    const std::size_t first = all.size();
    for (int v = 0; v < decisions<Space>[d].count; ++v) {
      auto p = Probabilities<Space>::uniform();
      for (double& x : p[d]) x = 0;
      p[d][static_cast<std::size_t>(v)] = 1;
      const auto offered = [&](const auto& profiler) {
        return std::log10(1 + static_cast<double>(profiler.expected(p).value()));
      };
      all.push_back({d, v, static_cast<double>(latency.expected(p).value()), offered(flops) + offered(params)});
    }
    for (std::size_t i = first; i < all.size(); ++i) {
      bool beaten = false;
      for (std::size_t j = first; j < all.size(); ++j) {
        const bool no_worse = all[j].latency <= all[i].latency && all[j].capacity >= all[i].capacity;
        beaten = beaten || (no_worse && (all[j].latency < all[i].latency || all[j].capacity > all[i].capacity));
      }
      all[i].kept = !beaten;
    }
  }
  return all;
}

/// The kept ones.
template <class Space> [[nodiscard]] CandidateMask<Space> mask_of(const std::vector<CandidateScore>& scores) {
  CandidateMask<Space> mask;
  for (const CandidateScore& score : scores) {
    if (!score.kept) mask.drop(score.decision, score.candidate);
  }
  return mask;
}

}  // namespace hwnas
