// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a space can run, at compile time: its distinct primitives, and its distinct kernels before any fusion. Under a
///        device's fusion rules the kernels are those of kernel_trellis().
///        static_assert(distinct_kernels<OnImages>.size() < 200);
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "hwnas/core/list.hpp"
#include "hwnas/layer/kernel.hpp"
#include "hwnas/space/compiled.hpp"

namespace hwnas {

/// Primitives that are one unfused kernel.
struct UnfusedKernel {
  KernelOp op = KernelOp::none;
  std::span<const GraphNode> nodes{};

  /// Whether both run the same.
  [[nodiscard]] constexpr bool same_as(const UnfusedKernel& other) const {
    if (op != other.op || nodes.size() != other.nodes.size()) return false;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].primitive != other.nodes[i].primitive) return false;
    }
    return true;
  }
};

namespace detail {

constexpr List<UnfusedKernel> unfused_kernels(const TrellisLists& lists) {
  List<UnfusedKernel> kernels;
  for (const Fragment& fragment : lists.fragments) {
    const auto nodes = lists.nodes_of(fragment);
    for (const KernelPart& part : lower(nodes)) {
      const UnfusedKernel kernel{
          part.op, nodes.subspan(static_cast<std::size_t>(part.first), static_cast<std::size_t>(part.count))};
      bool known = part.op == KernelOp::none;
      for (const UnfusedKernel& k : kernels) known = known || k.same_as(kernel);
      if (!known) kernels.push_back(kernel);
    }
  }
  return kernels;
}
constexpr List<Primitive> primitives(const TrellisLists& lists) {
  List<Primitive> all;
  for (const GraphNode& node : lists.nodes) {
    bool known = false;
    for (const Primitive& p : all) known = known || p == node.primitive;
    if (!known) all.push_back(node.primitive);
  }
  return all;
}
template <auto Make, class Space>
constexpr auto distinct() {
  constexpr std::size_t count = Make(Compiled<Space>::lists()).size();
  return frozen<count>(Make(Compiled<Space>::lists()));
}

}  // namespace detail

/// Distinct primitives of a space, views and zeros among them.
template <class Space>
inline constexpr auto distinct_primitives = detail::distinct<detail::primitives, Space>();

/// Distinct unfused kernels of a space.
template <class Space>
inline constexpr auto distinct_kernels = detail::distinct<detail::unfused_kernels, Space>();

}  // namespace hwnas
