// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Columns: from a number for each fragment to a cost for each edge. The one place where costs are put together.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "hwnas/core/list.hpp"
#include "hwnas/layer/costs.hpp"
#include "hwnas/layer/liveness.hpp"
#include "hwnas/space/trellis_view.hpp"

namespace hwnas {

/// What counts as one floating-point operation of the profiler.
enum class counting {
  macs,  ///< multiply-adds of convolutions, linear layers and matrix products: the number papers print
  nni,   ///< with biases, batch-norm and activations, as NNI's profiler adds by default
};

/// Cost of every edge when fragment f costs per_fragment[f].
constexpr void sum_column(const TrellisLists& lists, std::span<const std::int64_t> per_fragment,
                          std::span<std::int64_t> out) {
  List<std::int64_t> of_item(lists.items.size(), 0);
  const auto known = [&](int item) { return item < 0 ? 0 : of_item[static_cast<std::size_t>(item)]; };
  for (std::size_t i = 0; i < lists.items.size(); ++i) {
    const Item& item = lists.items[i];
    of_item[i] = known(item.parent) +
                 (item.list >= 0 ? known(item.list) : per_fragment[static_cast<std::size_t>(item.fragment)]);
  }
  for (std::size_t e = 0; e < lists.edges.size(); ++e) out[e] = known(lists.edges[e].list);
}

/// Peak elements of one fragment by itself; `held`: its input is needed afterwards. A join's operands are all outside.
[[nodiscard]] constexpr std::int64_t peak_of(const TrellisLists& lists, const Fragment& fragment, bool held) {
  const auto nodes = lists.nodes_of(fragment);
  if (fragment.op < 0) return nodes.front().primitive.in_place ? 0 : fragment.out.elements();
  return Liveness{nodes, fragment.in, fragment.result, held}.peak();
}

/// Peak of live elements along every edge.
constexpr void peak_column(const TrellisLists& lists, std::span<std::int64_t> out) {
  constexpr std::int64_t unknown = -1;
  List<std::int64_t> free(lists.fragments.size(), unknown);
  List<std::int64_t> held(lists.fragments.size(), unknown);
  const auto peak = [&](const Item& item) {
    std::int64_t& of_fragment = (item.held ? held : free)[item.fragment];
    if (of_fragment == unknown) {
      of_fragment = peak_of(lists, lists.fragments[static_cast<std::size_t>(item.fragment)], item.held);
    }
    return of_fragment;
  };
  List<std::int64_t> of_item(lists.items.size(), 0);
  const auto known = [&](int item) { return item < 0 ? 0 : of_item[static_cast<std::size_t>(item)]; };
  for (std::size_t i = 0; i < lists.items.size(); ++i) {
    const Item& item = lists.items[i];
    of_item[i] =
        std::max(known(item.parent), item.list >= 0 ? known(item.list) : item.outside + peak(item));
  }
  for (std::size_t e = 0; e < lists.edges.size(); ++e) out[e] = known(lists.edges[e].list);
}

/// Multiply-adds of one fragment.
[[nodiscard]] constexpr std::int64_t flops_of(const TrellisLists& lists, const Fragment& fragment, counting how) {
  std::int64_t sum = 0;
  for (const GraphNode& node : lists.nodes_of(fragment)) {
    const PrimitiveCosts costs = costs_of(node.primitive);
    sum += costs.flops + (how == counting::nni ? costs.nni_extra : 0);
  }
  return sum;
}

/// Trainable numbers of one fragment.
[[nodiscard]] constexpr std::int64_t params_of(const TrellisLists& lists, const Fragment& fragment) {
  std::int64_t sum = 0;
  for (const GraphNode& node : lists.nodes_of(fragment)) sum += costs_of(node.primitive).params;
  return sum;
}

/// One number for each fragment, by a function of the fragment.
[[nodiscard]] constexpr List<std::int64_t> per_fragment(const TrellisLists& lists, auto&& value_of) {
  List<std::int64_t> values;
  for (const Fragment& fragment : lists.fragments) values.push_back(value_of(fragment));
  return values;
}

}  // namespace hwnas
