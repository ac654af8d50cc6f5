// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The public API of latency profilers and of multi-trial search, as outside programs write it.
#include <hwnas/core.hpp>
#include <hwnas/search.hpp>

#include "check.hpp"

using namespace hwnas;

using Block = LayerChoice<Conv3x3, Conv5x5, MBConv<6>>;
using OnImages = Input<Sequential<Conv<Kernel<3>, Stride<2>, Out<32>>, Named<"b1", Block>, Named<"b2", Block>,
                                  Repeat<MBConv<6, Kernel<3, 5, 7>>, 1, 3>, GlobalAvgPool, Flatten, Linear<10>>,
                       Shape{3, 64, 64}>;
constexpr FlopsProfiler<OnImages> flops;

// --- a predictor of one's own ----------------------------------------------------------------------------
/// A microsecond for each primitive.
struct PrimitiveCounter {
  using key = OperatorKey;
  [[nodiscard]] Result<Milliseconds> predict(const key& k) const {
    return Milliseconds{0.001 * static_cast<double>(k.nodes.size())};
  }
};
static_assert(Predictor<PrimitiveCounter>);

void latencies() {
  const PrimitiveCounter predictor;
  const LatencyProfiler<OnImages, PrimitiveCounter> latency{predictor};
  const Architecture<OnImages> a;
  check(latency.range().contains(latency.profile(a)), "latency of an architecture");
  const auto middle = Milliseconds{(latency.range().min.value() + latency.range().max.value()) / 2};
  Rng rng{1};
  const auto drawn =
      uniform_within(Within{latency, 0_ms, middle}, Within{flops, 0_FLOPs, flops.range().max}).value()(rng);
  check(latency.profile(drawn) <= middle, "budgets of latency and FLOPs at once");
}

// --- policies compose ------------------------------------------------------------------------------------
void trials() {
  const auto budget = Flops{(flops.range().min.value() + flops.range().max.value()) / 2};
  auto strategy = Chain{Random<OnImages>{}, Filter{[&](const auto& a) { return flops.profile(a) < budget; }}};
  static_assert(Strategy<decltype(strategy), OnImages>);
  FunctionEvaluator evaluator{
      [](const Architecture<OnImages>& a) { return static_cast<double>(flops.profile(a).value()); }};
  Experiment experiment{strategy, evaluator, MemoryStore<OnImages>{}};
  const auto result = experiment.run({.max_trials = 20});
  check(result.done == 20 && result.failed == 0, "trials");
  check(result.best && flops.profile(result.best->architecture) < budget, "the filter's word is kept");
}

// --- middleware, budgets without rejection, exact answers -------------------------------------------------
void exact_answers() {
  const PrimitiveCounter predictor;
  const LatencyProfiler<OnImages, PrimitiveCounter> latency{predictor};
  const auto middle = Milliseconds{(latency.range().min.value() + latency.range().max.value()) / 2};
  const Feasible inside{Within{latency, 0_ms, middle}};
  Chain strategy{RegularizedEvolution<OnImages, std::remove_const_t<decltype(inside)>>{{.population = 10}, inside},
                 Deduplication<OnImages, SameNetwork<OnImages>>{{.replay = true}}, LatencyFilter{middle, predictor},
                 MultipleEvaluation<OnImages>{2}, FailureHandler<OnImages>{{.retries = 1}}, MedianStop<OnImages>{}};
  static_assert(ResumableStrategy<decltype(strategy), OnImages>);
  Rng rng{2};
  Probabilities<OnImages> gains;
  for (double& gain : gains.all()) gain = rng.uniform();
  const QualityTable<OnImages> quality{gains};
  const auto best = best_within(quality, HardConstraint{latency, middle}).value();
  FunctionEvaluator evaluator{[&](const Architecture<OnImages>& a) { return quality.profile(a).value(); }};
  Experiment experiment{std::move(strategy), evaluator, MemoryStore<OnImages>{}};
  const auto found = experiment.run({.max_trials = 40}).best;
  check(found && best.gap_of(quality, found->architecture) >= Quality{}, "no search is better than the optimum");
  const auto front = pareto_front(flops, latency).value();
  check(!front.empty() && front.front().first == flops.range().min, "the front begins at the least FLOPs");
}

int main() {
  latencies();
  trials();
  exact_answers();
  return failures == 0 ? 0 : 1;
}
