// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  AnyProfiler: what it holds, with another name; also where the trellis is not the space's own.
#include "hwnas/profile/any_profiler.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/latency/energy_profiler.hpp"
#include "laws/profiler_laws.hpp"

namespace any_profiler_test {

using namespace hwnas;
using Space =
    Input<Sequential<Conv<Kernel<3>, Out<8>>, Repeat<LayerChoice<Conv3x3, MBConv<3, Kernel<3, 5>>, Identity>, 1, 4>,
                     Conv<Out<8, 16>>, GlobalAvgPool, Flatten, Linear<10>>,
          Shape{3, 12, 12}>;

/// Kernels that fuse across the blocks' borders: the trellis is rebuilt with more states.
struct Fusing {
  using key = KernelKey;
  [[nodiscard]] static FusionRules rules() {
    FusionRules all;
    for (const KernelOp op : {KernelOp::conv, KernelOp::dwconv}) {
      for (const KernelOp next : {KernelOp::bn, KernelOp::relu, KernelOp::add}) all.allow(op, next);
    }
    return all;
  }
  [[nodiscard]] Result<Milliseconds> predict(const KernelKey& kernel) const {
    return Milliseconds{0.001 * static_cast<double>(std::hash<std::string>{}(kernel.text()) % 1009)};
  }
};

template <class P, class Any> void expect_same(const P& profiler, const Any& any, std::int64_t scale) {
  Rng rng{3};
  for (int i = 0; i < 200; ++i) {
    const auto a = Uniform<Space>{}(rng);
    EXPECT_EQ(any.ticks(a), scale * profiler.ticks(a));
  }
  EXPECT_EQ(any.range().min.ticks(), scale * profiler.range().min.ticks());
  EXPECT_EQ(any.range().max.ticks(), scale * profiler.range().max.ticks());
  const std::int64_t middle = (profiler.range().min.ticks() + profiler.range().max.ticks()) / 2;
  EXPECT_EQ(count_within(profiler, typename P::unit{}, P::unit::from_ticks(middle)).lower,
            count_within(any, typename Any::unit{}, Any::unit::from_ticks(scale * middle)).lower);
  const auto uniform = Probabilities<Space>::uniform();
  const double tick = static_cast<double>(P::unit::tag::ticks) / static_cast<double>(Any::unit::tag::ticks);
  const double expected = static_cast<double>(profiler.expected(uniform).value()) * tick * static_cast<double>(scale);
  EXPECT_NEAR(static_cast<double>(any.expected(uniform).value()), expected, 1e-9 * expected);
  laws::table_profiler_laws(any);
}

TEST(AnyProfiler, IsWhatItHolds) {
  const FlopsProfiler<Space> flops;
  expect_same(flops, AnyProfiler<Space, Flops>{flops}, 1);
  const LatencyProfiler<Space, Fusing> latency{Fusing{}};
  expect_same(latency, AnyProfiler<Space, Milliseconds>{latency}, 1);
}

TEST(AnyProfiler, OutlivesWhatItWasMadeFrom) {
  std::optional<LatencyProfiler<Space, Fusing>> latency{Fusing{}};
  const AnyProfiler<Space, Milliseconds> any{*latency};
  const auto a = Uniform<Space>{}(*std::make_unique<Rng>(1));
  const Milliseconds before = any.profile(a);
  latency.reset();
  EXPECT_EQ(any.profile(a), before);
  EXPECT_GT(any.range().max, any.range().min);
}

TEST(AnyProfiler, TakesOtherUnits) {
  const LatencyProfiler<Space, Fusing> latency{Fusing{}};
  expect_same(latency, AnyProfiler<Space, Millijoules>{latency, 3}, 3);
}

TEST(EnergyProfiler, SumsKernelsThatFuse) {
  const EnergyProfiler<Space, Fusing> energy{Fusing{}};
  expect_same(LatencyProfiler<Space, Fusing>{Fusing{}}, energy, 1);
}

}  // namespace any_profiler_test
