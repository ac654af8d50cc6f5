// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/oneshot/spos.hpp"

#include <set>

#include <gtest/gtest.h>

#include "hwnas/oneshot/fairnas.hpp"
#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/oneshot/progressive_shrinking.hpp"
#include "hwnas/oneshot/sample_penalty.hpp"
#include "hwnas/profile/profilers.hpp"
#include "oneshot/everything_elastic.hpp"
#include "oneshot/small_space.hpp"
#include "train/support.hpp"

namespace hwnas {
namespace spos_test {

using oneshot_test::Space;
constexpr FlopsProfiler<Space> flops;

static_assert(OneShotStrategy<Spos<Space>>);
static_assert(!OneShotStrategy<Evolution<Space>>);
static_assert(std::is_same_v<RandomOneShot<Space>, Spos<Space>>);

Budgets<Space> cheap() {
  Budgets<Space> budgets;
  budgets.add("FLOPs", flops, Flops{0}, Flops{30'000});
  return budgets;
}

/// Scores without any network, and counts how often it was asked.
struct FakeJudge {
  int* asked;
  Result<Metrics> operator()(const Architecture<Space>& a) const {
    ++*asked;
    return Metrics{.values = {{"accuracy", static_cast<double>(flops.profile(a).value() % 97) / 97}, {"loss", 1.0}}};
  }
};

using test::TemporaryFolder;
const SposOptions small_search{.evolution = {.population = 6, .generations = 3, .parents = 3}};

std::vector<Architecture<Space>> proposals(const Choice<Space>& choice) {
  std::vector<Architecture<Space>> all;
  for (const auto& c : choice.candidates) all.push_back(c.architecture);
  return all;
}

TEST(Spos, CandidatesKeepTheBudgetAndAreDistinct) {
  Spos<Space> spos{small_search, cheap()};
  int asked = 0;
  Rng rng{1};
  const auto choice = spos.choose(FakeJudge{&asked}, rng).value();
  const auto all = proposals(choice);
  EXPECT_EQ(asked, static_cast<int>(all.size()));
  EXPECT_EQ(std::set<Architecture<Space>>(all.begin(), all.end()).size(), all.size());
  for (const auto& a : all) EXPECT_LE(flops.profile(a), Flops{30'000});
  for (const auto& c : choice.candidates) EXPECT_LE(c.score(), choice.best.score());
}

TEST(Spos, FilteredTrainingTouchesOnlyWeightsInsideTheBudget) {
  // A budget that exactly the networks without "a" and "b" meet: their blocks must get no gradient.
  Budgets<Space> least;
  least.add("FLOPs", flops, Flops{0}, flops.range().min);
  SposOptions options = small_search;
  options.filter_training = true;
  const Spos<Space> spos{options, least};
  Supernet<Space> supernet;
  Rng rng{2};
  const auto batches = keep_batches(oneshot_test::loader(64, true)).value();
  for (const Batch& batch : batches) spos.step(supernet, batch, rng).backward();
  std::set<void*> used;
  Rng any{3};
  for (const auto& p : supernet.path_parameters(spos.feasible()(any))) used.insert(p.unsafeGetTensorImpl());
  for (const auto& p : supernet.parameters()) EXPECT_EQ(p.grad().defined(), used.contains(p.unsafeGetTensorImpl()));
}

// A first stage left candidates out: their weights get no gradient, whatever budget the search keeps.
TEST(Spos, TrainsInsideTheLimitsItIsGiven) {
  CandidateMask<Space> mask;
  ASSERT_TRUE(mask.drop(0, 0));
  Budgets<Space> kept;
  kept.keep(mask);
  EXPECT_EQ(kept.text(), "dropped candidates at most 0");
  Spos<Space> spos{small_search, cheap()};
  ASSERT_TRUE(spos.train_inside(kept));
  Supernet<Space> supernet;
  Rng rng{2};
  for (const Batch& batch : keep_batches(oneshot_test::loader(64, true)).value()) {
    spos.step(supernet, batch, rng).backward();
  }
  std::set<void*> used;
  for_each_architecture<Space>([&](const Architecture<Space>& a) {
    if (!mask.allows(a)) return;
    for (const auto& p : supernet.path_parameters(a)) used.insert(p.unsafeGetTensorImpl());
  });
  std::size_t left_out = 0;
  for (const auto& p : supernet.parameters()) {
    if (used.contains(p.unsafeGetTensorImpl())) continue;
    EXPECT_FALSE(p.grad().defined());
    ++left_out;
  }
  EXPECT_GT(left_out, 0U);

  Budgets<Space> impossible;
  impossible.add("FLOPs", flops, Flops{0}, Flops{1});
  EXPECT_FALSE(spos.train_inside(impossible));
}

/// The weights of every network that `inside` takes.
std::set<void*> weights_inside(Supernet<Space>& supernet, auto&& inside) {
  std::set<void*> used;
  for_each_architecture<Space>([&](const Architecture<Space>& a) {
    if (!inside(a)) return;
    for (const auto& p : supernet.path_parameters(a)) used.insert(p.unsafeGetTensorImpl());
  });
  return used;
}
void expect_gradients_only(const Supernet<Space>& supernet, const std::set<void*>& used) {
  std::size_t left_out = 0;
  for (const auto& p : supernet.parameters()) {
    if (used.contains(p.unsafeGetTensorImpl())) continue;
    EXPECT_FALSE(p.grad().defined());
    ++left_out;
  }
  EXPECT_GT(left_out, 0U) << "nothing was tested";
}
void run_steps(const Spos<Space>& spos, Supernet<Space>& supernet) {
  Rng rng{2};
  for (int epoch = 0; epoch < 4; ++epoch) {
    for (const Batch& batch : keep_batches(oneshot_test::loader(64, true)).value()) {
      spos.step(supernet, batch, rng).backward();
    }
  }
}
const Flops dear_from{45'000};

TEST(OneShot, GivesSposAConstraintThatNoPathLeaves) {
  Supernet<Space> supernet;
  OneShot search{supernet, Spos<Space>{small_search}, HardConstraint{flops, flops.range().min}};
  static_assert(std::is_same_v<decltype(search), OneShot<Spos<Space>>>);
  run_steps(search.strategy(), supernet);
  expect_gradients_only(supernet,
                        weights_inside(supernet, [](const auto& a) { return flops.profile(a) == flops.range().min; }));
  int asked = 0;
  Rng rng{3};
  const auto choice = search.strategy().choose(FakeJudge{&asked}, rng).value();
  for (const auto& a : proposals(choice)) EXPECT_EQ(flops.profile(a), flops.range().min);
  EXPECT_THROW((OneShot{supernet, Spos<Space>{}, HardConstraint{flops, Flops{1}}}), Error);
}

TEST(OneShot, GivesSposAFilterAndKeepsItWithOtherLimits) {
  const auto inside = [](const Architecture<Space>& a) { return flops.profile(a) >= dear_from; };
  const RangeProfilerFilter filter{flops, dear_from, flops.range().max};
  Supernet<Space> supernet;
  OneShot search{supernet, Spos<Space>{small_search}, filter};
  run_steps(search.strategy(), supernet);
  for (int i = 0; i < 200; ++i) {
    Rng rng{static_cast<std::uint64_t>(i)};
    ASSERT_TRUE(inside(search.strategy().feasible()(rng)));
  }
  // A first stage's limits do not widen it again.
  CandidateMask<Space> mask;
  ASSERT_TRUE(mask.drop(0, 0));
  Budgets<Space> kept;
  kept.keep(mask);
  ASSERT_TRUE(search.strategy().train_inside(kept));
  Supernet<Space> other;
  run_steps(search.strategy(), other);
  expect_gradients_only(other, weights_inside(other, [&](const auto& a) { return inside(a) && mask.allows(a); }));
}

TEST(OneShot, GivesSposAPenaltyOnWhatItChoosesBy) {
  Supernet<Space> supernet;
  const SamplePenalty penalty{flops, Flops{30'000}, AbsoluteReward{.beta = -3}};
  OneShot search{supernet, Spos<Space>{small_search}, penalty};
  int asked = 0;
  Rng rng{3};
  const auto choice = search.strategy().choose(FakeJudge{&asked}, rng).value();
  for (const auto& c : choice.candidates) {
    EXPECT_DOUBLE_EQ(c.score(), penalty(c.metrics.find("accuracy").value(), penalty.cost(c.architecture)));
    EXPECT_LE(c.score(), choice.best.score());
  }
}

TEST(OneShot, GivesPenaltiesToAllThatEvolve) {
  Supernet<Space> supernet;
  const SamplePenalty penalty{flops, Flops{30'000}};
  OneShot fair{supernet, FairNas<Space>{small_search}, penalty};
  OneShot shrinking{supernet,
                    ProgressiveShrinking<Space>{{.phases = oneshot_test::everything_elastic<Space>(),
                                                 .choosing = small_search}},
                    penalty};
  int asked = 0;
  Rng rng{3};
  EXPECT_TRUE(fair.strategy().choose(FakeJudge{&asked}, rng)->best.metrics.find("penalised").has_value());
  EXPECT_TRUE(shrinking.strategy().choose(FakeJudge{&asked}, rng)->best.metrics.find("penalised").has_value());
}

TEST(Spos, StepsAreAFunctionOfTheSeed) {
  const auto batches = keep_batches(oneshot_test::loader(64, true)).value();
  const auto losses = [&](std::uint64_t seed) {
    torch::manual_seed(4);
    Supernet<Space> supernet;
    const Spos<Space> spos;
    Rng rng{seed};
    std::vector<double> all;
    for (const Batch& batch : batches) all.push_back(spos.step(supernet, batch, rng).item<double>());
    return all;
  };
  EXPECT_EQ(losses(1), losses(1));
  EXPECT_NE(losses(1), losses(2));
}

TEST(SearchLog, ResumedSearchAsksOnlyForWhatIsMissingAndEndsTheSame) {
  const TemporaryFolder folder;
  int asked = 0;
  Rng rng{9};
  const auto whole = Spos<Space>{small_search}.choose(FakeJudge{&asked}, rng).value();
  const int all = std::exchange(asked, 0);

  SposOptions kept = small_search;
  kept.log = {.path = folder / "search.state", .identity = "test", .stop = [&] { return asked == 8; }};
  Spos<Space> first{kept};
  Rng again{9};
  const auto stopped = first.choose(FakeJudge{&asked}, again);
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().code, Error::Code::interrupted);

  kept.log.stop = {};
  Spos<Space> second{kept};
  ASSERT_TRUE(second.resume().has_value());
  Rng once_more{9};
  const auto resumed = second.choose(FakeJudge{&asked}, once_more).value();
  EXPECT_EQ(asked, all);
  EXPECT_EQ(proposals(resumed), proposals(whole));
  EXPECT_EQ(resumed.best.architecture, whole.best.architecture);
  EXPECT_EQ(resumed.best.generation, whole.best.generation);
}

TEST(SearchLog, OfAnotherSearchIsRefused) {
  const TemporaryFolder folder;
  SposOptions kept = small_search;
  kept.log = {.path = folder / "search.state", .identity = "one"};
  int asked = 0;
  Rng rng{9};
  ASSERT_TRUE(Spos<Space>{kept}.choose(FakeJudge{&asked}, rng).has_value());
  kept.log.identity = "another";
  const auto refused = Spos<Space>{kept}.resume();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Error::Code::mismatch);
  // The same identity and another seed: the candidates themselves differ.
  kept.log.identity = "one";
  Spos<Space> other{kept};
  ASSERT_TRUE(other.resume().has_value());
  Rng else_where{10};
  EXPECT_EQ(other.choose(FakeJudge{&asked}, else_where).error().code, Error::Code::mismatch);
}

TEST(InheritedWeights, JudgeTheSameNetworkTheSameAtAnyTime) {
  torch::manual_seed(1);
  Supernet<Space> supernet;
  const InheritedWeights<Space> judge{supernet, keep_batches(oneshot_test::loader(64, true)).value(),
                                      keep_batches(oneshot_test::loader(40, false)).value()};
  Rng rng{4};
  const auto a = Uniform<Space>{}(rng), b = Uniform<Space>{}(rng);
  const auto before = judge(a).value();
  static_cast<void>(judge(b).value());
  EXPECT_EQ(judge(a)->values, before.values);
}

TEST(OneShot, FitsAndChoosesANetworkThatHasLearnt) {
  torch::manual_seed(1);
  Supernet<Space> supernet;
  OneShot<Spos<Space>> search{supernet, Spos<Space>{small_search, cheap()}};
  const Loader train = oneshot_test::loader(128, true), validation = oneshot_test::loader(64, false);
  const auto choice = search.fit({train, validation}, {.train = {.epochs = 6}}, Rng{5});
  ASSERT_TRUE(choice.has_value()) << choice.error().message;
  EXPECT_GT(choice->best.score(), 0.9);
  EXPECT_TRUE(cheap().allows(choice->best.architecture));
}

}  // namespace spos_test
}  // namespace hwnas
