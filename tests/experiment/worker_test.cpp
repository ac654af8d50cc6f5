// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/experiment/worker.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "laws/trial_store_laws.hpp"

namespace worker_test {

using namespace hwnas;
using namespace std::chrono_literals;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Block, Block>, Shape{3, 8, 8}>;

struct WorkerTest : ::testing::Test {
  void queue(std::size_t trials, int max_attempts) {
    ASSERT_TRUE(store.append(0, laws::some_architectures<Space>(trials), max_attempts, {}).value());
  }
  MemoryStore<Space> store;
};

/// Counts its evaluations; the metrics are a function of that count.
struct Counting {
  std::function<Result<Metrics>(int, const Budget&)> answer;
  int calls = 0;
  Result<Metrics> evaluate(const Architecture<Space>&, const Budget& budget) { return answer(++calls, budget); }
};

TEST_F(WorkerTest, WorksUntilTheQueueIsEmpty) {
  queue(20, 1);
  Counting evaluator{[](int call, const Budget&) { return laws::accuracy(call); }};
  const auto done = work<Space>(store, evaluator, {.idle = 0s}).value();
  EXPECT_EQ(done.recorded, 20U);
  EXPECT_EQ(store.counts().value().done, 20U);
  EXPECT_EQ(store.best(1).value().front().id, 19U);
}

TEST_F(WorkerTest, TriesAFailedTrialAgainAndKeepsTheReasons) {
  queue(3, 2);
  Counting evaluator{[](int call, const Budget&) -> Result<Metrics> {
    if (call == 1) throw std::runtime_error{"out of memory"};
    if (call < 4) return laws::accuracy(std::nan(""));
    return laws::accuracy(1);
  }};
  const auto done = work<Space>(store, evaluator, {.idle = 0s}).value();
  EXPECT_EQ(done.recorded, 2U);
  EXPECT_EQ(done.failed, 3U);
  const auto trials = store.trials().value();
  EXPECT_EQ(trials[0].state, TrialState::failed);
  EXPECT_EQ(trials[0].reasons,
            (std::vector<std::string>{"the evaluator threw: out of memory",
                                      "the evaluator gave nan for \"accuracy\": expected a finite number"}));
  EXPECT_EQ(trials[1].state, TrialState::done);
}

TEST_F(WorkerTest, GivesBackWhatAStopBreaksOff) {
  queue(2, 1);
  bool stopped = false;
  Counting evaluator{[&](int call, const Budget&) -> Result<Metrics> {
    if (call == 1) return laws::accuracy(1);
    stopped = true;
    return Error{Error::Code::interrupted, "stopped"};
  }};
  EXPECT_EQ(work<Space>(store, evaluator, {.idle = 0s, .stop = [&] { return stopped; }})->recorded, 1U);
  EXPECT_EQ(store.counts().value(), (TrialCounts{.queued = 1, .done = 1}));
  EXPECT_EQ(store.trials(1).value().front().attempts, 0);
}

TEST_F(WorkerTest, KeepsItsLeaseDuringALongEvaluation) {
  queue(1, 1);
  Counting evaluator{[&](int, const Budget&) {
    for (int i = 0; i < 30; ++i) {
      std::this_thread::sleep_for(10ms);
      EXPECT_EQ(store.release_expired().value(), 0U);
    }
    return laws::accuracy(1);
  }};
  EXPECT_EQ(work<Space>(store, evaluator, {.lease = 150ms, .idle = 0s})->recorded, 1U);
}

TEST_F(WorkerTest, PassesOnHowMuchOfAnEvaluationIsWanted) {
  queue(2, 1);
  ASSERT_TRUE(store.set_meta(share_key(1), "0.25"));
  std::vector<double> shares;
  Counting evaluator{[&](int, const Budget& budget) {
    shares.push_back(budget.share);
    return laws::accuracy(budget.time.count());
  }};
  EXPECT_EQ(work<Space>(store, evaluator, {.idle = 0s, .trial_time = 7s})->recorded, 2U);
  EXPECT_EQ(shares, (std::vector<double>{1, 0.25}));
  EXPECT_EQ(store.best(1).value().front().metrics.score(), 7);
}

TEST_F(WorkerTest, EndsAfterItsLastTrial) {
  queue(5, 1);
  Counting evaluator{[](int, const Budget&) { return laws::accuracy(1); }};
  EXPECT_EQ(work<Space>(store, evaluator, {.idle = 0s, .max_trials = 3})->recorded, 3U);
  EXPECT_EQ(store.counts().value().queued, 2U);
}

}  // namespace worker_test
