// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Budgets as static_assert: proofs about every architecture of a space, paid when it is compiled.
#include <fmt/core.h>

#include <hwnas/core.hpp>

using namespace hwnas;

using Block = LayerChoice<MBConv<3>, MBConv<6>, MBConv<6, Kernel<5>>, Identity>;
using Space =
    Input<Sequential<Conv<Kernel<3>, Stride<2>, Out<16>>, Repeat<Block, 4>, GlobalAvgPool, Flatten, Linear<10>>,
          Shape{3, 32, 32}>;

constexpr FlopsProfiler<Space> flops;
constexpr ParamsProfiler<Space> params;
constexpr MemoryProfiler<Space> memory;

static_assert(flops.range().max < 10_MFLOPs);   // no architecture needs more
static_assert(memory.range().max < 256_KiB);    // activations fit a small chip, whatever is chosen
static_assert(count_within(flops, 0_FLOPs, 2_MFLOPs).lower > 0);  // and some are small enough
// flops.range().max < 10_ms does not compile: multiply-adds are no time.

int main() {
  fmt::print("FLOPs   {} to {}\n", flops.range().min, flops.range().max);
  fmt::print("params  {} to {}\n", params.range().min, params.range().max);
  fmt::print("memory  {} to {}\n", memory.range().min, memory.range().max);
  for (const Flops limit : {2_MFLOPs, 4_MFLOPs, 6_MFLOPs}) {
    const Bounds count = count_within(flops, 0_FLOPs, limit);
    fmt::print("{} of {} need at most {}\n", count.lower, space_size<Space>, limit);
  }
  const auto both = count_within(Within{flops, 0_FLOPs, 4_MFLOPs}, Within{params, 8_kparams, Params::max()});
  fmt::print("{} of them have 8000 parameters or more\n", both.lower);
}
