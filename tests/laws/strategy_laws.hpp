// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The laws of strategies, for every model:
///          strategy_laws<Space>([] { return LocalSearch<Space>{}; }, score);            // score(a) -> Metrics
///          strategy_laws<Space>(make, score, [](const auto& a) { return inside(a); });  // nothing outside is proposed
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/search/concepts.hpp"

namespace laws {

/// How a strategy is driven: up to `late` results are outstanding, and they come back in random order.
struct Drive {
  std::uint64_t seed = 1;
  std::size_t steps = 150;
  std::size_t late = 0;
  std::optional<std::size_t> stop_at{};  ///< there it is saved, and a fresh one loads and goes on
  std::uint64_t failing = 0;             ///< one in so many proposals fails; 0: none does
  std::uint64_t unscored = 0;            ///< one in so many results has no objective, or not a finite one
};

/// As a broken evaluator would answer.
inline void spoil(hwnas::Metrics& metrics, hwnas::Rng& luck) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double values[]{std::numeric_limits<double>::quiet_NaN(), infinity, -infinity};
  const auto which = luck.below(4);
  if (which == 3) metrics.values.erase(metrics.objective);
  else metrics.values[metrics.objective] = values[which];
}

template <class Space, class Make, class Score>
std::vector<hwnas::Architecture<Space>> drive(const Make& make, const Score& score, const Drive& how) {
  hwnas::Rng rng{how.seed}, order{99}, luck{7};
  std::optional strategy{make()};
  std::vector<hwnas::Architecture<Space>> proposed, waiting;
  const auto tell_one = [&] {
    std::swap(waiting.back(), waiting[static_cast<std::size_t>(order.below(waiting.size()))]);
    const auto& a = waiting.back();
    if (how.failing != 0 && luck.below(how.failing) == 0) {
      hwnas::tell_failure(*strategy, a);
    } else {
      auto metrics = score(a);
      if (how.unscored != 0 && luck.below(how.unscored) == 0) spoil(metrics, luck);
      if (hwnas::report_to(*strategy, a, 1, metrics)) (void)hwnas::report_to(*strategy, a, 2, metrics);
      strategy->tell(a, metrics);
    }
    waiting.pop_back();
  };
  while (proposed.size() < how.steps) {
    if (proposed.size() == how.stop_at) {
      auto fresh = make();
      fresh.load(strategy->save()).value();
      strategy.emplace(std::move(fresh));
    }
    const auto a = strategy->ask(rng);
    if (!a && waiting.empty()) break;
    if (a) {
      proposed.push_back(*a);
      waiting.push_back(*a);
    }
    if (!a || waiting.size() > how.late) tell_one();
  }
  return proposed;
}

template <class Space, class Make, class Score, class Allowed>
void proposes_only_valid_ones(const Make& make, const Score& score, const Allowed& allowed, const Drive& how) {
  for (const auto& a : drive<Space>(make, score, how)) {
    for (std::size_t d = 0; d < a.values().size(); ++d) ASSERT_LT(a[d], hwnas::decisions<Space>[d].count);
    ASSERT_EQ(hwnas::Architecture<Space>::from_values(a.values()), a) << "not canonical";
    ASSERT_TRUE(allowed(a));
  }
}

/// What is expected is not proposed, also where the strategy was saved in between.
template <class Space, class Make, class Score>
void does_not_propose_what_is_expected(const Make& make, const Score& score) {
  hwnas::Rng rng{3};
  const hwnas::Uniform<Space> draw;
  std::vector<hwnas::Architecture<Space>> expected;
  for (int i = 0; i < 40; ++i) expected.push_back(draw(rng));
  const auto forewarned = [&] {
    auto strategy = make();
    for (const auto& a : expected) hwnas::tell_expected(strategy, a);
    return strategy;
  };
  for (const Drive how : {Drive{}, Drive{.late = 5, .stop_at = 20}}) {
    for (const auto& a : drive<Space>(forewarned, score, how)) {
      EXPECT_EQ(std::count(expected.begin(), expected.end(), a), 0);
    }
  }
}

template <class Make>
void refuses_foreign_states(const Make& make) {
  auto strategy = make();
  const std::string good = strategy.save();
  EXPECT_FALSE(strategy.load("").has_value());
  EXPECT_FALSE(strategy.load("nonsense").has_value());
  EXPECT_FALSE(strategy.load(good + "1 ").has_value());
  EXPECT_FALSE(strategy.load(good.substr(0, good.size() / 2)).has_value());
  EXPECT_EQ(strategy.save(), good) << "a refused state left a trace";
}

/// Same seed, same proposals; never invalid or not allowed; late, out-of-order, missing and unusable results;
/// stopping changes nothing.
template <class Space, class Make, class Score, class Allowed>
void strategy_laws(const Make& make, const Score& score, const Allowed& allowed) {
  static_assert(hwnas::ResumableStrategy<decltype(make()), Space>);
  for (Drive how : {Drive{}, Drive{.late = 7}, Drive{.late = 3, .failing = 4}, Drive{.unscored = 3}}) {
    const auto whole = drive<Space>(make, score, how);
    ASSERT_FALSE(whole.empty());
    EXPECT_EQ(whole, drive<Space>(make, score, how));
    for (const std::size_t stop : {std::size_t{0}, std::size_t{3}, whole.size() / 3, whole.size() - 1}) {
      how.stop_at = stop;
      EXPECT_EQ(whole, drive<Space>(make, score, how)) << "stopped at " << stop;
    }
    how.seed = 2;
    how.stop_at.reset();
    proposes_only_valid_ones<Space>(make, score, allowed, how);
  }
  refuses_foreign_states(make);
}
template <class Space, class Make, class Score>
void strategy_laws(const Make& make, const Score& score) {
  strategy_laws<Space>(make, score, [](const auto&) { return true; });
}

}  // namespace laws
