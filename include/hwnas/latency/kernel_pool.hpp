// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  KernelPool: the kernels that networks of some spaces run on a device, and how often.
///        KernelPool pool;   pool.add(running_kernels(space.kernels(space.draw(rng)), rules));
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hwnas/latency/detector.hpp"

namespace hwnas {

/// Which of a network's kernels its result depends on: programs do not run the others.
[[nodiscard]] inline std::vector<bool> reaching_the_result(const KernelGraph& graph,
                                                           std::span<const DetectedKernel> kernels) {
  std::vector<bool> reaches(kernels.size(), false);
  // In the order in which they run, readers are behind what they read.
  for (std::size_t i = kernels.size(); i-- > 0;) {
    for (const int n : kernels[i].nodes) {
      const KernelGraph::Node& node = graph.nodes[static_cast<std::size_t>(n)];
      if (graph.result >= node.output && graph.result < node.output + node.output_count) reaches[i] = true;
    }
    if (!reaches[i]) continue;
    for (const int from : kernels[i].inbounds) reaches[static_cast<std::size_t>(from)] = true;
  }
  return reaches;
}

/// The kernels that a network runs on a device with these rules, without views, zeros, and what its result does not depend on.
[[nodiscard]] inline std::vector<KernelKey> running_kernels(const KernelGraph& graph, const FusionRules& rules) {
  std::vector<KernelKey> kernels;
  std::vector<DetectedKernel> all = detect(graph, rules);
  const std::vector<bool> reaches = reaching_the_result(graph, all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& ops = all[i].kernel.ops;
    const bool runs = std::any_of(ops.begin(), ops.end(), [](KernelOp op) { return op != KernelOp::none; });
    if (runs && reaches[i]) kernels.push_back(std::move(all[i].kernel));
  }
  return kernels;
}

/// A kernel of the pool.
struct PooledKernel {
  KernelKey kernel;
  std::int64_t count = 0;  ///< occurrences in the networks that were added
};

/// Distinct kernels in the order in which they were met.
class KernelPool {
 public:
  void add(std::span<const KernelKey> kernels) {
    for (const KernelKey& kernel : kernels) {
      const auto [found, is_new] = place_of_.try_emplace(kernel.text(), all_.size());
      if (is_new) all_.push_back({kernel});
      ++all_[found->second].count;
    }
  }
  [[nodiscard]] std::span<const PooledKernel> all() const { return all_; }
  /// Null where there is none.
  [[nodiscard]] const PooledKernel* find(const std::string& text) const {
    const auto found = place_of_.find(text);
    return found == place_of_.end() ? nullptr : &all_[found->second];
  }

 private:
  std::vector<PooledKernel> all_;
  std::unordered_map<std::string, std::size_t> place_of_;
};

}  // namespace hwnas
