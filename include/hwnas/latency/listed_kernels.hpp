// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The kernels that every network of a space really runs. A sum over choices cannot know that a later choice leaves a
///        kernel without readers; a tree, where every network has a path of its own, can.
///        auto listed = listed_kernels<zoo::NasBench201>(rules).value();   listed.costs(ticks)   // of its tree's edges
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/latency/kernel_pool.hpp"
#include "hwnas/latency/kernel_trellis.hpp"
#include "hwnas/profile/range.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/space/trellis_view.hpp"

namespace hwnas {
namespace detail {

/// Moves negative costs along the paths (each state hands what is the least from it on to the edges before), so that of edge 0
/// alone the cost may be negative, and every path's sum stays what it was.
[[nodiscard]] inline std::vector<std::int64_t> without_negatives(const TrellisShape& shape,
                                                                std::vector<std::int64_t> costs) {
  const auto least = best_to_end({shape, costs, Combine::sum}, [](auto a, auto b) { return a < b; });
  const auto ahead = [&](int s) { return s == TrellisData::end ? 0 : least[static_cast<std::size_t>(s)]; };
  costs[0] += ahead(shape.start());
  for (std::size_t s = 0; s < shape.states.size(); ++s) {
    for (int v = 0; v < shape.states[s].count; ++v) {
      const auto e = static_cast<std::size_t>(shape.states[s].first_edge + v);
      costs[e] += ahead(shape.edges[e].target) - least[s];
    }
  }
  return costs;
}

}  // namespace detail

/// A tree of all networks of a space with the distinct kernels of them all.
class ListedKernels {
 public:
  /// One decision after another; at its end a network's kernels are detected.
  template <class Space>
  [[nodiscard]] static ListedKernels of(const FusionRules& rules) {
    ListedKernels listed;
    listed.tree_.decisions = static_cast<int>(decisions<Space>.size());
    listed.tree_.data.edges.push_back({});
    typename Architecture<Space>::values_type values{};
    listed.grow<Space>(0, values, 0, rules);
    return listed;
  }

  /// Costs of the tree's edges, where distinct kernel i costs ticks[i].
  [[nodiscard]] std::vector<std::int64_t> costs(std::span<const std::int64_t> ticks) const {
    std::vector<std::int64_t> result(tree_.data.edges.size());
    for (const Network& network : networks_) {
      for (const std::size_t kernel : network.kernels) result[network.edge] += ticks[kernel];
    }
    return detail::without_negatives(tree_.shape(), std::move(result));
  }
  [[nodiscard]] const std::vector<KernelKey>& kernels() const { return tree_.kernels; }
  [[nodiscard]] std::size_t networks() const { return networks_.size(); }
  [[nodiscard]] KernelTrellis take_tree() && { return std::move(tree_); }

 private:
  struct Network {
    std::size_t edge = 0;  // the last one of its path
    std::vector<std::size_t> kernels{};
  };

  // What comes behind an edge, decisions before `first` being made. What is inactive is not decided.
  template <class Space>
  void grow(std::size_t edge, typename Architecture<Space>::values_type& values, std::size_t first,
            const FusionRules& rules) {
    const auto a = Architecture<Space>::from_values(values);
    while (first < values.size() && !a.is_active(first)) ++first;
    if (first == values.size()) {
      tree_.data.edges[edge].target = TrellisData::end;
      add(edge, running_kernels(kernel_graph(a), rules));
      return;
    }
    const int count = decisions<Space>[first].count;
    const auto begin = tree_.data.edges.size();
    tree_.data.edges[edge].target = static_cast<int>(tree_.data.states.size());
    tree_.data.states.push_back({static_cast<int>(first), static_cast<int>(begin), count});
    for (int v = 0; v < count; ++v) tree_.data.edges.push_back({});
    for (int v = 0; v < count; ++v) {
      values[first] = static_cast<std::uint8_t>(v);
      grow<Space>(begin + static_cast<std::size_t>(v), values, first + 1, rules);
    }
    values[first] = 0;
  }
  void add(std::size_t edge, std::span<const KernelKey> kernels) {
    Network& network = networks_.emplace_back(Network{edge});
    for (const KernelKey& kernel : kernels) {
      const auto [found, is_new] = place_of_.try_emplace(kernel.text(), tree_.kernels.size());
      if (is_new) tree_.kernels.push_back(kernel);
      network.kernels.push_back(found->second);
    }
  }

  KernelTrellis tree_;
  std::vector<Network> networks_;
  std::unordered_map<std::string, std::size_t> place_of_;
};

/// The kernels of every network of a space, detected one network after another.
///   Errors  bad_value where there are more than `most` networks
template <class Space>
[[nodiscard]] Result<ListedKernels> listed_kernels(const FusionRules& rules, std::int64_t most = 100'000) {
  if (space_size<Space> <= static_cast<u128>(most)) return ListedKernels::of<Space>(rules);
  return Error{Error::Code::bad_value,
               fmt::format("listing the kernels of every network: the space has {}, more than {}",
                           to_string(space_size<Space>), most)};
}

}  // namespace hwnas
