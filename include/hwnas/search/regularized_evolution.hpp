// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  RegularizedEvolution: aging evolution (Real, Aggarwal, Huang, Le 2019, "Regularized Evolution for Image
///        Classifier Architecture Search", Algorithm 1).
///        RegularizedEvolution<OnImages> search{{.population = 100, .sample = 25}};
#pragma once

#include <concepts>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/moves.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Settings; the defaults are the paper's large-scale ones.
struct RegularizedEvolutionOptions {
  std::size_t population = 100;
  std::size_t sample = 25;  ///< how many of the population compete to be the parent
};

/// The best of a random sample is mutated in one decision; the oldest dies. The first `population` proposals are draws,
/// and so are all until a result is known. Never waits and never finishes; may propose an architecture again.
template <class Space, Moves<Space> M = Anywhere<Space>>
class RegularizedEvolution {
 public:
  using space = Space;

  explicit RegularizedEvolution(RegularizedEvolutionOptions options = {})
    requires std::default_initializable<M>
      : RegularizedEvolution{options, M{}} {}
  RegularizedEvolution(RegularizedEvolutionOptions options, M moves)
      : options_{options}, moves_{std::move(moves)} {}

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng& rng) {
    ++proposed_;
    if (proposed_ <= options_.population || alive_.empty()) return moves_(rng);
    const auto* parent = &alive_[static_cast<std::size_t>(rng.below(alive_.size()))];
    for (std::size_t i = 1; i < options_.sample; ++i) {
      const auto* other = &alive_[static_cast<std::size_t>(rng.below(alive_.size()))];
      if (other->second > parent->second) parent = other;
    }
    return mutated(moves_, parent->first, rng);
  }
  void tell(const Architecture<Space>& a, const Metrics& metrics) {
    alive_.emplace_back(a, metrics.score());
    if (alive_.size() > options_.population) alive_.pop_front();
  }

  [[nodiscard]] std::string save() const {
    StateWriter out{"regularized evolution", fingerprint<Space>()};
    out.number(proposed_);
    out.number(alive_.size());
    for (const auto& [a, score] : alive_) {
      out.architecture(a);
      out.real(score);
    }
    return out.text();
  }
  /// Errors  mismatch (see StateReader)
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "regularized evolution", fingerprint<Space>()};
    const auto proposed = static_cast<std::size_t>(in.number());
    std::deque<std::pair<Architecture<Space>, double>> alive;
    for (std::size_t n = in.count(); n > 0; --n) {
      const auto a = in.architecture<Space>();
      alive.emplace_back(a, in.real());
    }
    if (auto ok = in.finish(); !ok) return ok;
    proposed_ = proposed;
    alive_ = std::move(alive);
    return {};
  }

 private:
  RegularizedEvolutionOptions options_;
  M moves_;
  std::size_t proposed_ = 0;
  std::deque<std::pair<Architecture<Space>, double>> alive_;  // oldest first
};

}  // namespace hwnas
