// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Profilers for FLOPs, parameters and peak activation memory.
///        constexpr FlopsProfiler<OnImages> flops;
///        static_assert(flops.range().max < 600_MFLOPs);
#pragma once

#include "hwnas/profile/table_profiler.hpp"

namespace hwnas {

namespace detail {
template <counting How>
struct FlopsColumn {
  static constexpr Combine rule = Combine::sum;
  static constexpr void fill(const TrellisLists& lists, std::span<std::int64_t> out) {
    sum_column(lists, per_fragment(lists, [&](const Fragment& f) { return flops_of(lists, f, How); }), out);
  }
};
struct ParamsColumn {
  static constexpr Combine rule = Combine::sum;
  static constexpr void fill(const TrellisLists& lists, std::span<std::int64_t> out) {
    sum_column(lists, per_fragment(lists, [&](const Fragment& f) { return params_of(lists, f); }), out);
  }
};
template <int BytesPerElement>
struct MemoryColumn {
  static constexpr Combine rule = Combine::max;
  static constexpr void fill(const TrellisLists& lists, std::span<std::int64_t> out) {
    peak_column(lists, out);
    for (auto& value : out) value *= BytesPerElement;
  }
};
}  // namespace detail

/// Multiply-adds of an architecture, or NNI's count with counting::nni.
template <class Space, counting How = counting::macs>
struct FlopsProfiler : ConstantProfiler<FlopsProfiler<Space, How>, Space, Flops, detail::FlopsColumn<How>> {};

/// Trainable numbers of an architecture: what its stand-alone LibTorch module holds.
template <class Space>
struct ParamsProfiler : ConstantProfiler<ParamsProfiler<Space>, Space, Params, detail::ParamsColumn> {};

/// Peak memory of activations at batch 1, in bytes: the largest sum of live tensors at any primitive in execution order.
/// An input lives until its last reader; ReLU and batch-norm write in place; weights are not counted.
///   In a Cell  an edge's result is a tensor of its own, a source lives until the last node that may read it, and a
///              node with an InputChoice holds its sum from its start
template <class Space, int BytesPerElement = 4>
struct MemoryProfiler
    : ConstantProfiler<MemoryProfiler<Space, BytesPerElement>, Space, Bytes, detail::MemoryColumn<BytesPerElement>> {};

}  // namespace hwnas
