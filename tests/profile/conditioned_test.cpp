// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/profile/conditioned.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/enumerate.hpp"
#include "hwnas/zoo/small.hpp"
#include "space/random_types.hpp"

namespace hwnas {
namespace conditioned_test {

template <class Space> Probabilities<Space> random_probabilities(Rng& rng, double sharpness) {
  Probabilities<Space> p;
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    double sum = 0;
    for (double& x : p[d]) sum += x = std::exp(sharpness * rng.uniform());
    for (double& x : p[d]) x /= sum;
  }
  return p;
}

template <class Space> double probability(const Probabilities<Space>& p, const Architecture<Space>& a) {
  double product = 1;
  for_each_active_choice(a, [&](std::size_t d, int v) { product *= p[d][static_cast<std::size_t>(v)]; });
  return product;
}

/// What a constrained space is, by looking at every architecture.
template <class Space> struct Truth {
  double total = 0;
  double best = 0;
  Probabilities<Space> met{};
  std::vector<Architecture<Space>> members{};

  Truth(const Probabilities<Space>& p, auto&& allowed) {
    for_each_architecture<Space>([&](const Architecture<Space>& a) {
      if (!allowed(a)) return;
      const double weight = probability(p, a);
      members.push_back(a);
      total += weight;
      best = std::max(best, weight);
      for_each_active_choice(a, [&](std::size_t d, int v) { met[d][static_cast<std::size_t>(v)] += weight; });
    });
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      for (double& x : met[d]) x /= total;
    }
  }
};

template <class Space>
void expect_truth(Conditioned<Space>& inside, const Probabilities<Space>& p, const Truth<Space>& truth) {
  inside.set(p);
  RC_ASSERT(inside.is_exact());
  RC_ASSERT(std::abs(inside.log_total().upper - std::log(truth.total)) < 1e-9);
  RC_ASSERT(std::abs(probability(p, inside.most_probable()) - truth.best) <= 1e-12 * truth.best);
  const auto met = inside.met();
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    for (std::size_t v = 0; v < p[d].size(); ++v) RC_ASSERT(std::abs(met[d][v] - truth.met[d][v]) < 1e-9);
  }
  double sum = 0;
  for (const auto& a : truth.members) sum += std::exp(inside.log_probability(a));
  RC_ASSERT(std::abs(sum - 1) < 1e-9);
}

template <class Space> void check(std::uint64_t seed, std::int64_t memory) {
  const FlopsProfiler<Space> flops;
  const MemoryProfiler<Space> peak;
  Rng rng{seed};
  const auto p = random_probabilities<Space>(rng, 6);
  std::vector<Flops> costs;
  for_each_architecture<Space>([&](const Architecture<Space>& a) { costs.push_back(flops.profile(a)); });
  const Flops one = costs[rng.below(costs.size())], other = costs[rng.below(costs.size())];
  const Flops lo = std::min(one, other), hi = std::max(one, other);
  auto range = Conditioned<Space>::make(DrawOptions{.memory = memory}, RangeProfilerFilter{flops, lo, hi}).value();
  expect_truth(range, p,
               Truth<Space>{p, [&](const auto& a) { return lo <= flops.profile(a) && flops.profile(a) <= hi; }});

  const Bytes limit = peak.profile(Uniform<Space>{}(rng));
  auto both = Conditioned<Space>::make(DrawOptions{.memory = memory}, HardConstraint{peak, limit},
                                       HardConstraint{flops, flops.range().max})
                  .value();
  expect_truth(both, p, Truth<Space>{p, [&](const auto& a) { return peak.profile(a) <= limit; }});
}

RC_GTEST_PROP(Conditioned, AgreesWithEnumeration, (std::uint64_t seed)) {
  check<random_types::Space0>(seed, std::int64_t{1} << 20);
  check<random_types::Space6>(seed, std::int64_t{1} << 20);
}
RC_GTEST_PROP(Conditioned, AgreesWithEnumerationWhereTheGridIsCoarse, (std::uint64_t seed)) {
  check<random_types::Space0>(seed, 1 << 9);
  check<random_types::Space18>(seed, 1 << 9);
}

using Small = Input<
    Sequential<Named<"a", LayerChoice<Conv<Kernel<3>>, Conv<Kernel<5>>, Identity>>,
               Named<"b", LayerChoice<Sequential<Conv3x3, Named<"c", LayerChoice<Conv<Kernel<1>>, Conv<Kernel<3>>>>>,
                                      Identity>>,
               Named<"d", LayerChoice<Conv<Kernel<1>>, Conv<Kernel<3>>, Identity>>>,
    Shape{4, 8, 8}>;

TEST(Conditioned, DrawsAsOftenAsItSays) {
  const FlopsProfiler<Small> flops;
  Rng rng{5};
  for (const std::int64_t memory : {std::int64_t{1} << 24, std::int64_t{1} << 8}) {
    auto inside = Conditioned<Small>::make(DrawOptions{.memory = memory}, HardConstraint{flops, 20_kFLOPs}).value();
    inside.set(random_probabilities<Small>(rng, 2));
    std::map<Architecture<Small>, int> seen;
    constexpr int draws = 20'000;
    for (int i = 0; i < draws; ++i) ++seen[inside.draw(rng)];
    double chi_square = 0;
    int members = 0;
    for_each_architecture<Small>([&](const Architecture<Small>& a) {
      if (!inside.contains(a)) return;
      const double expected = draws * std::exp(inside.log_probability(a));
      chi_square += (seen[a] - expected) * (seen[a] - expected) / expected;
      ++members;
    });
    EXPECT_EQ(static_cast<int>(seen.size()), members);
    ASSERT_GT(members, 5);
    EXPECT_LT(chi_square, members - 1 + 4 * std::sqrt(2.0 * (members - 1)));
  }
}

TEST(Conditioned, ScoreIsTheGradientOfTheLogProbability) {
  const FlopsProfiler<Small> flops;
  auto inside = Conditioned<Small>::make(HardConstraint{flops, 20_kFLOPs}).value();
  Rng rng{6};
  Probabilities<Small> logits;
  for (std::size_t d = 0; d < decision_total<Small>; ++d) {
    for (double& x : logits[d]) x = rng.uniform();
  }
  const auto softmax = [&] {
    Probabilities<Small> p;
    for (std::size_t d = 0; d < decision_total<Small>; ++d) {
      double sum = 0;
      for (std::size_t v = 0; v < p[d].size(); ++v) sum += p[d][v] = std::exp(logits[d][v]);
      for (double& x : p[d]) x /= sum;
    }
    return p;
  };
  inside.set(softmax());
  const auto a = inside.draw(rng);
  const auto score = inside.score(a);
  for (std::size_t d = 0; d < decision_total<Small>; ++d) {
    for (double& x : logits[d]) {
      const double before = x, h = 1e-5;
      x = before + h;
      inside.set(softmax());
      const double above = inside.log_probability(a);
      x = before - h;
      inside.set(softmax());
      const double below = inside.log_probability(a);
      x = before;
      EXPECT_NEAR(score[d][static_cast<std::size_t>(&x - logits[d].data())], (above - below) / (2 * h), 1e-7);
    }
  }
}

TEST(Conditioned, WithoutConstraintsIsTheProductOfItsDecisions) {
  Conditioned<Small> free;
  Rng rng{7};
  const auto p = random_probabilities<Small>(rng, 2);
  free.set(p);
  EXPECT_NEAR(free.log_total().upper, 0, 1e-12);
  const auto a = free.draw(rng);
  EXPECT_NEAR(free.log_probability(a), std::log(probability(p, a)), 1e-12);
}

TEST(Conditioned, InfeasibleBudgetNamesWhatIsNearest) {
  const FlopsProfiler<Small> flops;
  const auto none = Conditioned<Small>::make(RangeProfilerFilter{flops, 1_FLOPs, 2_FLOPs});
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, Error::Code::infeasible);
  EXPECT_NE(none.error().message.find("nearest reachable"), std::string::npos);
}

// Few enough cells that rounding matters, and far too many networks to list.
TEST(Conditioned, HoldsAtABudgetThatOneInTwentyThousandMeets) {
  using Space = zoo::small::ProxylessNas;
  const FlopsProfiler<Space> flops;
  const Flops budget{1'450'000};
  ASSERT_LT(count_within(flops, 0_FLOPs, budget).upper.low() * 20'000, space_size<Space>.low());
  for (const std::int64_t memory : {std::int64_t{64} << 20, std::int64_t{1} << 16}) {
    auto inside = Conditioned<Space>::make(DrawOptions{.memory = memory}, HardConstraint{flops, budget}).value();
    Rng rng{8};
    inside.set(random_probabilities<Space>(rng, 4));
    for (int i = 0; i < 20'000; ++i) ASSERT_LE(flops.profile(inside.draw(rng)), budget);
    EXPECT_LE(flops.profile(inside.most_probable()), budget);
  }
}

TEST(Conditioned, NoneOfAHundredThousandDrawsExceedsABudgetThatOneInAHundredThousandMeets) {
  using Space = zoo::ProxylessNas;
  const FlopsProfiler<Space> flops;
  const Flops budget{213'000'000};
  ASSERT_LT(count_within(flops, 0_FLOPs, budget).upper.low() * 100'000, space_size<Space>.low());
  auto inside = Conditioned<Space>::make(DrawOptions{.memory = 1 << 20}, HardConstraint{flops, budget}).value();
  Rng rng{11};
  inside.set(random_probabilities<Space>(rng, 4));
  for (int i = 0; i < 100'000; ++i) ASSERT_LE(flops.profile(inside.draw(rng)), budget);
}

// A search that has learnt to want what costs just too much, and a grid that cannot tell.
TEST(Conditioned, DrawsFromTheRestWhereAlmostAllProbabilityIsJustOutside) {
  using Space = zoo::small::ProxylessNas;
  const FlopsProfiler<Space> flops;
  Rng rng{10};
  for (int i = 0; i < 5; ++i) {
    const auto wanted = Uniform<Space>{}(rng);
    auto inside = Conditioned<Space>::make(DrawOptions{.memory = 1 << 15},
                                           HardConstraint{flops, Flops{flops.profile(wanted).value() - 1}}).value();
    Probabilities<Space> p;
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      for (double& x : p[d]) x = 1e-6;
      p[d][static_cast<std::size_t>(wanted[d])] = 1 - 1e-6 * static_cast<double>(p[d].size() - 1);
    }
    inside.set(p);
    for (int k = 0; k < 200; ++k) EXPECT_TRUE(inside.contains(inside.draw(rng)));
    EXPECT_TRUE(inside.contains(inside.most_probable()));
  }
}

TEST(Conditioned, DrawsAreAFunctionOfWhatIsKnownOutside) {
  using Space = zoo::small::ProxylessNas;
  const FlopsProfiler<Space> flops;
  Rng rng{10};
  const auto wanted = Uniform<Space>{}(rng);
  Probabilities<Space> p;
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    for (double& x : p[d]) x = 0.1 / static_cast<double>(p[d].size());
    p[d][static_cast<std::size_t>(wanted[d])] += 0.9;
  }
  const auto make = [&] {
    return Conditioned<Space>::make(DrawOptions{.memory = 1 << 15},
                                    HardConstraint{flops, Flops{flops.profile(wanted).value() - 1}}).value();
  };
  auto inside = make(), other = make(), ignorant = make();
  inside.set(p);
  for (int i = 0; i < 200; ++i) static_cast<void>(inside.draw(rng));
  ASSERT_FALSE(inside.known_outside().empty());
  other.set_known_outside(inside.known_outside());
  EXPECT_EQ(other.known_outside(), inside.known_outside());
  for (auto* one : {&inside, &other, &ignorant}) one->set(p);
  Rng same = rng, also = rng;
  bool differs = false;
  for (int i = 0; i < 500; ++i) {
    const auto a = inside.draw(rng);
    ASSERT_EQ(a, other.draw(same)) << i;
    differs = differs || a != ignorant.draw(also);
  }
  EXPECT_TRUE(differs) << "it must matter";
}

TEST(Conditioned, BoundsHoldWhereTheGridIsCoarse) {
  using Space = zoo::small::ProxylessNas;
  const FlopsProfiler<Space> flops;
  Rng rng{9};
  const auto p = random_probabilities<Space>(rng, 4);
  auto exact = Conditioned<Space>::make(HardConstraint{flops, 5_MFLOPs}).value();
  auto coarse = Conditioned<Space>::make(DrawOptions{.memory = 1 << 15}, HardConstraint{flops, 5_MFLOPs}).value();
  exact.set(p);
  coarse.set(p);
  ASSERT_TRUE(exact.is_exact());
  ASSERT_FALSE(coarse.is_exact());
  EXPECT_LE(coarse.log_total().lower, exact.log_total().upper);
  EXPECT_GE(coarse.log_total().upper, exact.log_total().upper);
  EXPECT_EQ(coarse.most_probable(), exact.most_probable());
  for (int i = 0; i < 2'000; ++i) EXPECT_TRUE(exact.contains(coarse.draw(rng)));
}

}  // namespace conditioned_test
}  // namespace hwnas
