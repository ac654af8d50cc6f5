// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Profilers in constant expressions: costs by hand, ranges, counts, expectations, draws; the concepts both ways.
#include "hwnas/core.hpp"

namespace profilers_static_test {

using namespace hwnas;

// 4 x 4 channels on 8 x 8: 1024 multiply-adds a 1x1 window, 9216 for 3x3.
using Space =
    Input<Sequential<Named<"a", LayerChoice<Conv1x1, Conv3x3, Identity>>, Named<"b", LayerChoice<Conv1x1, Conv3x3>>>,
          Shape{4, 8, 8}>;
constexpr FlopsProfiler<Space> flops;
constexpr ParamsProfiler<Space> params;
constexpr MemoryProfiler<Space> memory;

constexpr Architecture<Space> of(std::uint8_t a, std::uint8_t b) { return Architecture<Space>::from_values({a, b}); }

static_assert(flops.profile(of(0, 0)) == 2048_FLOPs);
static_assert(flops.profile(of(2, 1)) == 9216_FLOPs);
static_assert(params.profile(of(2, 0)) == Params{16 + 8});  // weights, and scale and shift of the batch-norm
static_assert(FlopsProfiler<Space, counting::nni>{}.profile(of(2, 0)) == Flops{1024 + 4 * 256 + 256});
static_assert(memory.profile(of(0, 0)) == Bytes{4 * (256 + 256)});  // a convolution's input and output
static_assert(MemoryProfiler<Space, 1>{}.profile(of(0, 0)) == Bytes{256 + 256});

static_assert(flops.range() == Range<Flops>{1024_FLOPs, 18432_FLOPs});
static_assert(params.range().max == Params{2 * (144 + 8)});
constexpr double expected = flops.expected(Probabilities<Space>::uniform()).value();
static_assert(expected > 10240.0 / 3 + 10240.0 / 2 - 1e-6 && expected < 10240.0 / 3 + 10240.0 / 2 + 1e-6);

constexpr Bounds some = count_within(flops, 2000_FLOPs, 10'240_FLOPs);
static_assert(some == Bounds{4, 4});  // 1x1 twice; one 3x3 with 1x1, two ways; 3x3 alone
static_assert(count_within(flops, 2049_FLOPs, 9215_FLOPs) == Bounds{0, 0});
static_assert(count_within(flops, 5_FLOPs, 4_FLOPs) == Bounds{0, 0});
static_assert(count_within(Within{flops, 0_FLOPs, 10'240_FLOPs}, Within{params, 100_params, Params::max()}) ==
              Bounds{3, 3});

static_assert(cheapest(flops, 2).front() == of(2, 0) && cheapest(flops, 2).back() == of(0, 0));
static_assert(cheapest(flops, 100).size() == 6);

// Uniform draws in a constant expression, within one budget and within two.
static_assert([] {
  const auto draw = uniform_within(flops, 2000_FLOPs, 10'240_FLOPs).value();
  const auto copy = draw;
  Rng rng{5};
  bool inside = true;
  for (int i = 0; i < 20; ++i) inside = inside && Range<Flops>{2000_FLOPs, 10'240_FLOPs}.contains(flops.profile(copy(rng)));
  return inside;
}());
constexpr Architecture<Space> drawn = [] {
  Rng rng{5};
  return uniform_within(Within{flops, 0_FLOPs, 2048_FLOPs}, Within{params, 40_params, Params::max()}).value()(rng);
}();
static_assert(drawn == of(0, 0));  // the only one: 1x1 twice

// What is looked up and set by label.
constexpr Architecture<Space> set_by_label = [] {
  Architecture<Space> a;
  a.set("b", 1).value();
  return a;
}();
static_assert(set_by_label == of(0, 1) && set_by_label.choice("b").value() == 1);

struct BlackBox {
  using unit = Milliseconds;
  [[nodiscard]] Milliseconds profile(const Architecture<Space>&) const { return 1_ms; }
};
struct NoUnit {
  [[nodiscard]] Milliseconds profile(const Architecture<Space>&) const { return 1_ms; }
};
using OtherSpace = Input<Conv3x3, Shape{4, 8, 8}>;
static_assert(Profiler<FlopsProfiler<Space>, Space> && Profiler<MemoryProfiler<Space>, Space> &&
              Profiler<BlackBox, Space>);
static_assert(!Profiler<NoUnit, Space> && !Profiler<int, Space> && !Profiler<BlackBox, OtherSpace>);
static_assert(TableProfilerType<ParamsProfiler<Space>> && !TableProfilerType<BlackBox> && !TableProfilerType<int>);
static_assert(OperatorOption<Kernel<3>> && !OperatorOption<Conv3x3> && IsOperator<Conv3x3> && !IsOperator<int>);

}  // namespace profilers_static_test
