// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Evolution under constraints, as Single Path One-Shot searches its supernet (Guo et al. 2020, Algorithm 1).
///        Evolution<S> search{{.population = 50, .generations = 20}, draw_feasible, is_feasible};
///        while (auto a = search.ask(rng)) search.tell(*a, evaluate(*a));
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "hwnas/core/rng.hpp"
#include "hwnas/search/concepts.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Settings; the defaults are the paper's (population 50, 20 generations, top 10, mutation probability 0.1).
struct EvolutionOptions {
  int population = 50;
  int generations = 20;
  int parents = 10;           ///< the best so far that are kept
  double crossover = 0.5;     ///< share of the children that are crossed, the others are mutated
  double mutation = 0.1;      ///< probability of drawing a decision anew
};

/// A generation of architectures is proposed; when all are told or failed, the best ever seen become parents of the next. Every
/// proposal is new and feasible: children that are not are made again, and after many attempts drawn feasibly instead.
template <class Space>
class Evolution {
 public:
  using space = Space;
  using Draw = std::function<Architecture<Space>(Rng&)>;
  using Feasible = std::function<bool(const Architecture<Space>&)>;

  Evolution(EvolutionOptions options, Draw draw, Feasible feasible)
      : options_{options}, draw_{std::move(draw)}, feasible_{std::move(feasible)} {}

  /// The next candidate; nullopt while a generation's results are outstanding, and at the end.
  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng& rng) {
    if (proposed_ == options_.population) {
      if (told_ < proposed_ || generation_ + 1 >= options_.generations) return std::nullopt;
      ++generation_;
      proposed_ = told_ = 0;
    }
    const auto next = propose(rng);
    if (!next) return std::nullopt;  // the feasible set is exhausted
    seen_.insert(*next);
    ++proposed_;
    return next;
  }

  /// A proposal without a result: the generation no longer waits for it.
  void fail(const Architecture<Space>&) { ++told_; }
  /// It is not proposed any more.
  void expect(const Architecture<Space>& a) { seen_.insert(a); }

  void tell(const Architecture<Space>& a, const Metrics& metrics) {
    ++told_;
    best_.emplace_back(metrics.score(), a);
    std::stable_sort(best_.begin(), best_.end(), [](const auto& x, const auto& y) {
      return x.first != y.first ? x.first > y.first : x.second < y.second;
    });
    if (static_cast<int>(best_.size()) > options_.parents) best_.resize(static_cast<std::size_t>(options_.parents));
  }

  [[nodiscard]] std::string save() const {
    StateWriter out{"evolution", fingerprint<Space>()};
    for (const int n : {generation_, proposed_, told_}) out.number(static_cast<std::uint64_t>(n));
    out.number(best_.size());
    for (const auto& [score, a] : best_) {
      out.real(score);
      out.architecture(a);
    }
    out.number(seen_.size());
    for (const auto& a : seen_) out.architecture(a);
    return out.text();
  }
  /// Errors  mismatch (see StateReader)
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "evolution", fingerprint<Space>()};
    Evolution read{options_, draw_, feasible_};
    for (int* n : {&read.generation_, &read.proposed_, &read.told_}) *n = static_cast<int>(in.number());
    for (std::size_t n = in.count(); n > 0; --n) {
      const double score = in.real();
      read.best_.emplace_back(score, in.architecture<Space>());
    }
    for (std::size_t n = in.count(); n > 0; --n) read.seen_.insert(in.architecture<Space>());
    if (auto ok = in.finish(); !ok) return ok;
    *this = std::move(read);
    return {};
  }

  /// The best so far with their scores, best first.
  [[nodiscard]] const std::vector<std::pair<double, Architecture<Space>>>& best() const { return best_; }
  [[nodiscard]] int generation() const { return generation_; }

 private:
  static constexpr int attempts = 200;

  std::optional<Architecture<Space>> propose(Rng& rng) {
    for (int i = 0; i < attempts; ++i) {
      const bool first = generation_ == 0 || best_.size() < 2;
      // Later attempts fall back to fresh draws, so that a tight budget cannot stall the search.
      const auto a = first || i > attempts / 2 ? draw_(rng) : child(rng);
      if (feasible_(a) && !seen_.contains(a)) return a;
    }
    return std::nullopt;
  }
  Architecture<Space> child(Rng& rng) {
    const auto& mother = best_[rng.below(best_.size())].second;
    const bool crossed = rng.uniform() < options_.crossover;
    const auto& father = crossed ? best_[rng.below(best_.size())].second : mother;
    auto values = mother.values();
    for (std::size_t d = 0; d < values.size(); ++d) {
      if (crossed && rng.below(2) == 1) values[d] = father.values()[d];
      if (!crossed && rng.uniform() < options_.mutation) {
        values[d] = static_cast<std::uint8_t>(rng.below(static_cast<std::uint64_t>(decisions<Space>[d].count)));
      }
    }
    return Architecture<Space>::from_values(values);
  }

  EvolutionOptions options_;
  Draw draw_;
  Feasible feasible_;
  std::vector<std::pair<double, Architecture<Space>>> best_;
  std::unordered_set<Architecture<Space>> seen_;
  int generation_ = 0;
  int proposed_ = 0;
  int told_ = 0;
};

}  // namespace hwnas
