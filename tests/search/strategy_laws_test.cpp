// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/strategy_laws.hpp"

#include <set>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/search/any_strategy.hpp"
#include "hwnas/search/chain.hpp"
#include "hwnas/search/deduplication.hpp"
#include "hwnas/search/feasible.hpp"
#include "hwnas/search/grid.hpp"
#include "hwnas/search/listed.hpp"
#include "hwnas/search/local.hpp"
#include "hwnas/search/nsga2.hpp"
#include "hwnas/search/regularized_evolution.hpp"
#include "hwnas/search/tpe.hpp"

namespace strategy_laws_test {

using namespace hwnas;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5, MBConv<3, Kernel<3, 5>>>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Repeat<Block, 1, 3>, Block>, Shape{3, 8, 8}>;
constexpr FlopsProfiler<Space> flops;
const Flops budget = Flops{(flops.range().min.value() + flops.range().max.value()) / 2};

Metrics score(const Architecture<Space>& a) {
  return {{{"accuracy", static_cast<double>(flops.profile(a).value())}, {"latency", static_cast<double>(a[0])}},
          "accuracy"};
}

TEST(StrategyLaws, Random) {
  laws::strategy_laws<Space>([] { return Random<Space>{}; }, score);
}
TEST(StrategyLaws, GridSearch) {
  laws::strategy_laws<Space>([] { return GridSearch<Space>{}; }, score);
}
TEST(StrategyLaws, LocalSearch) {
  laws::strategy_laws<Space>([] { return LocalSearch<Space>{}; }, score);
}
TEST(StrategyLaws, RegularizedEvolution) {
  laws::strategy_laws<Space>([] { return RegularizedEvolution<Space>{{.population = 20, .sample = 5}}; }, score);
}
TEST(StrategyLaws, Tpe) {
  laws::strategy_laws<Space>([] { return Tpe<Space>{{.startup = 10}}; }, score);
}
TEST(StrategyLaws, Nsga2) {
  const Nsga2Options options{.objectives = {{"accuracy", Goal::maximise}, {"latency", Goal::minimise}},
                             .population = 16};
  laws::strategy_laws<Space>([&] { return Nsga2<Space>{options}; }, score);
}
TEST(StrategyLaws, Evolution) {
  const auto draw = uniform_within(flops, 0_FLOPs, budget).value();
  const auto inside = [](const auto& a) { return flops.profile(a) <= budget; };
  laws::strategy_laws<Space>(
      [&] { return Evolution<Space>{{.population = 12, .generations = 5}, draw, inside}; }, score, inside);
}

TEST(StrategyLaws, OfThoseThatLetEachThroughOnce) {
  const auto law = [](const auto& make) { laws::does_not_propose_what_is_expected<Space>(make, score); };
  law([] { return LocalSearch<Space>{}; });
  law([] { return Tpe<Space>{{.startup = 10}}; });
  law([] {
    return Evolution<Space>{{.population = 12, .generations = 5}, Uniform<Space>{}, [](const auto&) { return true; }};
  });
  law([] { return Chain{RegularizedEvolution<Space>{{.population = 20, .sample = 5}}, Deduplication<Space>{}}; });
}

TEST(StrategyLaws, InsideBudgets) {
  const Feasible inside{Within{flops, 0_FLOPs, budget}};
  using M = std::remove_const_t<decltype(inside)>;
  const auto allowed = [](const auto& a) { return flops.profile(a) <= budget; };
  laws::strategy_laws<Space>([&] { return LocalSearch<Space, M>{inside}; }, score, allowed);
  laws::strategy_laws<Space>(
      [&] {
        return RegularizedEvolution<Space, M>{{.population = 20, .sample = 5}, inside};
      },
      score, allowed);
  laws::strategy_laws<Space>([&] { return Tpe<Space, M>{{.startup = 10}, inside}; }, score, allowed);
  laws::strategy_laws<Space>([&] { return Nsga2<Space, M>{{.population = 16}, inside}; }, score, allowed);
}

TEST(StrategyLaws, RandomInsideBudgets) {
  const Feasible inside{Within{flops, 0_FLOPs, budget}};
  const auto allowed = [](const auto& a) { return flops.profile(a) <= budget; };
  laws::strategy_laws<Space>([&] { return Random<Space>{inside}; }, score, allowed);
}
TEST(StrategyLaws, AnyStrategyAmongListedArchitectures) {
  std::vector<Architecture<Space>> rows;
  for_each_architecture<Space>([&](const auto& a) {
    if (flops.profile(a) <= budget) rows.push_back(a);
  });
  const Listed<Space> listed{rows};
  const AnyMoves<Space> moves{listed};
  const auto allowed = [&](const auto& a) { return listed.contains(a); };
  laws::strategy_laws<Space>([&] { return ListedSearch<Space>{listed}; }, score, allowed);
  laws::strategy_laws<Space>([&] { return AnyStrategy<Space>{ListedSearch<Space>{listed}}; }, score, allowed);
  laws::strategy_laws<Space>([&] { return Tpe<Space, Listed<Space>>{{.startup = 10}, listed}; }, score, allowed);
  laws::strategy_laws<Space>(
      [&] {
        return AnyStrategy<Space>{RegularizedEvolution<Space, AnyMoves<Space>>{{.population = 20, .sample = 5}, moves}};
      },
      score, allowed);
}
TEST(AnyStrategy, SaysThatWhatItWrapsCannotBeLoaded) {
  struct Forgetful {
    std::optional<Architecture<Space>> ask(Rng& rng) { return Uniform<Space>{}(rng); }
    void tell(const Architecture<Space>&, const Metrics&) {}
  };
  AnyStrategy<Space> search{Forgetful{}};
  EXPECT_EQ(search.save(), "");
  EXPECT_EQ(search.load("").error().code, Error::Code::unavailable);
}

TEST(GridSearch, ProposesEveryArchitectureOnceInOrder) {
  GridSearch<Space> search;
  Rng rng{1};
  std::vector<Architecture<Space>> proposed, all;
  while (const auto a = search.ask(rng)) proposed.push_back(*a);
  for_each_architecture<Space>([&](const auto& a) { all.push_back(a); });
  EXPECT_EQ(proposed, all);
}

// The shared label is met first on one branch and last on the other: ranks of paths are not lexicographic.
using Shared = Named<"shared", LayerChoice<Conv1x1, Conv3x3>>;
using Crossing =
    Input<Sequential<LayerChoice<Sequential<Shared, Block>, Sequential<Block, Conv1x1>>, Shared>, Shape{8, 4, 4}>;

TEST(GridSearch, IsLexicographicWhereALabelIsSharedAcrossBranches) {
  GridSearch<Crossing> search;
  Rng rng{1};
  std::vector<Architecture<Crossing>> proposed, all;
  while (const auto a = search.ask(rng)) proposed.push_back(*a);
  for_each_architecture<Crossing>([&](const auto& a) { all.push_back(a); });
  EXPECT_EQ(proposed, all);
}

TEST(LocalSearch, ProposesNothingTwiceAndReachesTheOptimum) {
  LocalSearch<Space> search;
  Rng rng{4};
  std::set<Architecture<Space>> seen;
  Flops best{};
  for (int i = 0; i < 300; ++i) {
    const auto a = search.ask(rng);
    ASSERT_TRUE(a && seen.insert(*a).second);
    best = std::max(best, flops.profile(*a));
    search.tell(*a, score(*a));
  }
  EXPECT_EQ(best, flops.range().max);
}

TEST(RegularizedEvolution, ReachesTheOptimum) {
  RegularizedEvolution<Space> search{{.population = 20, .sample = 5}};
  Rng rng{4};
  Flops best{};
  for (int i = 0; i < 600; ++i) {
    const auto a = search.ask(rng).value();
    best = std::max(best, flops.profile(a));
    search.tell(a, score(a));
  }
  EXPECT_EQ(best, flops.range().max);
}

}  // namespace strategy_laws_test
