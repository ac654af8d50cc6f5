// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The ProxylessNAS space with all of its tables, compiled and asked.
#include "hwnas/core.hpp"
#include "hwnas/zoo/proxylessnas.hpp"

int main() {
  using Space = hwnas::zoo::ProxylessNas;
  constexpr hwnas::FlopsProfiler<Space> flops;
  constexpr hwnas::ParamsProfiler<Space> params;
  constexpr hwnas::MemoryProfiler<Space> memory;
  static_assert(flops.range().max > flops.range().min && params.range().max > params.range().min);
  static_assert(memory.range().max > memory.range().min);
  hwnas::Rng rng{1};
  const auto a = hwnas::Uniform<Space>{}(rng);
  return flops.ticks(a) + params.ticks(a) + memory.ticks(a) > 0 ? 0 : 1;
}
