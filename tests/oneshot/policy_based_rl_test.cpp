// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/oneshot/policy_based_rl.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/profile/profilers.hpp"
#include "hwnas/search/any_strategy.hpp"
#include "hwnas/search/chain.hpp"
#include "hwnas/search/deduplication.hpp"
#include "hwnas/search/feasible.hpp"
#include "hwnas/search/latency_filter.hpp"
#include "hwnas/search/listed.hpp"
#include "hwnas/space/enumerate.hpp"
#include "laws/strategy_laws.hpp"
#include "oneshot/small_space.hpp"

namespace policy_based_rl_test {

using namespace hwnas;
using Block = oneshot_test::Block;
// A label that is met on one branch only, and a depth: sequences of several lengths.
using Space =
    Input<Sequential<Conv<Kernel<3>, Out<4>>, LayerChoice<Named<"x", Block>, Identity>, Repeat<Block, 1, 2>, Block>,
          Shape{1, 8, 8}>;
using A = Architecture<Space>;
constexpr FlopsProfiler<Space> flops;
constexpr ParamsProfiler<Space> params;

double quality(const A& a) {
  double sum = 0;
  for_each_active_choice(a, [&](std::size_t d, int v) { sum += v == static_cast<int>((3 * d + 1) % 3) ? 1.0 : 0.0; });
  return sum;
}
Metrics score(const A& a) { return {{{"accuracy", quality(a)}}}; }
PolicyBasedRlOptions small(PolicyAlgorithm algorithm) {
  return {.algorithm = algorithm, .batch = 10, .network = {.hidden = 8}};
}
auto middle(const auto& profiler) {
  const auto [lo, hi] = profiler.range();
  return std::remove_const_t<decltype(lo)>{(lo.value() + hi.value()) / 2};
}

TEST(StrategyLaws, PolicyBasedRl) {
  for (const auto algorithm : {PolicyAlgorithm::reinforce, PolicyAlgorithm::ppo}) {
    laws::strategy_laws<Space>([&] { return PolicyBasedRl<Space>{small(algorithm)}; }, score);
  }
}
TEST(StrategyLaws, PolicyBasedRlInsideBudgets) {
  const Feasible inside{Within{flops, 0_FLOPs, middle(flops)}, Within{params, 0_params, middle(params)}};
  using M = std::remove_const_t<decltype(inside)>;
  laws::strategy_laws<Space>([&] { return PolicyBasedRl<Space, M>{small(PolicyAlgorithm::ppo), inside}; }, score,
                             [&](const A& a) { return inside.contains(a); });
}
TEST(StrategyLaws, PolicyBasedRlInAChain) {
  laws::strategy_laws<Space>(
      [] { return Chain{PolicyBasedRl<Space>{small(PolicyAlgorithm::reinforce)}, Deduplication<Space>{}}; }, score);
}

TEST(PolicyBasedRl, LearnsBesideResultsWithoutAScore) {
  for (const auto algorithm : {PolicyAlgorithm::reinforce, PolicyAlgorithm::ppo}) {
    PolicyBasedRl<Space> search{small(algorithm)};
    Rng rng{1};
    double late = 0;
    for (int i = 0; i < 600; ++i) {
      const A a = search.ask(rng).value();
      const double spoilt = i % 3 == 0 ? std::nan("") : -std::numeric_limits<double>::infinity();
      search.tell(a, i % 3 == 2 ? score(a) : Metrics{{{"accuracy", spoilt}}});
      if (i >= 400) late += quality(a) / 200;
    }
    double total = 0, uniform = 0, count = 0;
    for_each_architecture<Space>([&](const A& a) {
      total += search.probability(a);
      uniform += quality(a);
      ++count;
    });
    EXPECT_NEAR(total, 1, 1e-4) << "its weights are not finite";
    EXPECT_GT(late, uniform / count) << "no better than draws";
  }
}
TEST(PolicyBasedRl, IsADistributionOverWhatIsInsideOneBudget) {
  const Feasible inside{Within{flops, 0_FLOPs, middle(flops)}};
  PolicyBasedRl<Space, std::remove_const_t<decltype(inside)>> search{small(PolicyAlgorithm::ppo), inside};
  const auto total = [&] {
    double sum = 0;
    for_each_architecture<Space>([&](const A& a) { sum += inside.contains(a) ? search.probability(a) : 0.0; });
    return sum;
  };
  EXPECT_NEAR(total(), 1, 1e-4);
  Rng rng{1};
  for (int i = 0; i < 100; ++i) {
    const A a = search.ask(rng).value();
    search.tell(a, score(a));
  }
  EXPECT_NEAR(total(), 1, 1e-4);
}

// A list has no windows: at each decision what no member begins with is left out.
TEST(PolicyBasedRl, IsADistributionOverWhatIsListed) {
  std::vector<A> some;
  for_each_architecture<Space>([&](const A& a) {
    if (std::hash<A>{}(a) % 7 == 0) some.push_back(a);
  });
  const Listed<Space> list{some};
  ASSERT_GT(list.all().size(), 3U);
  PolicyBasedRl<Space, AnyMoves<Space>> search{small(PolicyAlgorithm::ppo), AnyMoves<Space>{list}};
  double sum = 0;
  for (const A& a : list.all()) sum += search.probability(a);
  EXPECT_NEAR(sum, 1, 1e-4);
  Rng rng{1};
  for (int i = 0; i < 60; ++i) {
    const A a = search.ask(rng).value();
    EXPECT_TRUE(list.contains(a));
    search.tell(a, score(a));
  }
}

TEST(PolicyBasedRl, KnowsABudgetThroughAnyMoves) {
  const Feasible inside{Within{flops, 0_FLOPs, middle(flops)}};
  PolicyBasedRl<Space, std::remove_const_t<decltype(inside)>> plain{small(PolicyAlgorithm::ppo), inside};
  PolicyBasedRl<Space, AnyMoves<Space>> any{small(PolicyAlgorithm::ppo), AnyMoves<Space>{inside}};
  Rng one{5}, other{5};
  for (int i = 0; i < 50; ++i) {
    const A a = plain.ask(one).value();
    EXPECT_EQ(any.ask(other), std::optional{a});
    plain.tell(a, score(a));
    any.tell(a, score(a));
  }
}

// LatencyFilter refuses; the policy may learn from the bad metrics that it answers with.
struct OperatorCount {
  using key = OperatorKey;
  [[nodiscard]] Result<Milliseconds> predict(const OperatorKey& of) const {
    return Milliseconds{1.0 + static_cast<double>(of.nodes.size())};
  }
};
TEST(StrategyLaws, PolicyBasedRlBehindALatencyFilter) {
  const LatencyProfiler<Space, OperatorCount> latency{OperatorCount{}};
  const Milliseconds most = middle(latency);
  laws::strategy_laws<Space>(
      [&] {
        return Chain{PolicyBasedRl<Space>{small(PolicyAlgorithm::ppo)},
                     LatencyFilter{most, latency, 5000, Metrics{{{"accuracy", 0.0}}}}};
      },
      score, [&](const A& a) { return latency.profile(a) <= most; });
}

TEST(PolicyBasedRl, DrawsWithTheProbabilitiesOfItsPolicy) {
  PolicyBasedRl<Space> search{{.network = {.hidden = 8, .initial_range = 1.0}}};
  std::map<A, int> drawn;
  Rng rng{2};
  const int draws = 3000;
  for (int i = 0; i < draws; ++i) ++drawn[search.ask(rng).value()];
  std::vector<std::pair<double, A>> likely;
  for_each_architecture<Space>([&](const A& a) { likely.emplace_back(search.probability(a), a); });
  std::sort(likely.begin(), likely.end(), [](const auto& x, const auto& y) { return x.first > y.first; });
  for (std::size_t i = 0; i < 20; ++i) {
    const double expected = likely[i].first * draws;
    EXPECT_NEAR(drawn[likely[i].second], expected, 5 * std::sqrt(expected) + 3);
  }
}

// Rewards: about a third of the decisions are right at first, nearly all after some hundred results.
TEST(PolicyBasedRl, LearnsWhatIsRewarded) {
  for (const auto algorithm : {PolicyAlgorithm::reinforce, PolicyAlgorithm::ppo}) {
    PolicyBasedRl<Space> search{{.algorithm = algorithm, .rate = algorithm == PolicyAlgorithm::ppo ? 0.01 : 0.02,
                                 .network = {.hidden = 16}}};
    Rng rng{3};
    double first = 0, last = 0;
    for (int i = 0; i < 800; ++i) {
      const A a = search.ask(rng).value();
      if (i < 100) first += quality(a) / 100;
      if (i >= 700) last += quality(a) / 100;
      search.tell(a, score(a));
    }
    EXPECT_GT(last, first + 1.2) << (algorithm == PolicyAlgorithm::ppo ? "PPO" : "REINFORCE");
  }
}

TEST(PolicyBasedRl, RefusesTheWeightsOfAnotherNetwork) {
  PolicyBasedRl<Space> one{{.network = {.hidden = 8}}};
  PolicyBasedRl<Space> other{{.network = {.hidden = 16}}};
  const std::string before = other.save();
  const auto loaded = other.load(one.save());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Error::Code::mismatch);
  EXPECT_EQ(loaded.error().message.find('\n'), std::string::npos);
  EXPECT_EQ(other.save(), before);
}

}  // namespace policy_based_rl_test
