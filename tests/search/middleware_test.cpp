// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Middleware: what each does, and the laws of strategies on chains of it.
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/search/failure_handler.hpp"
#include "hwnas/search/grid.hpp"
#include "hwnas/search/latency_filter.hpp"
#include "hwnas/search/median_stop.hpp"
#include "hwnas/search/multiple_evaluation.hpp"
#include "hwnas/search/regularized_evolution.hpp"
#include "hwnas/search/sort.hpp"
#include "hwnas/zoo/nasbench201.hpp"
#include "laws/strategy_laws.hpp"

namespace middleware_test {

using namespace hwnas;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Repeat<Block, 1, 3>, Block>, Shape{3, 8, 8}>;
using A = Architecture<Space>;
constexpr FlopsProfiler<Space> flops;
const Flops budget = Flops{(flops.range().min.value() + flops.range().max.value()) / 2};

double multiply_adds(const A& a) { return static_cast<double>(flops.profile(a).value()); }
Metrics score(const A& a) { return {{{"accuracy", multiply_adds(a)}}}; }
const auto inside = [](const A& a) { return flops.profile(a) <= budget; };
const auto evolution = [] { return RegularizedEvolution<Space>{{.population = 10, .sample = 3}}; };

/// What a strategy was asked and told.
struct Log {
  using space = Space;
  std::vector<A> proposals{};
  std::vector<std::pair<A, double>> told{};
  std::vector<A> failed{};

  std::optional<A> ask(Rng& rng) { return proposals.emplace_back(Uniform<Space>{}(rng)); }
  void tell(const A& a, const Metrics& m) { told.emplace_back(a, m.score()); }
  void fail(const A& a) { failed.push_back(a); }
};

/// A microsecond for each primitive.
struct PrimitiveCounter {
  using key = OperatorKey;
  [[nodiscard]] Result<Milliseconds> predict(const OperatorKey& k) const {
    return Milliseconds{0.001 * static_cast<double>(k.nodes.size())};
  }
};

TEST(MiddlewareLaws, Filter) {
  laws::strategy_laws<Space>([] { return Chain{evolution(), Filter{inside}}; }, score, inside);
  laws::strategy_laws<Space>(
      [] {
        return Chain{evolution(), Filter{inside, 1000, Metrics{{{"accuracy", 0.0}}}}};
      },
      score, inside);
}
TEST(MiddlewareLaws, LatencyFilter) {
  const LatencyProfiler<Space, PrimitiveCounter> latency{PrimitiveCounter{}};
  const auto range = latency.range();
  const Milliseconds most = (range.min + range.max) / 2;
  laws::strategy_laws<Space>([&] { return Chain{evolution(), LatencyFilter{most, PrimitiveCounter{}}}; }, score,
                             [&](const A& a) { return latency.profile(a) <= most; });
}
TEST(MiddlewareLaws, Deduplication) {
  laws::strategy_laws<Space>([] { return Chain{evolution(), Deduplication<Space>{}}; }, score);
  laws::strategy_laws<Space>([] { return Chain{evolution(), Deduplication<Space>{{.replay = true}}}; }, score);
  laws::strategy_laws<Space>([] { return Chain{evolution(), Deduplication<Space, SameNetwork<Space>>{}}; }, score);
}
TEST(MiddlewareLaws, Sort) {
  laws::strategy_laws<Space>(
      [] {
        return Chain{evolution(), Sort<Space>{multiply_adds, {.batch = 8, .keep = 3}}};
      },
      score);
}
TEST(MiddlewareLaws, FailureHandler) {
  const FailureOptions options{.retries = 2, .answer = Metrics{{{"accuracy", 0.0}}}};
  laws::strategy_laws<Space>([&] { return Chain{evolution(), FailureHandler<Space>{options}}; }, score);
}
TEST(MiddlewareLaws, MultipleEvaluation) {
  laws::strategy_laws<Space>([] { return Chain{evolution(), MultipleEvaluation<Space>{3}}; }, score);
}
TEST(MiddlewareLaws, MedianStop) {
  laws::strategy_laws<Space>([] { return Chain{evolution(), MedianStop<Space>{{.evaluations = 3}}}; }, score);
}
TEST(MiddlewareLaws, AllOfThem) {
  const auto make = [] {
    Evolution<Space> waits{{.population = 8, .generations = 20}, Uniform<Space>{}, [](const auto&) { return true; }};
    return Chain{std::move(waits), Deduplication<Space>{}, Filter{inside}, Sort<Space>{multiply_adds, {.batch = 4}},
                 MultipleEvaluation<Space>{2}, FailureHandler<Space>{{.retries = 1}}, MedianStop<Space>{}};
  };
  laws::strategy_laws<Space>(make, score, inside);
}

TEST(Chain, RefusesTheStateOfOtherParts) {
  Chain one{Random<Space>{}, Deduplication<Space>{}};
  Chain other{Random<Space>{}, MultipleEvaluation<Space>{2}};
  Chain longer{Random<Space>{}, Deduplication<Space>{}, MultipleEvaluation<Space>{2}};
  EXPECT_FALSE(other.load(one.save()));
  EXPECT_FALSE(longer.load(one.save()));
  EXPECT_TRUE(one.load(one.save()));
}

TEST(Filter, AnswersForWhatItRefuses) {
  Chain chain{Log{}, Filter{inside, default_patience, Metrics{{{"accuracy", -5.0}}}}};
  Rng rng{1};
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(inside(chain.ask(rng).value()));
  EXPECT_EQ(chain.inner().proposals.size(), chain.inner().told.size() + 50);
  for (const auto& [a, value] : chain.inner().told) {
    EXPECT_FALSE(inside(a));
    EXPECT_EQ(value, -5.0);
  }
}

TEST(Deduplication, ByWhatIsComputedLetsEachNetworkThroughOnce) {
  using Small = zoo::NasBench201Space<Shape{3, 8, 8}, 10, zoo::Widths<4, 8, 16>, 1>;
  Chain chain{GridSearch<Small>{}, Deduplication<Small, SameNetwork<Small>>{{.patience = 100'000}}};
  Rng rng{1};
  std::size_t networks = 0;
  while (chain.ask(rng)) ++networks;
  EXPECT_EQ(networks, 5'485U);  // see tests/space/computed_graph_test.cpp
}

// A resumed search is told of what its store held before it proposes anything.
TEST(Deduplication, LetsNothingThroughThatItWasToldOf) {
  Chain chain{GridSearch<Space>{}, Deduplication<Space>{}};
  Rng rng{3};
  const A known = GridSearch<Space>{}.ask(rng).value();
  chain.tell(known, score(known));
  while (const auto a = chain.ask(rng)) EXPECT_NE(*a, known);
}

TEST(Deduplication, RepliesWithTheKnownMetrics) {
  struct Twice : Log {
    std::optional<A> ask(Rng& rng) {
      return proposals.size() % 2 == 1 ? proposals.emplace_back(proposals.back()) : Log::ask(rng);
    }
  };
  Chain chain{Twice{}, Deduplication<Space>{{.replay = true}}};
  Rng rng{5};
  const A a = chain.ask(rng).value();
  chain.tell(a, {{{"accuracy", 3.0}}});
  EXPECT_NE(chain.ask(rng).value(), a);
  EXPECT_EQ(chain.inner().told, (std::vector<std::pair<A, double>>{{a, 3.0}, {a, 3.0}}));
}

TEST(LatencyFilter, TakesAPredictorOrAProfiler) {
  const LatencyProfiler<Space, PrimitiveCounter> latency{PrimitiveCounter{}};
  const auto threshold = Milliseconds{(latency.range().min.value() + latency.range().max.value()) / 2};
  Chain predicted{Random<Space>{}, LatencyFilter{threshold, PrimitiveCounter{}}};
  Chain profiled{Random<Space>{}, LatencyFilter{threshold, latency}};
  Rng one{1}, other{1};
  for (int i = 0; i < 100; ++i) {
    const auto a = predicted.ask(one).value();
    EXPECT_LE(latency.profile(a), threshold);
    EXPECT_EQ(a, profiled.ask(other).value());
  }
}

TEST(Sort, GivesTheBestOfABatchFirstAndDropsTheRest) {
  Chain chain{Log{}, Sort<Space>{multiply_adds, {.batch = 10, .keep = 4}}};
  Rng rng{2};
  std::vector<double> given;
  for (int i = 0; i < 4; ++i) given.push_back(multiply_adds(chain.ask(rng).value()));
  std::vector<double> batch;
  for (const A& a : chain.inner().proposals) batch.push_back(multiply_adds(a));
  std::sort(batch.rbegin(), batch.rend());
  EXPECT_EQ(batch.size(), 10U);
  batch.resize(4);
  EXPECT_EQ(given, batch);
  EXPECT_EQ(chain.inner().failed.size(), 6U);
}

TEST(FailureHandler, ProposesAgainAndThenAnswers) {
  Chain chain{Log{}, FailureHandler<Space>{{.retries = 2, .answer = Metrics{{{"accuracy", -1.0}}}}}};
  Rng rng{3};
  const auto a = chain.ask(rng).value();
  for (int i = 0; i < 2; ++i) {
    chain.fail(a);
    EXPECT_EQ(chain.ask(rng).value(), a);
  }
  chain.fail(a);
  EXPECT_EQ(chain.inner().proposals.size(), 1U);
  EXPECT_EQ(chain.inner().told, (std::vector<std::pair<A, double>>{{a, -1.0}}));
}

TEST(MultipleEvaluation, TellsTheMeanOfWhatDidNotFail) {
  Chain chain{Log{}, MultipleEvaluation<Space>{3}};
  Rng rng{3};
  const auto a = chain.ask(rng).value();
  EXPECT_EQ(chain.ask(rng).value(), a);
  EXPECT_EQ(chain.ask(rng).value(), a);
  const auto b = chain.ask(rng).value();
  chain.tell(b, {{{"accuracy", 9.0}}});
  chain.tell(a, {{{"accuracy", 1.0}}});
  chain.fail(a);
  chain.tell(a, {{{"accuracy", 2.0}}});
  EXPECT_EQ(chain.inner().told, (std::vector<std::pair<A, double>>{{a, 1.5}}));
  chain.fail(b);
  chain.fail(b);
  EXPECT_EQ(chain.inner().told.back(), (std::pair<A, double>{b, 9.0}));
}

TEST(MedianStop, EndsWhatIsBelowTheMedianOfTheOthers) {
  Chain chain{Log{}, MedianStop<Space>{{.first_step = 2, .evaluations = 3}}};
  Rng rng{4};
  const auto told = [](double x) { return Metrics{{{"accuracy", x}}}; };
  for (const double level : {0.2, 0.4, 0.6}) {
    const auto a = chain.ask(rng).value();
    for (std::size_t step = 1; step <= 3; ++step) EXPECT_TRUE(chain.report(a, step, told(level)));
    chain.tell(a, told(level));
  }
  const auto a = chain.ask(rng).value();
  EXPECT_TRUE(chain.report(a, 1, told(0.1)));  // too early
  EXPECT_FALSE(chain.report(a, 2, told(0.3)));
  EXPECT_TRUE(chain.report(a, 3, told(0.5)));
}

TEST(Experiment, EndsEvaluationsThatTheStrategyWantsEnded) {
  struct Trainer {
    int steps = 0;
    Result<Metrics> evaluate(const A& a, const Budget& limits) {
      for (std::size_t step = 1; step <= 10; ++step) {
        ++steps;
        if (!limits.report(step, score(a))) break;
      }
      return score(a);
    }
  };
  const auto steps = [](auto chain) {
    Trainer trainer;
    struct Shared {
      Trainer* trainer;
      Result<Metrics> evaluate(const A& a, const Budget& limits) { return trainer->evaluate(a, limits); }
    };
    Experiment experiment{std::move(chain), Shared{&trainer}, MemoryStore<Space>{}};
    EXPECT_EQ(experiment.run({.max_trials = 40, .seed = 2}).done, 40U);
    return trainer.steps;
  };
  EXPECT_EQ(steps(Chain{Random<Space>{}}), 400);
  EXPECT_LT(steps(Chain{Random<Space>{}, MedianStop<Space>{}}), 300);
}

TEST(Experiment, GoesOnWithAStrategyThatWaitsWhereTrialsFail) {
  int asked = 0;
  FunctionEvaluator evaluator{[&](const A& a) -> Result<Metrics> {
    if (asked++ % 4 == 0) return Error{Error::Code::bad_value, "out of memory"};
    return score(a);
  }};
  Evolution<Space> search{{.population = 10, .generations = 3}, Uniform<Space>{}, [](const auto&) { return true; }};
  Experiment experiment{search, evaluator, MemoryStore<Space>{}};
  const auto result = experiment.run({.max_trials = 100});
  EXPECT_EQ(result.done + result.failed, 30U);
  EXPECT_GT(result.failed, 5U);
}

}  // namespace middleware_test
