// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/oneshot/policy_based_rl.hpp"

#include <gtest/gtest.h>

#include "hwnas/profile/profilers.hpp"
#include "hwnas/search/chain.hpp"
#include "hwnas/search/deduplication.hpp"
#include "hwnas/search/feasible.hpp"
#include "hwnas/space/enumerate.hpp"
#include "laws/strategy_laws.hpp"
#include "oneshot/small_space.hpp"

namespace {

using namespace hwnas;
using Block = oneshot_test::Block;
// A label that is met on one branch only, and a depth: sequences of several lengths.
using Space = Input<Sequential<Conv<Kernel<3>, Out<4>>, LayerChoice<Named<"x", Block>, Identity>, Repeat<Block, 1, 2>, Block>,
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
PolicyBasedRlOptions small(PolicyAlgorithm algorithm) { return {.algorithm = algorithm, .batch = 10, .network = {.hidden = 8}}; }
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

}  // namespace
