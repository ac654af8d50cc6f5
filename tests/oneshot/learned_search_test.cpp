// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Searches with architecture parameters: what they find, that runs repeat, that constraints hold.
#include "hwnas/oneshot/learned_search.hpp"

#include <gtest/gtest.h>

#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/oneshot/darts.hpp"
#include "hwnas/oneshot/enas.hpp"
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/fairnas.hpp"
#include "hwnas/oneshot/gumbel_darts.hpp"
#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/oneshot/proxylessnas.hpp"
#include "hwnas/oneshot/sample_penalty.hpp"
#include "hwnas/oneshot/spos.hpp"
#include "hwnas/profile/profilers.hpp"
#include "oneshot/small_space.hpp"
#include "train/support.hpp"

namespace hwnas {
namespace learned_search_test {

using oneshot_test::Space;
constexpr FlopsProfiler<Space> flops;

// Whoever chooses a Zero cannot tell the classes apart: a = 1, b = 0 is best.
using Planted = Input<Sequential<Conv<Kernel<3>, Out<4>>, Named<"a", LayerChoice<Zero, Conv3x3>>,
                                 Named<"b", LayerChoice<Conv3x3, Zero>>, Flatten, Linear<2>>,
                      Shape{1, 8, 8}>;

static_assert(SearchPolicy<ProxylessNas<Gradient>, Space>);
static_assert(SearchPolicy<ProxylessNas<Reinforce>, Space>);
static_assert(SearchPolicy<Darts, Space>);
static_assert(SearchPolicy<GumbelDarts, Space>);
static_assert(!SearchPolicy<Spos<Space>, Space>);

const ArchitectureOptions quick{.rate = 0.1};
const EnasOptions quick_enas{.architecture = {.rate = 0.02, .beta1 = 0.9}, .samples = 4,
                             .controller = {.hidden = 16, .temperature = 1}};
const TrainOptions training{.schedule = CosineRate{.rate = 0.05}};

template <class... Parts> void expect_finds_the_planted(Parts... parts) {
  torch::manual_seed(1);
  Supernet<Planted> supernet;
  OneShot search{supernet, parts...};
  const Loader train = oneshot_test::loader(64, true), validation = oneshot_test::loader(64, true);
  const auto found = search.fit({train, validation}, {.epochs = 12, .warmup_epochs = 2, .train = training}, Rng{5});
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(fmt::format("{}", found->best.architecture), "a=1 b=0");
  EXPECT_GT(found->best.score(), 0.9);
  EXPECT_EQ(search.strategy().history().size(), 40U);
}

TEST(ProxylessNas, FindsThePlantedNetwork) {
  expect_finds_the_planted(ProxylessNas{ProxylessNasOptions{.architecture = quick}});
}
TEST(ProxylessNas, FindsThePlantedNetworkWithAllPaths) {
  expect_finds_the_planted(
      ProxylessNas{ProxylessNasOptions{.architecture = quick, .paths = ProxylessNasOptions::Paths::all}});
}
TEST(ProxylessNasReinforce, FindsThePlantedNetwork) {
  expect_finds_the_planted(ProxylessNas<Reinforce>{{.architecture = quick, .samples = 4}});
}
TEST(Enas, FindsThePlantedNetwork) { expect_finds_the_planted(Enas{quick_enas}); }
TEST(Darts, FindsThePlantedNetwork) { expect_finds_the_planted(Darts{{.architecture = quick}}); }
TEST(GumbelDarts, FindsThePlantedNetwork) { expect_finds_the_planted(GumbelDarts{{.architecture = quick}}); }

TEST(GumbelDarts, CoolsLinearly) {
  const GumbelDarts gumbel;
  EXPECT_DOUBLE_EQ(gumbel.temperature(0), 1.0);
  EXPECT_DOUBLE_EQ(gumbel.temperature(0.5), 0.665);
  EXPECT_DOUBLE_EQ(gumbel.temperature(1), 0.33);
}

/// Five milliseconds an operator.
struct Slow {
  using key = OperatorKey;
  [[nodiscard]] Result<Milliseconds> predict(const OperatorKey& key) const {
    return Milliseconds{5.0 + key.text().size() % 7};
  }
};

// As in the documentation: nothing but a supernet, a policy and a penalty.
TEST(OneShot, TakesAPolicyAndItsTerms) {
  torch::manual_seed(1);
  Supernet<Space> supernet;
  const LatencyProfiler<Space, Slow> latency{Slow{}};
  const Milliseconds middle{(latency.range().min.value() + latency.range().max.value()) / 2};
  OneShot search{supernet, ProxylessNas{}, ExpectationPenalty{latency, middle, MulLog{.alpha = 0.2, .beta = 0.3}}};
  const Loader train = oneshot_test::loader(32, true), validation = oneshot_test::loader(32, false);
  const OneShotData data{train, validation};
  auto best = search.fit(data, {.epochs = 2, .warmup_epochs = 0});
  ASSERT_TRUE(best.has_value()) << best.error().message;
  ASSERT_EQ(search.strategy().history().size(), 4U);
  for (const ArchitectureStep& step : search.strategy().history()) {
    EXPECT_TRUE(latency.range().contains(Milliseconds{step.costs.at(0)}));
    EXPECT_GT(step.entropy, 0);
  }
}

// What a search has learnt, as numbers: two searches with equal ones are the same.
std::vector<double> numbers_of(auto& strategy) {
  std::vector<double> all(strategy.logits().all().begin(), strategy.logits().all().end());
  for (const auto& step : strategy.history()) {
    all.insert(all.end(), {static_cast<double>(step.step), step.penalised, step.entropy});
  }
  for (const WeightStep& step : strategy.weight_history()) {
    all.insert(all.end(), {static_cast<double>(step.step), step.loss});
  }
  if constexpr (requires { strategy.policy().parameters(); }) {
    for (const auto& p : strategy.policy().parameters()) all.push_back(p.sum().template item<double>());
  }
  return all;
}

template <class... Parts> std::vector<double> history_of(Parts... parts) {
  torch::manual_seed(1);
  Supernet<Space> supernet;
  OneShot search{supernet, parts...};
  const Loader train = oneshot_test::loader(48, true), validation = oneshot_test::loader(32, true);
  EXPECT_TRUE(search.fit({train, validation}, {.epochs = 2, .train = training}, Rng{5}).has_value());
  return numbers_of(search.strategy());
}

TEST(LearnedSearch, RunsAreAFunctionOfTheSeed) {
  torch::set_num_threads(1);
  const ExpectationPenalty penalty{flops, Flops{30'000}, AddLinear{.lambda = 0.5}};
  EXPECT_EQ(history_of(ProxylessNas{}, penalty), history_of(ProxylessNas{}, penalty));
  EXPECT_EQ(history_of(ProxylessNas<Reinforce>{{.samples = 3}}), history_of(ProxylessNas<Reinforce>{{.samples = 3}}));
  EXPECT_EQ(history_of(GumbelDarts{}, penalty), history_of(GumbelDarts{}, penalty));
  EXPECT_EQ(history_of(Enas{quick_enas}), history_of(Enas{quick_enas}));
}

// Stopped in the middle of an epoch and resumed in new objects: the same bits as without.
template <class... Parts> void expect_resumes_bit_for_bit(Parts... parts) {
  const test::TemporaryFolder folder;
  const Loader train = oneshot_test::loader(64, true), validation = oneshot_test::loader(48, true);
  const auto run = [&](OneShotOptions how, int stop_after) {
    torch::manual_seed(how.resume ? 77 : 1);
    Supernet<Space> supernet;
    OneShot search{supernet, parts...};
    int steps = 0;
    how.train.stop = [&steps, stop_after] { return ++steps == stop_after; };
    const auto done = search.train({train, validation}, how, Rng{how.resume ? 99U : 5U});
    EXPECT_EQ(done.has_value(), stop_after == 0);
    std::vector<double> numbers;
    if constexpr (requires { search.strategy().logits(); }) numbers = numbers_of(search.strategy());
    for (const auto& p : supernet.parameters()) numbers.push_back(p.sum().template item<double>());
    return numbers;
  };
  OneShotOptions how{.epochs = 3, .warmup_epochs = 1, .train = training};
  const auto whole = run(how, 0);
  how.train.checkpoint = {.path = folder / "search.state", .identity = "test"};
  static_cast<void>(run(how, 6));
  how.resume = true;
  EXPECT_EQ(run(how, 0), whole);
}

TEST(LearnedSearch, ResumedRunsEndWithTheSameBits) {
  torch::set_num_threads(1);
  expect_resumes_bit_for_bit(ProxylessNas{ProxylessNasOptions{.architecture = quick}},
                             ExpectationPenalty{flops, Flops{30'000}, DualAscent{}});
  expect_resumes_bit_for_bit(
      ProxylessNas<Reinforce>{
          {.architecture = quick, .samples = 3, .baseline = ProxylessNasOptions::Baseline::moving_average}},
      SamplePenalty{flops, Flops{30'000}, AbsoluteReward{}}, HardConstraint{flops, Flops{40'000}});
  EnasOptions enas = quick_enas;
  enas.baseline = RewardBaseline::Kind::moving_average;
  expect_resumes_bit_for_bit(Enas{enas}, SamplePenalty{flops, Flops{30'000}, DualAscent{}},
                             HardConstraint{flops, Flops{40'000}});
  const ExpectationPenalty penalty{flops, Flops{30'000}, AddLinear{.lambda = 0.5}};
  expect_resumes_bit_for_bit(Darts{{.architecture = quick}}, penalty);
  expect_resumes_bit_for_bit(Darts{{.architecture = quick, .order = DartsOptions::Order::second}}, penalty);
  expect_resumes_bit_for_bit(GumbelDarts{{.architecture = quick}}, penalty);
  expect_resumes_bit_for_bit(Spos<Space>{});
  expect_resumes_bit_for_bit(FairNas<Space>{});
}

// Four batches an epoch, of which the first one's are weights alone.
TEST(LearnedSearch, KeepsTheLossesOfEveryStep) {
  torch::manual_seed(1);
  Supernet<Space> supernet;
  OneShot search{supernet, ProxylessNas{ProxylessNasOptions{.architecture = {.rate = 0.1, .every = 2}}}};
  const Loader train = oneshot_test::loader(64, true), validation = oneshot_test::loader(48, true);
  OneShotOptions how{.epochs = 3, .warmup_epochs = 1, .train = training};
  std::vector<double> losses;
  how.train.on_step = [&](const StepReport& report) { losses.push_back(report.loss); };
  ASSERT_TRUE(search.train({train, validation}, how, Rng{5}).has_value());
  const auto& weights = search.strategy().weight_history();
  ASSERT_EQ(weights.size(), 12U);
  ASSERT_EQ(losses.size(), 12U);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    EXPECT_EQ(weights[i].step, static_cast<std::int64_t>(i));
    EXPECT_EQ(weights[i].loss, losses[i]);
  }
  std::vector<std::int64_t> steps;
  for (const ArchitectureStep& step : search.strategy().history()) steps.push_back(step.step);
  EXPECT_EQ(steps, (std::vector<std::int64_t>{4, 6, 8, 10}));
}

/// Checks every path that the supernet runs.
template <class Policy> void expect_keeps(Policy policy, Flops budget, bool samples) {
  torch::manual_seed(2);
  Supernet<Space> supernet;
  OneShot search{supernet, policy, HardConstraint{flops, budget}};
  const Loader train = oneshot_test::loader(32, true), validation = oneshot_test::loader(32, false);
  const auto found = search.fit({train, validation}, {.epochs = 1}, Rng{3}).value();
  EXPECT_LE(flops.profile(found.best.architecture), budget);
  Rng rng{4};
  const auto draw = [&] {
    if constexpr (HasOwnDistribution<Policy, Space>) {
      return search.strategy().policy().draw(search.strategy().inside(), rng);
    } else {
      return search.strategy().inside().draw(rng);
    }
  };
  for (int i = 0; samples && i < 1000; ++i) ASSERT_LE(flops.profile(draw()), budget);
}

TEST(HardConstraint, HoldsForWhatIsChosenAlways) {
  for (const Flops budget : {flops.range().min, Flops{20'000}, Flops{40'000}}) {
    expect_keeps(ProxylessNas{}, budget, true);
    expect_keeps(ProxylessNas<Reinforce>{{.samples = 2}}, budget, true);
    expect_keeps(Enas{quick_enas}, budget, true);
    expect_keeps(Darts{}, budget, false);
    expect_keeps(GumbelDarts{}, budget, false);
  }
}

TEST(HardConstraint, ThatNothingMeetsIsRefusedBeforeTraining) {
  Supernet<Space> supernet;
  EXPECT_THROW((OneShot{supernet, ProxylessNas{}, HardConstraint{flops, Flops{1}}}), Error);
}

/// Dearer is better, and no network is asked: what a policy of one's own looks like.
struct Analytic {
  static constexpr bool differentiable = true;
  [[nodiscard]] ArchitectureOptions architecture() const { return {.rate = 0.05}; }
  [[nodiscard]] torch::Tensor weight_loss(const PolicyRun<Space>&, const Batch&, Rng&) const {
    return torch::zeros({});
  }
  [[nodiscard]] Estimate<Space> estimate(const PolicyRun<Space>& run, const Batch&, Rng&, const Reward<Space>&) const {
    const auto& p = run.inside.probabilities();
    auto by_p = flops.expected_gradient(p);
    for (double& x : by_p.all()) x *= -1e-4;
    return {.loss = 5 - 1e-4 * flops.expected(p).value(), .by_logits = softmax_gradient(p, by_p)};
  }
};

TEST(DualAscent, EndsAtTheReference) {
  Supernet<Space> supernet;
  const Loader train = oneshot_test::loader(64, true), validation = oneshot_test::loader(64, false);
  for (const std::int64_t reference : {15'000, 25'000, 35'000}) {
    OneShot search{supernet, Analytic{}, ExpectationPenalty{flops, Flops{reference}, DualAscent{.rate = 0.2}}};
    ASSERT_TRUE(search.train({train, validation}, {.epochs = 300}, Rng{1}).has_value());
    EXPECT_NEAR(search.strategy().history().back().costs.at(0), static_cast<double>(reference),
                0.05 * static_cast<double>(reference));
  }
}

}  // namespace learned_search_test
}  // namespace hwnas
