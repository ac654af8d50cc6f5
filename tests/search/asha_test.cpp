// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/search/asha.hpp"

#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/search/feasible.hpp"
#include "laws/strategy_laws.hpp"

namespace asha_test {

using namespace hwnas;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5, MBConv<3, Kernel<3, 5>>>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Repeat<Block, 1, 3>, Block>, Shape{3, 8, 8}>;
using A = Architecture<Space>;
constexpr FlopsProfiler<Space> flops;
const Flops budget = Flops{(flops.range().min.value() + flops.range().max.value()) / 2};

double quality(const A& a) { return static_cast<double>(flops.profile(a).value()); }
Metrics score(const A& a) { return {{{"accuracy", quality(a)}}}; }

TEST(StrategyLaws, Asha) {
  laws::strategy_laws<Space>([] { return Asha<Space>{{.reduction = 3, .rungs = 3}}; }, score);
  laws::strategy_laws<Space>([] { return Asha<Space>{{.reduction = 2, .rungs = 1}}; }, score);
}
TEST(StrategyLaws, AshaInsideBudgets) {
  const Feasible inside{Within{flops, 0_FLOPs, budget}};
  using M = std::remove_const_t<decltype(inside)>;
  laws::strategy_laws<Space>([&] { return Asha<Space, M>{{.reduction = 3, .rungs = 3}, inside}; }, score,
                             [](const A& a) { return flops.profile(a) <= budget; });
}

TEST(Asha, SharesGrowByTheReductionToOne) {
  const Asha<Space> search{{.reduction = 4, .rungs = 3}};
  EXPECT_DOUBLE_EQ(search.share(0), 1.0 / 16);
  EXPECT_DOUBLE_EQ(search.share(1), 0.25);
  EXPECT_DOUBLE_EQ(search.share(2), 1.0);
}

// The paper's rule, checked at every promotion against all results so far.
TEST(Asha, PromotesOnlyFromTheBestOfARungAndFromTheHighestRungFirst) {
  Asha<Space> search{{.reduction = 3, .rungs = 3}};
  Rng rng{1}, order{2};
  std::vector<A> waiting;
  std::vector<std::map<A, double>> told(3);
  std::vector<std::set<A>> promoted(3);
  const auto first_third = [&](std::size_t k) {
    std::vector<std::pair<double, A>> all;
    for (const auto& [a, x] : told[k]) all.emplace_back(x, a);
    std::sort(all.begin(), all.end(), [](const auto& x, const auto& y) { return x.first > y.first; });
    all.resize(all.size() / 3);
    return all;
  };
  for (int i = 0; i < 600; ++i) {
    const A a = search.ask(rng).value();
    const auto rung = static_cast<std::size_t>(std::lround(2 + std::log(search.fidelity(a)) / std::log(3.0)));
    for (std::size_t k = 0; k < 2; ++k) {
      const auto best = first_third(k);
      const bool among = std::any_of(best.begin(), best.end(), [&](const auto& x) { return x.second == a; });
      const bool open =
          std::any_of(best.begin(), best.end(), [&](const auto& x) { return !promoted[k].contains(x.second); });
      if (rung == k + 1) {
        EXPECT_TRUE(among && promoted[k].insert(a).second);
      } else if (rung < k + 1) {
        EXPECT_FALSE(open) << "a promotion from rung " << k << " came first";
      }
    }
    waiting.push_back(a);
    while (waiting.size() > 5) {
      std::swap(waiting.back(), waiting[static_cast<std::size_t>(order.below(waiting.size()))]);
      const A done = waiting.back();
      waiting.pop_back();
      const auto at = static_cast<std::size_t>(std::lround(2 + std::log(search.fidelity(done)) / std::log(3.0)));
      // Distinct numbers, so that the first third is one set.
      const double x = quality(done) + 1e-3 * static_cast<double>(told[at].size());
      told[at][done] = x;
      search.tell(done, {{{"accuracy", x}}});
    }
  }
  EXPECT_GT(told[2].size(), 30U);
  EXPECT_LT(told[1].size(), told[0].size() / 2);
}

TEST(Asha, ALateResultPromotesWhatEarlierOnesCouldNot) {
  Asha<Space> search{{.reduction = 2, .rungs = 2}};
  Rng rng{1};
  const A first = search.ask(rng).value(), second = search.ask(rng).value();
  search.tell(first, {{{"accuracy", 0.9}}});
  const A third = search.ask(rng).value();  // one result: half of it is none
  EXPECT_EQ(search.fidelity(third), 0.5);
  search.tell(second, {{{"accuracy", 0.1}}});
  EXPECT_EQ(search.ask(rng).value(), first);
  EXPECT_EQ(search.fidelity(first), 1.0);
}

TEST(Asha, LearnsNothingFromWhatNobodyWaitsFor) {
  Asha<Space> search;
  Rng rng{1};
  const A a = search.ask(rng).value();
  search.tell(a, score(a));
  const std::string before = search.save();
  search.tell(a, score(a));
  search.tell(Architecture<Space>{}, score(a));
  EXPECT_EQ(search.save(), before);
}

// Evaluations whose noise falls with their share; cost is the sum of shares.
TEST(Asha, IsBetterThanFullEvaluationsAtEqualCost) {
  double halving = 0, random = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Asha<Space> search{{.reduction = 3, .rungs = 3}};
    Rng rng{seed}, noise{seed + 100};
    double best = 0;
    for (double cost = 0; cost < 20;) {
      const A a = search.ask(rng).value();
      const double share = search.fidelity(a);
      cost += share;
      const double seen = quality(a) * (1 + 0.1 * (1 - share) * (noise.uniform() - 0.5));
      search.tell(a, {{{"accuracy", seen}}});
      if (share == 1) best = std::max(best, quality(a));
    }
    halving += best;
    double drawn = 0;
    for (int i = 0; i < 20; ++i) drawn = std::max(drawn, quality(Uniform<Space>{}(rng)));
    random += drawn;
  }
  EXPECT_GT(halving, random);
}

double search_best(auto& experiment) { return experiment.strategy().rungs().back().front().score; }

TEST(Asha, TellsTheEvaluatorItsShareInAnExperiment) {
  struct Evaluator {
    std::map<double, int>* shares;
    Result<Metrics> evaluate(const A& a, const Budget& limits) {
      ++(*shares)[limits.share];
      return score(a);
    }
  };
  std::map<double, int> shares;
  Experiment experiment{Asha<Space>{{.reduction = 2, .rungs = 3}}, Evaluator{&shares}, MemoryStore<Space>{}};
  const auto result = experiment.run({.max_trials = 70});
  EXPECT_EQ(result.done, 70U);
  EXPECT_EQ(result.best_share, 1);  // of the fully evaluated, though others may have seemed better
  EXPECT_EQ(result.best->metrics.score(), search_best(experiment));
  ASSERT_EQ(shares.size(), 3U);
  // 40 + 20 + 10, but for promotions that later results would not have brought.
  EXPECT_NEAR(shares[0.25], 40, 4);
  EXPECT_NEAR(shares[0.5], 20, 3);
  EXPECT_NEAR(shares[1.0], 10, 3);
}

}  // namespace asha_test
