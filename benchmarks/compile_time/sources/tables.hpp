// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  All tables of a space, compiled and asked.
#pragma once

#include "hwnas/core.hpp"

template <class Space> int ask_all_tables() {
  constexpr hwnas::FlopsProfiler<Space> flops;
  constexpr hwnas::ParamsProfiler<Space> params;
  constexpr hwnas::MemoryProfiler<Space> memory;
  static_assert(flops.range().max > flops.range().min && params.range().max > params.range().min);
  static_assert(memory.range().max > memory.range().min);
  hwnas::Rng rng{1};
  const auto a = hwnas::Uniform<Space>{}(rng);
  return flops.ticks(a) + params.ticks(a) + memory.ticks(a) > 0 ? 0 : 1;
}
