// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The public API of latency profilers and of multi-trial search, as outside programs write it.
#include <hwnas/core.hpp>

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
  [[nodiscard]] Result<Milliseconds> predict(const key& k) const { return Milliseconds{0.001 * static_cast<double>(k.nodes.size())}; }
};
static_assert(Predictor<PrimitiveCounter>);

void latencies() {
  const PrimitiveCounter predictor;
  const LatencyProfiler<OnImages, PrimitiveCounter> latency{predictor};
  const Architecture<OnImages> a;
  check(latency.range().contains(latency.profile(a)), "latency of an architecture");
  const auto middle = Milliseconds{(latency.range().min.value() + latency.range().max.value()) / 2};
  Rng rng{1};
  const auto drawn = uniform_within(Within{latency, 0_ms, middle}, Within{flops, 0_FLOPs, flops.range().max}).value()(rng);
  check(latency.profile(drawn) <= middle, "budgets of latency and FLOPs at once");
}

// --- policies compose ------------------------------------------------------------------------------------
void trials() {
  const auto budget = Flops{(flops.range().min.value() + flops.range().max.value()) / 2};
  auto strategy = Chain{Random<OnImages>{}, Filter{[&](const auto& a) { return flops.profile(a) < budget; }}};
  static_assert(Strategy<decltype(strategy), OnImages>);
  FunctionEvaluator evaluator{[](const Architecture<OnImages>& a) { return static_cast<double>(flops.profile(a).value()); }};
  Experiment experiment{strategy, evaluator, MemoryStore<OnImages>{}};
  const auto result = experiment.run({.max_trials = 20});
  check(result.done == 20 && result.failed == 0, "trials");
  check(result.best && flops.profile(result.best->architecture) < budget, "the filter's word is kept");
}

int main() {
  latencies();
  trials();
  return failures == 0 ? 0 : 1;
}
