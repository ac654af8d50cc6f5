// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/search/evolution.hpp"

#include <set>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"

namespace evolution_test {

using namespace hwnas;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5, MBConv<3, Kernel<3, 5>>>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Block, Repeat<Block, 1, 3>, Block>, Shape{3, 8, 8}>;
constexpr FlopsProfiler<Space> flops;
const Flops budget = Flops{(flops.range().min.value() + flops.range().max.value()) / 2};

Evolution<Space> evolution(EvolutionOptions options) {
  return {options, uniform_within(flops, 0_FLOPs, budget).value(),
          [](const auto& a) { return flops.profile(a) <= budget; }};
}
// As many multiply-adds as possible: the best is just below the budget.
Metrics score(const Architecture<Space>& a) { return {{{"accuracy", static_cast<double>(flops.profile(a).value())}}}; }

std::vector<Architecture<Space>> run(std::uint64_t seed, EvolutionOptions options) {
  Rng rng{seed};
  auto search = evolution(options);
  std::vector<Architecture<Space>> proposed;
  while (const auto a = search.ask(rng)) {
    proposed.push_back(*a);
    search.tell(*a, score(*a));
  }
  return proposed;
}

TEST(Evolution, ProposesTheAskedNumberOfDifferentFeasibleArchitectures) {
  const auto proposed = run(1, {.population = 20, .generations = 5});
  EXPECT_EQ(proposed.size(), 100U);
  EXPECT_EQ(std::set(proposed.begin(), proposed.end()).size(), 100U);
  for (const auto& a : proposed) EXPECT_LE(flops.profile(a), budget);
}

TEST(Evolution, EqualSeedsProposeTheSame) {
  EXPECT_EQ(run(3, {.population = 10, .generations = 4}), run(3, {.population = 10, .generations = 4}));
  EXPECT_NE(run(3, {.population = 10, .generations = 4}), run(4, {.population = 10, .generations = 4}));
}

TEST(Evolution, WaitsForTheResultsOfAGeneration) {
  Rng rng{1};
  auto search = evolution({.population = 3, .generations = 2});
  std::vector<Architecture<Space>> first;
  for (int i = 0; i < 3; ++i) first.push_back(search.ask(rng).value());
  EXPECT_FALSE(search.ask(rng));
  for (auto a = first.rbegin(); a != first.rend(); ++a) search.tell(*a, score(*a));  // out of order
  EXPECT_TRUE(search.ask(rng));
}

TEST(Evolution, GoesOnWhereTrialsFail) {
  Rng rng{1};
  auto search = evolution({.population = 10, .generations = 4});
  int proposed = 0;
  while (const auto a = search.ask(rng)) {
    if (proposed++ % 3 == 0) {
      search.fail(*a);
    } else {
      search.tell(*a, score(*a));
    }
  }
  EXPECT_EQ(proposed, 40);
}

TEST(Evolution, FindsBetterThanItsFirstGeneration) {
  const auto proposed = run(5, {.population = 20, .generations = 10});
  const auto best = [&](std::size_t begin, std::size_t end) {
    double result = 0;
    for (std::size_t i = begin; i < end; ++i) result = std::max(result, score(proposed[i]).score());
    return result;
  };
  EXPECT_GT(best(20, 200), best(0, 20));
}

TEST(Evolution, EndsWhereTheFeasibleSetIsExhausted) {
  const Flops least = flops.range().min;
  Evolution<Space> search{{.population = 50}, uniform_within(flops, 0_FLOPs, least).value(),
                          [&](const auto& a) { return flops.profile(a) <= least; }};
  Rng rng{1};
  int proposed = 0;
  while (const auto a = search.ask(rng)) search.tell(*a, score(*a)), ++proposed;
  EXPECT_GE(proposed, 1);
  EXPECT_LT(proposed, 50);
}

}  // namespace evolution_test
