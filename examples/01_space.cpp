// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A search space is a type. Compiling it gives its decisions, their number, and the cost of every architecture.
#include <fmt/core.h>

#include <hwnas/core.hpp>

using namespace hwnas;

using Block = LayerChoice<Conv3x3, Conv5x5, MBConv<6>>;      // one of three; as many channels as the input
using Space = Sequential<
    Conv<Kernel<3>, Stride<2>, Out<16>>,                     // options have names and stand in any order
    Named<"b1", Block>,
    Named<"b2", LayerChoice<MBConv<3>, MBConv<6, Kernel<5>>, Identity>>,
    Repeat<MBConv<3, Kernel<3, 5>>, 1, 2>,                   // depth 1 or 2; two kernels: decisions as well
    GlobalAvgPool, Flatten, Linear<10>>;
using OnImages = Input<Space, Shape{3, 32, 32}>;

static_assert(space_size<OnImages> == 3 * 3 * (2 + 2 * 2));  // the second kernel only counts where there are two blocks

int main() {
  fmt::print("{} architectures\n", space_size<OnImages>);
  for (const Decision& d : decisions<OnImages>) {
    fmt::print("  {}:", d.label);
    for (const auto name : d.names) fmt::print(" {}", name);
    fmt::print("\n");
  }

  constexpr FlopsProfiler<OnImages> flops;
  constexpr ParamsProfiler<OnImages> params;
  constexpr MemoryProfiler<OnImages> memory;
  fmt::print("from {} to {}\n", flops.range().min, flops.range().max);

  Architecture<OnImages> a;  // the first candidate everywhere
  a.set("b1", 2).value();
  a.set("3/depth", 1).value();
  a.set("3/1/kernel", 1).value();
  fmt::print("{}\n  {}, {}, {} of activations\n", a, flops.profile(a), params.profile(a), memory.profile(a));
}
