// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/experiment/experiment.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/search/chain.hpp"
#include "hwnas/search/filter.hpp"
#include "hwnas/search/grid.hpp"
#include "hwnas/search/random.hpp"

namespace experiment_test {

using namespace hwnas;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Block, Block>, Shape{3, 8, 8}>;
constexpr FlopsProfiler<Space> flops;

double multiply_adds(const Architecture<Space>& a) { return static_cast<double>(flops.profile(a).value()); }

std::vector<Trial<Space>> trials_of(auto& experiment) { return experiment.store().trials().value(); }

TEST(Experiment, FindsTheBestOfWhatItTried) {
  Experiment experiment{Random<Space>{}, FunctionEvaluator{multiply_adds}, MemoryStore<Space>{}};
  const auto result = experiment.run({.max_trials = 100, .seed = 3});
  EXPECT_EQ(result.done, 100U);
  double best = 0;
  for (const auto& trial : trials_of(experiment)) best = std::max(best, trial.metrics.score());
  EXPECT_EQ(result.best->metrics.score(), best);
}

TEST(Experiment, HasWorkersTellsOfProgressAndPassesTheTimeOfATrialOn) {
  std::atomic<int> at_once = 0, most = 0;
  struct Slow {
    std::atomic<int>&at_once, &most;
    Result<Metrics> evaluate(const Architecture<Space>& a, const Budget& budget) {
      EXPECT_EQ(budget.time.count(), 7);
      most = std::max<int>(most, ++at_once);
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
      --at_once;
      return Metrics{{{"accuracy", multiply_adds(a)}}};
    }
  };
  Experiment experiment{GridSearch<Space>{}, Slow{at_once, most}, MemoryStore<Space>{}};
  std::vector<std::size_t> ended;
  const auto result = experiment.run({.trial_time = std::chrono::seconds{7},
                                      .workers = 4,
                                      .changed = [&](const TrialRunStatus& s) { ended.push_back(s.done + s.failed); }});
  EXPECT_EQ(result.done, 27U);
  EXPECT_GT(most, 1);
  EXPECT_TRUE(std::ranges::is_sorted(ended));
  EXPECT_EQ(ended.back(), 27U);
}

TEST(Experiment, GoesOnWithWhatItsStoreHolds) {
  Experiment whole{Random<Space>{}, FunctionEvaluator{multiply_adds}, MemoryStore<Space>{}};
  (void)whole.run({.max_trials = 12, .seed = 3});
  Experiment first{Random<Space>{}, FunctionEvaluator{multiply_adds}, MemoryStore<Space>{}};
  (void)first.run({.max_trials = 5, .seed = 3});
  Experiment second{Random<Space>{}, FunctionEvaluator{multiply_adds}, std::move(first.store())};
  EXPECT_EQ(second.run({.max_trials = 12, .resume = true, .seed = 3}).done, 12U);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(trials_of(second)[i].architecture, trials_of(whole)[i].architecture);
}

TEST(Experiment, WhatEvaluatorsThrowOrLeaveOutFailsTheTrial) {
  Experiment throws{GridSearch<Space>{}, FunctionEvaluator{[](const auto&) -> double { throw 42; }}, MemoryStore<Space>{}};
  EXPECT_EQ(throws.run({.max_trials = 2}).failed, 2U);
  EXPECT_EQ(trials_of(throws)[0].reasons.back(), "the evaluator threw something that is no std::exception");
  const auto other = [](const auto&) { return Metrics{.values = {{"top1", 0.5}}, .objective = "accuracy"}; };
  Experiment names{GridSearch<Space>{}, FunctionEvaluator{other}, MemoryStore<Space>{}};
  EXPECT_EQ(names.run({.max_trials = 1}).failed, 1U);
  EXPECT_EQ(trials_of(names)[0].reasons.back(),
            "the evaluator gave nothing for \"accuracy\": expected a finite number");
}

TEST(Experiment, EqualSeedsTryTheSame) {
  const auto tried = [](std::uint64_t seed) {
    Experiment experiment{Random<Space>{}, FunctionEvaluator{multiply_adds}, MemoryStore<Space>{}};
    (void)experiment.run({.max_trials = 20, .seed = seed});
    std::vector<Architecture<Space>> all;
    for (const auto& trial : trials_of(experiment)) all.push_back(trial.architecture);
    return all;
  };
  EXPECT_EQ(tried(5), tried(5));
  EXPECT_NE(tried(5), tried(6));
}

TEST(Filter, LetsOnlyAcceptedArchitecturesThrough) {
  const Flops budget{(flops.range().min.value() + flops.range().max.value()) / 2};
  Experiment experiment{Chain{Random<Space>{}, Filter{[&](const auto& a) { return flops.profile(a) <= budget; }}},
                        FunctionEvaluator{multiply_adds}, MemoryStore<Space>{}};
  (void)experiment.run({.max_trials = 50});
  EXPECT_EQ(trials_of(experiment).size(), 50U);
  for (const auto& trial : trials_of(experiment)) EXPECT_LE(flops.profile(trial.architecture), budget);
}

TEST(Filter, GivesUpWhenNothingIsAccepted) {
  Experiment experiment{Chain{Random<Space>{}, Filter{[](const auto&) { return false; }, 10}},
                        FunctionEvaluator{multiply_adds}, MemoryStore<Space>{}};
  EXPECT_EQ(experiment.run({.max_trials = 50}).done, 0U);
}

TEST(Deduplication, TriesEveryArchitectureOnceAndEnds) {
  Experiment experiment{Chain{Random<Space>{}, Deduplication<Space>{}}, FunctionEvaluator{multiply_adds},
                        MemoryStore<Space>{}};
  EXPECT_EQ(experiment.run({}).done, 27U);
  std::set<Architecture<Space>> seen;
  for (const auto& trial : trials_of(experiment)) seen.insert(trial.architecture);
  EXPECT_EQ(seen.size(), 27U);
}

TEST(Experiment, KeepsTheReasonOfAFailedTrialAndGoesOn) {
  int calls = 0;
  Experiment experiment{Random<Space>{}, FunctionEvaluator{[&](const auto& a) -> Result<Metrics> {
                          if (++calls % 3 == 0) throw std::runtime_error{"out of memory"};
                          if (calls % 3 == 1) return Metrics{{{"accuracy", std::nan("")}}};
                          return Metrics{{{"accuracy", multiply_adds(a)}}};
                        }},
                        MemoryStore<Space>{}};
  const auto result = experiment.run({.max_trials = 30});
  EXPECT_EQ(result.failed, 20U);
  EXPECT_EQ(trials_of(experiment)[0].reasons.back(),
            "the evaluator gave nan for \"accuracy\": expected a finite number");
  EXPECT_EQ(trials_of(experiment)[2].reasons.back(), "the evaluator threw: out of memory");
}

TEST(Experiment, TriesAFailedArchitectureAgain) {
  int calls = 0;
  Experiment experiment{Random<Space>{}, FunctionEvaluator{[&](const auto&) -> Result<Metrics> {
                          if (++calls % 2 == 1) return Error{Error::Code::unavailable, "busy"};
                          return Metrics{{{"accuracy", 1.0}}};
                        }},
                        MemoryStore<Space>{}};
  EXPECT_EQ(experiment.run({.max_trials = 5, .max_attempts = 2}).done, 5U);
  EXPECT_EQ(trials_of(experiment)[0].attempts, 2);
}

TEST(Experiment, ASecondRunGoesOnWithTheStrategyAsItIs) {
  Experiment experiment{GridSearch<Space>{}, FunctionEvaluator{multiply_adds}, MemoryStore<Space>{}};
  EXPECT_EQ(experiment.run({.max_trials = 20}).done, 20U);
  EXPECT_EQ(experiment.run({}).done, 7U);
  std::set<Architecture<Space>> seen;
  for (const auto& trial : trials_of(experiment)) seen.insert(trial.architecture);
  EXPECT_EQ(seen.size(), 27U);
}

TEST(Experiment, StopsWhenAskedTo) {
  int asked = 0;
  Experiment experiment{Random<Space>{}, FunctionEvaluator{multiply_adds}, MemoryStore<Space>{}};
  EXPECT_EQ(experiment.run({.stop = [&] { return ++asked > 7; }}).done, 7U);
}

}  // namespace experiment_test
