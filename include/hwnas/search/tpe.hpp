// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Tpe: the tree-structured Parzen estimator over a space's decisions.
///        Tpe<OnImages> search{{.startup = 20}};
///        Bergstra, Bardenet, Bengio, Kegl 2011, "Algorithms for Hyper-Parameter Optimization", section 4.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/moves.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Settings.
struct TpeOptions {
  std::size_t startup = 20;     ///< results of plain draws before anything is modelled (the paper's experiments: 30)
  double good = 0.15;           ///< share of the results that counts as good: the paper's gamma
  std::size_t candidates = 24;  ///< drawn from the model of the good ones; the most promising is proposed
  double prior = 1;             ///< weight of the uniform distribution, in results
};

/// Each decision has two categorical distributions over the results that met it: l of the good ones and g of the others.
/// Of some candidates drawn from l, the one with the largest product of l/g over its active decisions is proposed: that
/// is the one of largest expected improvement (the paper's equation for EI). Proposes nothing twice and never waits;
/// finished when many draws in a row were proposed before.
template <class Space, Moves<Space> M = Anywhere<Space>>
class Tpe {
 public:
  using space = Space;

  explicit Tpe(TpeOptions options = {})
    requires std::default_initializable<M>
      : Tpe{options, M{}} {}
  Tpe(TpeOptions options, M moves) : options_{options}, moves_{std::move(moves)} {}

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng& rng) {
    auto next = results_.size() < options_.startup || results_.empty() ? std::nullopt : promising(rng);
    for (int i = 0; !next && i < attempts; ++i) {
      const auto a = moves_(rng);
      if (!seen_.contains(a)) next = a;
    }
    if (next) seen_.insert(*next);
    return next;
  }
  void tell(const Architecture<Space>& a, const Metrics& metrics) {
    const double score = metrics.score();
    const auto place = std::upper_bound(results_.begin(), results_.end(), score,
                                        [](double s, const auto& result) { return s > result.second; });
    results_.emplace(place, a, score);
  }

  /// It is not proposed any more.
  void expect(const Architecture<Space>& a) { seen_.insert(a); }

  [[nodiscard]] std::string save() const {
    StateWriter out{"tree-structured Parzen estimator", fingerprint<Space>()};
    out.number(results_.size());
    for (const auto& [a, score] : results_) {
      out.architecture(a);
      out.real(score);
    }
    out.number(seen_.size());
    for (const auto& a : seen_) out.architecture(a);
    return out.text();
  }
  /// Errors  mismatch (see StateReader)
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "tree-structured Parzen estimator", fingerprint<Space>()};
    Tpe read{options_, moves_};
    for (std::size_t n = in.count(); n > 0; --n) {
      const auto a = in.architecture<Space>();
      read.results_.emplace_back(a, in.real());
    }
    for (std::size_t n = in.count(); n > 0; --n) read.seen_.insert(in.architecture<Space>());
    if (auto ok = in.finish(); !ok) return ok;
    *this = std::move(read);
    return {};
  }

 private:
  static constexpr int attempts = 1000;
  using Weights = std::array<std::vector<double>, decision_total<Space>>;  // probability of each candidate

  // Relative frequencies among the results that met the decision, with the prior shared by all candidates.
  [[nodiscard]] Weights estimate(std::size_t begin, std::size_t end) const {
    Weights weights;
    for (std::size_t d = 0; d < weights.size(); ++d) {
      const int count = decisions<Space>[d].count;
      weights[d].assign(static_cast<std::size_t>(count), options_.prior / count);
    }
    for (std::size_t i = begin; i < end; ++i) {
      for_each_active_choice(results_[i].first,
                             [&](std::size_t d, int v) { weights[d][static_cast<std::size_t>(v)] += 1; });
    }
    for (auto& each : weights) {
      double sum = 0;
      for (const double w : each) sum += w;
      for (double& w : each) w /= sum;
    }
    return weights;
  }
  [[nodiscard]] static Architecture<Space> draw(const Weights& weights, Rng& rng) {
    typename Architecture<Space>::values_type values{};
    for (std::size_t d = 0; d < values.size(); ++d) {
      double left = rng.uniform();
      std::size_t v = 0;
      while (v + 1 < weights[d].size() && (left -= weights[d][v]) >= 0) ++v;
      values[d] = static_cast<std::uint8_t>(v);
    }
    return Architecture<Space>::from_values(values);
  }
  // The best unseen member among the candidates; where the model only draws what was seen, neighbours of it.
  [[nodiscard]] std::optional<Architecture<Space>> promising(Rng& rng) const {
    const auto share = std::ceil(options_.good * static_cast<double>(results_.size()));
    const auto good = std::clamp<std::size_t>(static_cast<std::size_t>(share), 1, results_.size());
    const Weights l = estimate(0, good), g = estimate(good, results_.size());
    std::optional<Architecture<Space>> best;
    double best_gain = 0;
    for (std::size_t i = 0; i < options_.candidates; ++i) {
      auto a = draw(l, rng);
      if (seen_.contains(a) || !moves_.contains(a)) a = mutated(moves_, results_[rng.below(good)].first, rng);
      if (seen_.contains(a)) continue;
      double gain = 0;
      for_each_active_choice(a, [&](std::size_t d, int v) {
        gain += std::log(l[d][static_cast<std::size_t>(v)] / g[d][static_cast<std::size_t>(v)]);
      });
      if (!best || gain > best_gain) best = a, best_gain = gain;
    }
    return best;
  }

  TpeOptions options_;
  M moves_;
  std::vector<std::pair<Architecture<Space>, double>> results_;  // best first; equals in the order of their tells
  std::unordered_set<Architecture<Space>> seen_;
};

}  // namespace hwnas
