// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How long filling a latency column takes, and one latency read from it.
///        scripts/run latency_profile --benchmark_min_time=0.5
///        The latencies are those of a made-up machine: what is timed does not depend on them.
#include <algorithm>
#include <type_traits>
#include <vector>

#include <benchmark/benchmark.h>

#include "hwnas/core.hpp"
#include "hwnas/latency/kernel_predictor.hpp"
#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/latency/linear_predictor.hpp"
#include "hwnas/latency/lookup_table.hpp"
#include "hwnas/zoo/once_for_all.hpp"
#include "hwnas/zoo/proxylessnas.hpp"

namespace {

using namespace hwnas;

/// As torchscript-cpu fuses.
FusionRules usual_rules() {
  FusionRules rules;
  for (const KernelOp conv : {KernelOp::conv, KernelOp::dwconv}) {
    for (const KernelOp reader : {KernelOp::bn, KernelOp::relu}) rules.allow(conv, reader);
  }
  return rules;
}

/// Tree ensembles of the builder's size, on all kernels of the space.
template <class Space>
struct Kernels {
  static const KernelPredictor& predictor() {
    static const KernelPredictor fitted = [] {
      std::vector<KernelSample> samples;
      for (const KernelKey& kernel : kernel_trellis<Space>(usual_rules()).value().kernels) {
        const KernelFeatures f = kernel.features();
        samples.push_back({kernel, Milliseconds{0.002 + std::max(static_cast<double>(f.macs) / 5e6,
                                                                 static_cast<double>(f.bytes) / 8e6)}});
      }
      KernelPredictor made{usual_rules()};
      made.fit(samples).value();
      return made;
    }();
    return fitted;
  }
};

template <class Space>
struct Operators {
  static const LookupTable& predictor() {
    static const LookupTable table = [] {
      LookupTable made;
      double latency = 0;
      for (const OperatorKey& key : operator_keys(Compiled<Space>::lists(), program<Space>)) {
        made.set(key.text(), {.count = 1, .latency = latency += 0.001});
      }
      return made;
    }();
    return table;
  }
};

template <class Space>
struct Choices {
  static const LinearPredictor<Space>& predictor() {
    static const LinearPredictor<Space> fitted = [] {
      const FlopsProfiler<Space> flops;
      Rng rng{3};
      std::vector<NetworkSample<Space>> samples;
      for (int i = 0; i < 600; ++i) {
        const auto a = Uniform<Space>{}(rng);
        samples.push_back({a, Milliseconds{static_cast<double>(flops.profile(a).value()) / 1e7}});
      }
      LinearPredictor<Space> made;
      made.fit(samples).value();
      return made;
    }();
    return fitted;
  }
};

template <class Space, template <class> class Source>
using Latency = LatencyProfiler<Space, std::remove_cvref_t<decltype(Source<Space>::predictor())>>;

/// From the predictor to a column with every candidate's latency, the trellis under the rules included.
template <class Space, template <class> class Source>
void Fill(benchmark::State& state) {
  const auto& predictor = Source<Space>::predictor();
  for (auto _ : state) benchmark::DoNotOptimize(Latency<Space, Source>::make(predictor).value());
}

/// profile() of architectures drawn before, one after another.
template <class Space, template <class> class Source>
void Profile(benchmark::State& state) {
  const Latency<Space, Source> latency{Source<Space>::predictor()};
  Rng rng{7};
  std::vector<Architecture<Space>> all;
  for (int i = 0; i < 4096; ++i) all.push_back(Uniform<Space>{}(rng));
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(latency.profile(all[i++ % all.size()]));
}

BENCHMARK(Fill<zoo::ProxylessNas, Kernels>)->Unit(benchmark::kMillisecond);
BENCHMARK(Fill<zoo::ProxylessNas, Operators>)->Unit(benchmark::kMillisecond);
BENCHMARK(Fill<zoo::ProxylessNas, Choices>)->Unit(benchmark::kMillisecond);
BENCHMARK(Fill<zoo::MobileNetV3Ofa, Kernels>)->Unit(benchmark::kMillisecond);
BENCHMARK(Profile<zoo::ProxylessNas, Kernels>);
BENCHMARK(Profile<zoo::ProxylessNas, Operators>);
BENCHMARK(Profile<zoo::ProxylessNas, Choices>);
BENCHMARK(Profile<zoo::MobileNetV3Ofa, Kernels>);

}  // namespace

BENCHMARK_MAIN();
