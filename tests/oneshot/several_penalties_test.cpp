// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Several penalties in one search: each takes the loss that the one before made.
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/learned_search.hpp"
#include "hwnas/oneshot/planted_network.hpp"
#include "hwnas/oneshot/sample_penalty.hpp"
#include "hwnas/profile/profilers.hpp"
#include "oneshot/small_space.hpp"

namespace hwnas {
namespace several_penalties_test {

using oneshot_test::Space;

/// A constant loss: all slopes are the penalties'. Shows what the optimiser is given.
struct Constant {
  static constexpr bool differentiable = true;
  Probabilities<Space>* seen = nullptr;
  [[nodiscard]] ArchitectureOptions architecture() const { return {}; }
  template <class Network>
  [[nodiscard]] torch::Tensor weight_loss(const PolicyRun<Space, Network>&, const Batch&, Rng&) const {
    return torch::zeros({});
  }
  template <class Network>
  [[nodiscard]] Estimate<Space> estimate(const PolicyRun<Space, Network>&, const Batch&, Rng&,
                                         const Reward<Space>&) const {
    return {.loss = 1.3};
  }
  void settle(const Probabilities<Space>&, Probabilities<Space>&, const Estimate<Space>& estimate) const {
    *seen = estimate.by_logits;
  }
};

template <class P> typename P::unit middle(const P& profiler) {
  const auto [lo, hi] = profiler.range();
  return typename P::unit{(lo.value() + hi.value()) / 2};
}

template <class Policy, class... Terms> auto search_of(Policy policy, Terms... terms) {
  return LearnedSearch<Space, Policy, Terms...>{policy, terms...};
}

TEST(LearnedSearch, PenaltiesOnFlopsParametersAndMemoryApplyOneAfterAnother) {
  const FlopsProfiler<Space> flops;
  const ParamsProfiler<Space> params;
  const MemoryProfiler<Space> memory;
  const ExpectationPenalty by_flops{flops, middle(flops), MulLog{}};
  const ExpectationPenalty by_params{params, middle(params), AddLinear{.lambda = 0.7}};
  const ExpectationPenalty by_memory{memory, middle(memory), MulPower{.exponent = 0.4}};
  Probabilities<Space> seen, logits;
  const auto value = [&] {
    const auto p = softmax(logits);
    const double first = by_flops(1.3, by_flops.expected(p)).value;
    const double second = by_params(first, by_params.expected(p)).value;
    return by_memory(second, by_memory.expected(p)).value;
  };
  auto search = search_of(Constant{&seen}, by_flops, by_params, by_memory);
  PlantedNetwork<Space> network{{}, 0, Rng{1}};
  const Loader loader = network.loader(16);
  const Batch batch = keep_batches(loader).value().front();
  search.begin({.validation = loader, .steps = 5}, Rng{1});
  Rng rng{2};
  for (int step = 0; step < 5; ++step) {
    for (double& x : logits.all()) x = 4 * rng.uniform() - 2;
    search.set_logits(logits);
    const double before = value();
    search.learn(network, batch, batch, rng);
    const ArchitectureStep& report = search.history().back();
    EXPECT_DOUBLE_EQ(report.penalised, before);
    const auto p = softmax(logits);
    EXPECT_EQ(report.costs, (std::vector<double>{by_flops.expected(p).value(), by_params.expected(p).value(),
                                                 by_memory.expected(p).value()}));
    for (std::size_t i = 0; i < logits.all().size(); ++i) {
      const double h = 1e-5, here = logits.all()[i];
      logits.all()[i] = here + h;
      const double above = value();
      logits.all()[i] = here - h;
      const double below = value();
      logits.all()[i] = here;
      EXPECT_NEAR(seen.all()[i], (above - below) / (2 * h), 1e-6) << i;
      EXPECT_NE(seen.all()[i], 0) << i;
    }
  }
}

/// Two paths of the same accuracy.
struct Sampler {
  static constexpr bool differentiable = false;
  [[nodiscard]] ArchitectureOptions architecture() const { return {}; }
  [[nodiscard]] torch::Tensor weight_loss(const PolicyRun<Space>&, const Batch&, Rng&) const { return {}; }
  [[nodiscard]] Estimate<Space> estimate(const PolicyRun<Space>& run, const Batch&, Rng& rng,
                                         const Reward<Space>& reward) const {
    Estimate<Space> result{.loss = 1};
    result.samples = {run.inside.draw(rng), run.inside.draw(rng)};
    for (const auto& a : result.samples) static_cast<void>(reward(a, 0.8));
    return result;
  }
};

// The same on rewards, each time by the sampled architecture's own cost.
TEST(LearnedSearch, PenaltiesOnRewardsApplyOneAfterAnother) {
  const FlopsProfiler<Space> flops;
  const ParamsProfiler<Space> params;
  const SamplePenalty by_flops{flops, middle(flops), MulPower{.exponent = 0.4}};
  const SamplePenalty by_params{params, middle(params), AddLinear{.lambda = 0.7}};
  auto search = search_of(Sampler{}, by_flops, by_params);
  Supernet<Space> network;
  const Loader loader = oneshot_test::loader(16, true);
  const Batch batch = keep_batches(loader).value().front();
  search.begin({.validation = loader, .steps = 5}, Rng{1});
  Rng rng{2}, same{2};
  search.learn(network, batch, batch, rng);
  double rewards = 0, cost = 0;
  for (int k = 0; k < 2; ++k) {
    const auto a = search.inside().draw(same);
    rewards += by_params(by_flops(0.8, by_flops.cost(a)), by_params.cost(a)) / 2;
    cost += by_params.cost(a).value() / 2;
  }
  EXPECT_DOUBLE_EQ(search.history().back().penalised, -rewards);
  EXPECT_DOUBLE_EQ(search.history().back().costs.at(1), cost);
}

}  // namespace several_penalties_test
}  // namespace hwnas
