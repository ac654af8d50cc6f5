// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A chain of N decisions, no two with the same label, and its tables.
#pragma once

#include <utility>

#include "hwnas/core.hpp"

template <int> using Layer = hwnas::LayerChoice<hwnas::MBConv<3>, hwnas::MBConv<6>>;  // 2^100 networks can be counted

template <int... I>
auto chain(std::integer_sequence<int, I...>) -> hwnas::Input<hwnas::Sequential<Layer<I>...>, hwnas::Shape{16, 32, 32}>;

template <int N> int sum_of_tables() {
  using Space = decltype(chain(std::make_integer_sequence<int, N>{}));
  constexpr hwnas::FlopsProfiler<Space> flops;
  constexpr hwnas::ParamsProfiler<Space> params;
  constexpr hwnas::MemoryProfiler<Space> memory;
  static_assert(flops.range().max > flops.range().min && params.range().max > params.range().min);
  static_assert(memory.range().max >= memory.range().min);
  hwnas::Rng rng{1};
  const auto a = hwnas::Uniform<Space>{}(rng);
  return flops.ticks(a) + params.ticks(a) + memory.ticks(a) > 0 ? 0 : 1;
}
