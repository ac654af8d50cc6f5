// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/experiment/run_trials.hpp"

#include <atomic>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/experiment/memory_store.hpp"
#include "hwnas/experiment/worker.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/search/any_strategy.hpp"
#include "hwnas/search/asha.hpp"
#include "hwnas/search/chain.hpp"
#include "hwnas/search/deduplication.hpp"
#include "hwnas/search/grid.hpp"
#include "hwnas/search/listed.hpp"
#include "hwnas/search/local.hpp"
#include "hwnas/search/median_stop.hpp"
#include "hwnas/search/regularized_evolution.hpp"
#include "hwnas/search/tpe.hpp"
#include "hwnas/space/nodes.hpp"

namespace run_trials_test {

using namespace hwnas;
using namespace std::chrono_literals;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Block, Block, Block>, Shape{3, 8, 8}>;
constexpr FlopsProfiler<Space> flops;

double score(const Architecture<Space>& a) { return std::sin(static_cast<double>(flops.profile(a).value())); }
FunctionEvaluator evaluator{score};

std::vector<Architecture<Space>> tried(MemoryStore<Space>& store) {
  std::vector<Architecture<Space>> all;
  for (const auto& trial : store.trials(0).value()) all.push_back(trial.architecture);
  return all;
}
template <class S>
std::vector<Architecture<Space>> tried_by(S strategy, const TrialRunOptions& options) {
  MemoryStore<Space> store;
  (void)TrialRun{strategy, evaluator, store, options}().value();
  return tried(store);
}
AnyStrategy<Space> strategy_called(const std::string& name) {
  if (name == "evolution") return AnyStrategy<Space>{RegularizedEvolution<Space>{{.population = 8, .sample = 3}}};
  if (name == "tpe") return AnyStrategy<Space>{Tpe<Space>{{.startup = 5}}};
  if (name == "asha") return AnyStrategy<Space>{Asha<Space>{}};
  return AnyStrategy<Space>{LocalSearch<Space>{}};
}

TEST(TrialRun, TriesEverythingOnceWithAnyNumberOfWorkers) {
  for (const std::size_t workers : {1U, 2U, 5U}) {
    const auto all = tried_by(GridSearch<Space>{}, {.workers = workers});
    EXPECT_EQ(all.size(), 81U);
    EXPECT_EQ(std::set(all.begin(), all.end()).size(), 81U);
  }
}

TEST(TrialRun, LeavesTheWorkToWorkersOfOtherProcesses) {
  MemoryStore<Space> store;
  std::vector<std::jthread> others;
  std::atomic<std::size_t> recorded = 0;
  for (int i = 0; i < 3; ++i) {
    others.emplace_back([&, i] {
      const WorkerOptions options{.owner = std::to_string(i), .poll = 1ms, .idle = 2s, .max_trials = 27};
      recorded += work<Space>(store, evaluator, options).value().recorded;
    });
  }
  GridSearch<Space> grid;
  const auto done = TrialRun{grid, evaluator, store, {.workers = 0, .ahead = 6, .poll = 1ms}}().value();
  others.clear();
  EXPECT_EQ(done.done, 81U);
  EXPECT_EQ(recorded, 81U);
  const auto all = tried(store);
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), 81U);
}

TEST(TrialRun, GoesOnAsIfItHadNotStopped) {
  for (const char* name : {"evolution", "tpe", "local", "asha"}) {
    const auto whole = tried_by(strategy_called(name), {.max_trials = 40, .seed = 3});
    EXPECT_EQ(whole, tried_by(strategy_called(name), {.max_trials = 40, .seed = 3})) << name;
    EXPECT_NE(whole, tried_by(strategy_called(name), {.max_trials = 40, .seed = 4})) << name;
    MemoryStore<Space> store;
    for (const std::size_t most : {7U, 8U, 23U, 40U}) {
      auto fresh = strategy_called(name);
      const auto status = TrialRun{fresh, evaluator, store, {.max_trials = most, .seed = 3}}().value();
      EXPECT_EQ(status.done, most) << name;
    }
    EXPECT_EQ(tried(store), whole) << name;
  }
}

// With several workers a resumed strategy proposes in another order: what is open in the store is not proposed beside it.
TEST(TrialRun, DoesNotProposeWhatIsOpenInItsStore) {
  GridSearch<Space> grid;
  Rng rng{1};
  std::vector<Architecture<Space>> open;
  for (int i = 0; i < 4; ++i) open.push_back(grid.ask(rng).value());
  open.erase(open.begin());  // what it proposes first
  const auto once = [&](auto strategy) {
    MemoryStore<Space> store;
    EXPECT_TRUE(store.append(0, open, 1, {}).value());
    EXPECT_EQ((TrialRun{strategy, evaluator, store, {.workers = 0, .here = true, .ahead = 5}}().value().done), 81U);
    const auto all = tried(store);
    EXPECT_EQ(std::set(all.begin(), all.end()).size(), 81U);
  };
  once(Chain{GridSearch<Space>{}, Deduplication<Space>{}});
  once(AnyStrategy<Space>{Chain{GridSearch<Space>{}, Deduplication<Space>{}}});
}

TEST(TrialRun, TakesUpTheTrialOfAProcessThatIsGone) {
  MemoryStore<Space> store;
  const Architecture<Space> a;
  EXPECT_TRUE(store.append(0, std::span{&a, 1}, 1, {}).value());
  const std::string mine = process_owner();
  const std::string gone = mine.substr(0, mine.find(':')) + ":2147483000:0";  // more than any process number
  EXPECT_FALSE(owner_is_gone(mine + "0"));
  EXPECT_FALSE(owner_is_gone("elsewhere:2147483000:0"));
  EXPECT_FALSE(owner_is_gone("nonsense"));
  ASSERT_TRUE(owner_is_gone(gone));
  (void)store.take(gone, 1h).value();
  GridSearch<Space> grid;
  EXPECT_EQ((TrialRun{grid, evaluator, store, {.max_trials = 3}}().value().done), 3U);
}

// A function that never comes back keeps its worker, not its trial.
TEST(TrialRun, GivesTheTrialOfAnEvaluationThatHangsToAnotherWorker) {
  std::atomic<bool> hangs = false, evaluated_elsewhere = false;
  const Architecture<Space> stuck;
  FunctionEvaluator hanging{[&](const Architecture<Space>& a) {
    if (a == stuck) {
      if (hangs.exchange(true)) {
        evaluated_elsewhere = true;
      } else {
        for (const auto end = std::chrono::steady_clock::now() + 30s; !evaluated_elsewhere;) {
          if (std::chrono::steady_clock::now() > end) return -1.0;
          std::this_thread::sleep_for(1ms);
        }
      }
    }
    return score(a);
  }};
  MemoryStore<Space> store;
  GridSearch<Space> grid;
  const TrialRunOptions how{
      .max_trials = 10, .trial_time = 50ms, .workers = 2, .max_attempts = 2, .lease = StoreSeconds{0.1}, .poll = StoreSeconds{0.01}};
  EXPECT_EQ((TrialRun{grid, hanging, store, how}().value().done), 10U);
  EXPECT_TRUE(evaluated_elsewhere) << "its heartbeat went on";
  for (const auto& trial : store.trials(0).value()) {
    EXPECT_EQ(trial.metrics.score(), score(trial.architecture));
  }
}

TEST(TrialRun, TriesAgainAndKeepsTheReasons) {
  std::atomic<int> calls = 0;
  FunctionEvaluator flaky{[&](const Architecture<Space>&) -> Result<Metrics> {
    if (calls++ % 2 == 0) return Error{Error::Code::unavailable, "busy"};
    return Metrics{{{"accuracy", 1.0}}};
  }};
  MemoryStore<Space> store;
  GridSearch<Space> grid;
  const auto status = TrialRun{grid, flaky, store, {.max_trials = 5, .max_attempts = 2}}().value();
  EXPECT_EQ(status.done, 5U);
  EXPECT_EQ(store.trials(0)->front().attempts, 2);
  EXPECT_EQ(store.trials(0)->front().reasons, std::vector<std::string>{"busy"});
}

TEST(TrialRun, AFailedTrialDoesNotStopTheOthers) {
  FunctionEvaluator no_number{[](const Architecture<Space>& a) { return a[0] == 1 ? std::nan("") : score(a); }};
  MemoryStore<Space> store;
  GridSearch<Space> grid;
  const auto status = TrialRun{grid, no_number, store, {.workers = 2}}().value();
  EXPECT_EQ(status.failed, 27U);
  EXPECT_EQ(status.done, 54U);
}

TEST(TrialRun, StopsWhenAskedToAndLosesNothing) {
  std::atomic<int> calls = 0;
  FunctionEvaluator slow{[&](const Architecture<Space>& a) -> Result<Metrics> {
    if (++calls == 10) return Error{Error::Code::interrupted, "stopped"};
    return Metrics{{{"accuracy", score(a)}}};
  }};
  MemoryStore<Space> store;
  GridSearch<Space> grid;
  const auto status = TrialRun{grid, slow, store, {.stop = [&] { return calls >= 10; }}}().value();
  EXPECT_EQ(status.done, 9U);
  EXPECT_EQ(status.failed, 0U);
  EXPECT_EQ(store.counts()->queued, 1U) << "what was broken off is to be tried again";
}

TEST(TrialRun, EndsInTime) {
  FunctionEvaluator slow{[](const Architecture<Space>& a) { std::this_thread::sleep_for(5ms); return score(a); }};
  MemoryStore<Space> store;
  GridSearch<Space> grid;
  EXPECT_LT((TrialRun{grid, slow, store, {.max_time = 100ms}}().value().done), 40U);
}

TEST(TrialRun, TellsEvaluatorsHowMuchIsWanted) {
  struct Shares {
    std::map<double, int> seen;
    Result<Metrics> evaluate(const Architecture<Space>& a, const Budget& budget) {
      ++seen[budget.share];
      return Metrics{{{"accuracy", score(a)}}};
    }
  } shares;
  MemoryStore<Space> store;
  Asha<Space> asha{{.reduction = 2, .rungs = 3}};
  (void)TrialRun{asha, shares, store, {.max_trials = 60}}().value();
  ASSERT_EQ(shares.seen.size(), 3U);
  EXPECT_GT(shares.seen[0.25], shares.seen[0.5]);
  EXPECT_GT(shares.seen[0.5], shares.seen[1.0]);
}

// Evaluators report after each step; whoever is behind after the second of ten is ended, whatever thread it is in.
TEST(TrialRun, ShowsTheStrategyWhatEvaluationsReport) {
  struct Steps {
    std::atomic<int> taken = 0;
    Result<Metrics> evaluate(const Architecture<Space>& a, const Budget& budget) {
      const Metrics metrics{{{"accuracy", score(a)}}};
      for (std::size_t step = 1; step <= 10; ++step) {
        ++taken;
        if (!budget.report(step, metrics)) break;
      }
      return metrics;
    }
  };
  for (const bool stops : {false, true}) {
    for (const bool here : {false, true}) {
      Steps steps;
      MemoryStore<Space> store;
      AnyStrategy<Space> strategy = stops ? AnyStrategy<Space>{Chain{GridSearch<Space>{}, MedianStop<Space>{}}}
                                          : AnyStrategy<Space>{GridSearch<Space>{}};
      const auto status = TrialRun{strategy, steps, store, {.workers = here ? 0U : 3U, .here = here}}().value();
      EXPECT_EQ(status.done, 81U);
      EXPECT_LE(steps.taken, stops ? 700 : 810);
      EXPECT_GE(steps.taken, stops ? 162 : 810);
    }
  }
}

TEST(TrialRun, TwoCoordinatorsShareOneStore) {
  MemoryStore<Space> store;
  GridSearch<Space> one, two;
  std::vector<std::jthread> both;
  for (auto* grid : {&one, &two}) {
    both.emplace_back([&store, grid] {
      (void)TrialRun{*grid, evaluator, store, {.workers = 2, .poll = StoreSeconds{0.001}}}().value();
    });
  }
  both.clear();
  std::map<Architecture<Space>, int> times;
  for (const auto& trial : store.trials(0).value()) {
    EXPECT_EQ(trial.state, TrialState::done);
    ++times[trial.architecture];
  }
  EXPECT_EQ(times.size(), 81U);
}

TEST(Listed, DrawsFromItsListOnly) {
  Listed<Space> list{{Architecture<Space>::from_values({1, 0, 2, 0}), Architecture<Space>{}, Architecture<Space>{}}};
  EXPECT_EQ(list.all().size(), 2U);
  Rng rng{5};
  std::set<Architecture<Space>> drawn;
  for (int i = 0; i < 50; ++i) drawn.insert(list(rng));
  EXPECT_EQ(drawn, std::set(list.all().begin(), list.all().end()));
  EXPECT_FALSE(list.contains(Architecture<Space>::from_values({1, 1, 1, 1})));
  EXPECT_EQ(tried_by(ListedSearch<Space>{list}, {}), list.all());
  EXPECT_THROW(Listed<Space>{{}}, Error);
}

}  // namespace run_trials_test
