// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Searches against the optimum and the front that enumeration gives.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/search/nsga2.hpp"
#include "hwnas/search/tpe.hpp"

namespace convergence_test {

using namespace hwnas;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5, MBConv<3, Kernel<3, 5>>>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Repeat<Block, 1, 3>, Block>, Shape{3, 8, 8}>;
constexpr ParamsProfiler<Space> params;

// A preferred candidate for each decision, each with another weight, and a bonus for one pair: not the largest cost.
double quality(const Architecture<Space>& a) {
  double sum = 0;
  for_each_active_choice(a, [&](std::size_t d, int v) {
    const int wanted = static_cast<int>((5 * d + 2) % static_cast<std::size_t>(decisions<Space>[d].count));
    sum += v == wanted ? 1.0 + 0.1 * static_cast<double>(d) : 0.0;
  });
  return sum + (a[0] == 1 ? 0.5 : 0.0);
}
double optimum() {
  double best = 0;
  for_each_architecture<Space>([&](const auto& a) { best = std::max(best, quality(a)); });
  return best;
}
template <class Search>
double best_of(Search search, int trials, std::uint64_t seed) {
  Rng rng{seed};
  double best = 0;
  for (int i = 0; i < trials; ++i) {
    const auto a = search.ask(rng);
    if (!a) break;
    best = std::max(best, quality(*a));
    search.tell(*a, {{{"accuracy", quality(*a)}}});
  }
  return best;
}

TEST(Tpe, FindsTheOptimumOfAdditiveQuality) {
  ASSERT_GT(space_size<Space>, u128{3000});
  for (std::uint64_t seed = 0; seed < 5; ++seed) EXPECT_EQ(best_of(Tpe<Space>{}, 250, seed), optimum()) << seed;
}

TEST(Tpe, IsBetterThanRandomSearchAtEqualCost) {
  double tpe = 0, random = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    tpe += best_of(Tpe<Space>{}, 80, seed);
    random += best_of(Random<Space>{}, 80, seed);
  }
  EXPECT_GT(tpe, random);
}

TEST(Tpe, ProposesNothingTwice) {
  Tpe<Space> search;
  Rng rng{3};
  std::set<Architecture<Space>> seen;
  for (int i = 0; i < 200; ++i) {
    const auto a = search.ask(rng).value();
    EXPECT_TRUE(seen.insert(a).second);
    search.tell(a, {{{"accuracy", quality(a)}}});
  }
}

using Pair = std::pair<double, double>;  // quality to maximise, parameters to minimise
std::set<Pair> true_front() {
  std::set<Pair> all, front;
  for_each_architecture<Space>(
      [&](const auto& a) { all.emplace(quality(a), static_cast<double>(params.profile(a).value())); });
  for (const Pair& p : all) {
    const bool beaten = std::any_of(all.begin(), all.end(), [&](const Pair& q) {
      return q != p && q.first >= p.first && q.second <= p.second;
    });
    if (!beaten) front.insert(p);
  }
  return front;
}

TEST(Nsga2, FindsMostOfTheTrueFront) {
  Nsga2<Space> search{{.objectives = {{"quality", Goal::maximise}, {"params", Goal::minimise}}, .population = 50}};
  Rng rng{1};
  for (int i = 0; i < 2500; ++i) {
    const auto a = search.ask(rng).value();
    search.tell(a, {{{"quality", quality(a)}, {"params", static_cast<double>(params.profile(a).value())}}, "quality"});
  }
  const auto front = true_front();
  std::set<Pair> found;
  for (const auto& member : search.front()) {
    if (front.contains({-member.point[0], member.point[1]})) found.emplace(-member.point[0], member.point[1]);
  }
  EXPECT_GE(found.size() * 10, front.size() * 8) << found.size() << " of " << front.size();
}

TEST(Nondominated, RanksAndDistancesOfAKnownSet) {
  const std::vector<Point> points{{1, 5}, {2, 3}, {4, 1}, {3, 4}, {5, 5}};
  EXPECT_EQ(nondominated_ranks(points), (std::vector<std::size_t>{0, 0, 0, 1, 2}));
  const auto distances = crowding_distances(std::span{points}.first(3));
  EXPECT_TRUE(std::isinf(distances[0]) && std::isinf(distances[2]));
  EXPECT_DOUBLE_EQ(distances[1], 2.0);  // (4 - 1)/3 + (5 - 1)/4
}

}  // namespace convergence_test
