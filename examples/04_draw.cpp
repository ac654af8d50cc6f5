// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Drawing within a budget: exactly uniform over the architectures that meet it, without trial and error.
#include <fmt/core.h>

#include <hwnas/core.hpp>

using namespace hwnas;

using Block = LayerChoice<MBConv<3>, MBConv<6>, MBConv<6, Kernel<5>>, Identity>;
using Space =
    Input<Sequential<Conv<Kernel<3>, Stride<2>, Out<16>>, Repeat<Block, 8>, GlobalAvgPool, Flatten, Linear<10>>,
          Shape{3, 32, 32}>;
constexpr FlopsProfiler<Space> flops;
constexpr ParamsProfiler<Space> params;

int main() {
  Rng rng{2026};
  fmt::print("three of all {}:\n", space_size<Space>);
  for (int i = 0; i < 3; ++i) {
    const auto a = Uniform<Space>{}(rng);
    fmt::print("  {}: {}\n", a, flops.profile(a));
  }

  const auto few = count_within(flops, 0_FLOPs, 2_MFLOPs);
  fmt::print("three of the {} with at most {}:\n", few.lower, 2_MFLOPs);
  const auto small = uniform_within(flops, 0_FLOPs, 2_MFLOPs).value();
  for (int i = 0; i < 3; ++i) {
    const auto a = small(rng);
    fmt::print("  {}: {}\n", a, flops.profile(a));
  }

  fmt::print("one that meets two budgets:\n");
  const auto both = uniform_within(Within{flops, 5_MFLOPs, 6_MFLOPs}, Within{params, 0_params, 25_kparams}).value();
  const auto a = both(rng);
  fmt::print("  {}: {}, {}\n", a, flops.profile(a), params.profile(a));

  // A budget that nothing meets is not a loop without end but an error that says what is nearest.
  fmt::print("{}\n", uniform_within(flops, 0_FLOPs, 100_kFLOPs).error().message);
  fmt::print("the cheapest: {}\n", cheapest(flops, 1).front());
}
