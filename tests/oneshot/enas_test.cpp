// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  ENAS's controller as a distribution; what searches with it find is in learned_search_test.cpp.
#include "hwnas/oneshot/enas.hpp"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/enumerate.hpp"
#include "hwnas/zoo/small.hpp"
#include "oneshot/small_space.hpp"

namespace hwnas {
namespace enas_test {

using oneshot_test::Space;
constexpr FlopsProfiler<Space> flops;
constexpr ParamsProfiler<Space> params;

static_assert(SearchPolicy<Enas, Space> && HasOwnDistribution<Enas, Space>);

// Weights large enough that the distribution is far from uniform.
const EnasOptions pointed{
    .samples = 3, .entropy = 0, .gradient_norm = 0, .controller = {.hidden = 8, .initial_range = 2}};

/// Without, with one, and with two budgets.
std::vector<Conditioned<Space>> budgets() {
  std::vector<Conditioned<Space>> all(1);
  all.push_back(Conditioned<Space>::make(HardConstraint{flops, Flops{30'000}}).value());
  all.push_back(Conditioned<Space>::make(DrawOptions{.memory = 1 << 9},
                                         RangeProfilerFilter{flops, Flops{15'000}, Flops{40'000}},
                                         HardConstraint{params, Params{700}})
                    .value());
  return all;
}

TEST(Enas, DrawsFromExactlyWhatIsInsideAsOftenAsItSays) {
  for (const auto& inside : budgets()) {
    Enas enas{pointed};
    enas.begin(inside, Rng{1});
    Rng rng{2};
    std::map<Architecture<Space>, int> seen;
    constexpr int draws = 3'000;
    for (int i = 0; i < draws; ++i) ++seen[enas.draw(inside, rng)];
    double total = 0, chi_square = 0, rare = 0;
    int members = 0, rarely = 0;
    for_each_architecture<Space>([&](const Architecture<Space>& a) {
      if (!inside.contains(a)) {
        EXPECT_EQ(seen.count(a), 0U);
        return;
      }
      const double p = std::exp(enas.log_probability(inside, a)), expected = draws * p;
      total += p;
      if (expected < 5) {  // together, as the chi-square distribution needs
        rare += expected;
        rarely += seen[a];
        return;
      }
      chi_square += (seen[a] - expected) * (seen[a] - expected) / expected;
      ++members;
    });
    EXPECT_NEAR(total, 1, 1e-5);
    ASSERT_GT(members, 3);
    EXPECT_LT(chi_square, members + 4 * std::sqrt(2.0 * members));
    EXPECT_NEAR(rarely, rare, 5 * std::sqrt(rare) + 1);
  }
}

// The few architectures behind a candidate that nearly uses up a budget must not be drawn as often as the many behind others.
TEST(Enas, DrawsAnUntrainedControllersPathsGivenThatTheyEndInside) {
  const auto inside = budgets()[1];
  Enas enas{{.controller = {.hidden = 8, .initial_range = 1e-6}}};
  enas.begin(inside, Rng{1});
  for_each_architecture<Space>([&](const Architecture<Space>& a) {
    if (!inside.contains(a)) return;
    EXPECT_NEAR(enas.log_probability(inside, a), inside.log_probability(a), 1e-4);  // whose probabilities are uniform
  });
}

TEST(Enas, ChoosesTheMostProbableInside) {
  for (const auto& inside : budgets()) {
    Enas enas{pointed};
    enas.begin(inside, Rng{7});
    const double chosen = enas.log_probability(inside, enas.most_probable(inside));
    for_each_architecture<Space>([&](const Architecture<Space>& a) {
      if (!inside.contains(a)) return;
      EXPECT_LE(enas.log_probability(inside, a), chosen + 1e-5);
    });
  }
}

TEST(Enas, NarrowSearchForTheMostProbableStaysInside) {
  using Big = zoo::small::ProxylessNas;
  const FlopsProfiler<Big> cost;
  const auto inside =
      Conditioned<Big>::make(DrawOptions{.memory = 1 << 16}, HardConstraint{cost, Flops{1'450'000}}).value();
  Enas enas{{.width = 2}};
  enas.begin(inside, Rng{1});
  EXPECT_LE(cost.profile(enas.most_probable(inside)), Flops{1'450'000});
  Rng rng{2};
  for (int i = 0; i < 5'000; ++i) ASSERT_LE(cost.profile(enas.draw(inside, rng)), Flops{1'450'000});
}

double reward_of(const Architecture<Space>& a) {
  double value = 3;
  for_each_active_choice(
      a, [&](std::size_t d, int v) { value += static_cast<double>((d + 2) * static_cast<std::size_t>(v) % 5); });
  return value;
}

// Leave-one-out REINFORCE through the controller: its mean must be the gradient of the expected reward, by enumeration.
TEST(Enas, GradientIsUnbiasedInsideABudget) {
  const auto inside = budgets()[1];
  Enas enas{pointed};
  enas.begin(inside, Rng{3});
  const auto gradient = [&] {
    std::vector<torch::Tensor> all;
    for (const auto& p : enas.parameters()) all.push_back(p.grad().flatten());
    return torch::cat(all).to(torch::kFloat64);
  };
  std::vector<std::pair<Architecture<Space>, double>> members;
  for_each_architecture<Space>([&](const Architecture<Space>& a) {
    if (inside.contains(a)) members.emplace_back(a, std::exp(enas.log_probability(inside, a)));
  });
  double mean = 0;
  for (const auto& [a, p] : members) mean += p * reward_of(a);
  // d E[reward] = sum of p (reward - mean) d log p, on a controller of the same weights.
  LstmPolicyOptions same = pointed.controller;
  same.seed += Rng{3}.below(std::uint64_t{1} << 32);
  LstmPolicy twin{candidates_of<Space>, same};
  std::vector<PolicySequence> sequences;
  std::vector<double> weights;
  for (const auto& [a, p] : members) {
    sequences.push_back(sequence_of(twin, inside.paths(), a));
    weights.push_back(p * (reward_of(a) - mean));
  }
  (-(torch::tensor(weights, torch::kFloat32).unsqueeze(1) * twin.likelihood(sequences).log_probability).sum())
      .backward();
  std::vector<torch::Tensor> all;
  for (const auto& p : twin.parameters()) all.push_back(p.grad().flatten());
  const torch::Tensor truth = torch::cat(all).to(torch::kFloat64);

  torch::Tensor sum = torch::zeros_like(truth), squares = torch::zeros_like(truth);
  constexpr int updates = 2'000;
  Rng rng{4};
  for (int i = 0; i < updates; ++i) {
    std::vector<Architecture<Space>> samples;
    std::vector<double> rewards;
    for (int k = 0; k < 3; ++k) {
      samples.push_back(enas.draw(inside, rng));
      rewards.push_back(reward_of(samples.back()));
    }
    enas.policy_gradient(inside, samples, rewards);
    const torch::Tensor one = gradient();
    sum += one;
    squares += one * one;
  }
  const torch::Tensor found = sum / updates,
                      error = ((squares / updates - found * found).clamp_min(0) / updates).sqrt();
  EXPECT_LT(((found - truth).abs() - 5 * error).max().item<double>(), 1e-6);
  EXPECT_GT(truth.abs().max().item<double>(), 20 * error.mean().item<double>());  // or nothing was tested
}

TEST(Enas, RefusesOneSample) { EXPECT_THROW(Enas{{.samples = 1}}, Error); }

}  // namespace enas_test
}  // namespace hwnas
