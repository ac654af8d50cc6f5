// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How long one cost, one draw and one enumeration take.
///        scripts/run profile --benchmark_min_time=0.5
#include <benchmark/benchmark.h>

#include "budget_met_by.hpp"
#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/enumerate.hpp"
#include "hwnas/zoo/nasbench201.hpp"
#include "hwnas/zoo/once_for_all.hpp"
#include "hwnas/zoo/proxylessnas.hpp"

namespace {

using namespace hwnas;

template <class Space>
std::vector<Architecture<Space>> drawn(std::size_t n) {
  Rng rng{7};
  std::vector<Architecture<Space>> result;
  for (std::size_t i = 0; i < n; ++i) result.push_back(Uniform<Space>{}(rng));
  return result;
}

/// profile() of architectures drawn before, one after another.
template <class Space>
void Profile(benchmark::State& state) {
  const auto all = drawn<Space>(4096);
  const FlopsProfiler<Space> flops;
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(flops.profile(all[i++ % all.size()]));
}
BENCHMARK(Profile<zoo::ProxylessNas>);
BENCHMARK(Profile<zoo::MobileNetV3Ofa>);
BENCHMARK(Profile<zoo::NasBench201>);

void EnumerateNasBench201(benchmark::State& state) {
  const FlopsProfiler<zoo::NasBench201> flops;
  for (auto _ : state) {
    std::int64_t sum = 0;
    for_each_architecture<zoo::NasBench201>([&](const auto& a) { sum += flops.profile(a).value(); });
    benchmark::DoNotOptimize(sum);
  }
}
BENCHMARK(EnumerateNasBench201)->Unit(benchmark::kMicrosecond);

template <class Space>
void DrawFromAll(benchmark::State& state) {
  Rng rng{1};
  for (auto _ : state) benchmark::DoNotOptimize(Uniform<Space>{}(rng));
}
BENCHMARK(DrawFromAll<zoo::ProxylessNas>);

/// Draws from the architectures that one in 10^6 is.
template <class Space>
void DrawWithinRareBudget(benchmark::State& state) {
  const FlopsProfiler<Space> flops;
  const auto draw = uniform_within(flops, 0_FLOPs, Flops{budget_met_by(flops, 1e-6)}).value();
  Rng rng{1};
  for (auto _ : state) benchmark::DoNotOptimize(draw(rng));
}
BENCHMARK(DrawWithinRareBudget<zoo::ProxylessNas>);
BENCHMARK(DrawWithinRareBudget<zoo::MobileNetV3Ofa>);

/// Draws from a window of a thousandth of the range in its middle.
template <class Space>
void DrawWithinNarrowWindow(benchmark::State& state) {
  const FlopsProfiler<Space> flops;
  const auto [lo, hi] = flops.range();
  const Flops middle{(lo.value() + hi.value()) / 2};
  const Flops half{(hi.value() - lo.value()) / 2000};
  const auto draw = uniform_within(flops, middle - half, middle + half).value();
  Rng rng{1};
  for (auto _ : state) benchmark::DoNotOptimize(draw(rng));
}
BENCHMARK(DrawWithinNarrowWindow<zoo::ProxylessNas>);
BENCHMARK(DrawWithinNarrowWindow<zoo::MobileNetV3Ofa>);

/// Two budgets at once: FLOPs and parameters below the middle of their ranges.
template <class Space>
void DrawWithinTwoBudgets(benchmark::State& state) {
  const FlopsProfiler<Space> flops;
  const ParamsProfiler<Space> params;
  const auto middle = [](const auto& p) {
    return decltype(p.range().min){(p.range().min.value() + p.range().max.value()) / 2};
  };
  const auto draw =
      uniform_within(Within{flops, 0_FLOPs, middle(flops)}, Within{params, 0_params, middle(params)}).value();
  Rng rng{1};
  for (auto _ : state) benchmark::DoNotOptimize(draw(rng));
}
BENCHMARK(DrawWithinTwoBudgets<zoo::ProxylessNas>);

}  // namespace

BENCHMARK_MAIN();
