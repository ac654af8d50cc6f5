// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The public API of profilers, as outside programs write it.
#include <hwnas/core.hpp>

#include "check.hpp"

using namespace hwnas;

using Block = LayerChoice<Conv3x3, Conv5x5, MBConv<6>>;
using OnImages = Input<Sequential<Conv<Kernel<3>, Stride<2>, Out<32>>, Named<"b1", Block>, Named<"b2", Block>,
                                  Repeat<MBConv<6, Kernel<3, 5, 7>>, 1, 3>, GlobalAvgPool, Flatten, Linear<10>>,
                       Shape{3, 64, 64}>;

// --- profilers -------------------------------------------------------------------------------------
constexpr FlopsProfiler<OnImages> flops;     // also ParamsProfiler, MemoryProfiler; FlopsProfiler<S, counting::nni>
constexpr ParamsProfiler<OnImages> params;
constexpr MemoryProfiler<OnImages> memory;
constexpr FlopsProfiler<OnImages, counting::nni> flops_of_nni;
static_assert(flops.range().max < 600_MFLOPs);                    // exact {min, max} over the space
static_assert(count_within(flops, 0_FLOPs, 600_MFLOPs).is_exact());
static_assert(count_within(flops, 0_FLOPs, 600_MFLOPs).lower == space_size<OnImages>);
static_assert(TableProfilerType<FlopsProfiler<OnImages>> && Profiler<MemoryProfiler<OnImages>, OnImages>);

void one_architecture() {
  const Architecture<OnImages> a;
  const Flops cost = flops.profile(a);
  check(cost.value() > 0 && flops.range().contains(cost), "profile and range");
  check(flops_of_nni.profile(a) > cost, "NNI counts more");
  check(params.range().contains(params.profile(a)) && memory.range().contains(memory.profile(a)), "params, memory");
  const auto expected = flops.expected(Probabilities<OnImages>::uniform());
  check(expected.value() > static_cast<double>(flops.range().min.value()), "expected");
  auto probabilities = Probabilities<OnImages>::uniform();
  probabilities["b1"][0] = 1;
  probabilities["b1"][1] = probabilities["b1"][2] = 0;
  check(flops.expected(probabilities) < expected, "probabilities[decision][candidate]");
}

void budgets() {
  const Flops lo = flops.range().min;
  const Flops hi{lo.value() * 2};
  const Bounds bounds = count_within(flops, lo, hi);
  check(bounds.lower > 0 && bounds.lower <= bounds.upper, "Bounds{lower, upper}");
  Rng rng{1};
  const auto sampler = uniform_within(flops, lo, hi).value();
  check(Range<Flops>{lo, hi}.contains(flops.profile(sampler(rng))), "uniform_within");
  const Params most{params.range().min.value() * 2};
  const auto both = uniform_within(Within{flops, lo, hi}, Within{params, 0_params, most}).value();
  const auto drawn = both(rng);
  check(flops.profile(drawn) <= hi && params.profile(drawn) <= most, "several budgets at once");
  check(!uniform_within(flops, 0_FLOPs, 1_FLOPs).has_value(), "an empty set is an Error");
  const auto best = cheapest(flops, 3);
  check(best.size() == 3 && flops.profile(best[0]) == lo && flops.profile(best[1]) <= flops.profile(best[2]),
        "cheapest");
}

int main() {
  one_architecture();
  budgets();
  return failures == 0 ? 0 : 1;
}
