// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/experiment/experiment.hpp"

#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/search/chain.hpp"
#include "hwnas/search/filter.hpp"
#include "hwnas/search/grid.hpp"
#include "hwnas/search/random.hpp"

namespace {

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

}  // namespace
