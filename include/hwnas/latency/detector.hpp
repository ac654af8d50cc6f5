// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The fusion pass: merges the unfused kernels of a graph into those a device runs, under its rules.
///        for (const DetectedKernel& k : detect(graph, rules)) fmt::print("{}\n", k.kernel.text());
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "hwnas/latency/fusion_rules.hpp"
#include "hwnas/latency/kernel.hpp"

namespace hwnas {

/// A network as unfused kernels on values, in execution order. Value 0 is the image.
struct KernelGraph {
  static constexpr int no_value = -1;
  struct Node {
    KernelOp op = KernelOp::none;
    std::vector<GraphNode> nodes{};        // its primitives, on tensors of their own
    std::vector<KernelOperand> operands{}; // `tag`: the value, or no_value for zeros
    int output = 0;                        // first value it makes
    int output_count = 1;
  };
  std::vector<Node> nodes;
  std::vector<bool> barrier{false};  // for each value: must not be fused with who reads it
  int result = 0;

  /// Appends a node; returns its first value.
  int add(Node node) {
    node.output = static_cast<int>(barrier.size());
    barrier.resize(barrier.size() + static_cast<std::size_t>(node.output_count), false);
    nodes.push_back(std::move(node));
    return nodes.back().output;
  }
};

/// A kernel of one network: which of the graph's nodes it is, and which kernels it reads.
struct DetectedKernel {
  KernelKey kernel;
  std::vector<int> nodes;
  std::vector<int> inbounds;  // kernels, as indices of the result; a read of the image is none
};

/// Merges a graph's kernels.
class Detector {
 public:
  Detector(const KernelGraph& graph, const FusionRules& rules) : graph_{graph}, rules_{rules} {
    readers_.assign(graph.barrier.size(), 0);
    kernel_of_.assign(graph.barrier.size(), -1);
    barrier_ = graph.barrier;
    simplify();
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      if (gone_[n]) continue;
      for (const KernelOperand& operand : graph.nodes[n].operands) {
        if (const int v = value(operand.tag); v >= 0) ++readers_[index(v)];
      }
    }
    ++readers_[index(graph.result)];
  }

  /// The kernels in the order in which their last parts run.
  [[nodiscard]] std::vector<DetectedKernel> run() {
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      if (!gone_[n]) place(static_cast<int>(n));
    }
    return sorted();
  }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }

  // Which nodes are not run because of what they compute, and which value stands for theirs.
  void simplify() {
    gone_.assign(graph_.nodes.size(), false);
    same_.resize(graph_.barrier.size());
    std::iota(same_.begin(), same_.end(), 0);
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      const KernelGraph::Node& node = graph_.nodes[n];
      if (graph_.result >= node.output && graph_.result < node.output + node.output_count) continue;  // it is asked for
      const bool constant = rules_.folds_constants && std::all_of(node.operands.begin(), node.operands.end(),
                                                                  [&](const auto& o) { return value(o.tag) < 0; });
      const int twin = constant || !rules_.merges_equals ? -1 : equal_before(n);
      gone_[n] = constant || twin >= 0;
      for (int o = 0; gone_[n] && o < node.output_count; ++o) {
        const int stands = constant ? KernelGraph::no_value : graph_.nodes[index(twin)].output + o;
        same_[index(node.output + o)] = stands;
        if (stands >= 0) barrier_[index(stands)] = barrier_[index(stands)] || graph_.barrier[index(node.output + o)];
      }
    }
  }
  [[nodiscard]] int value(int tag) const { return tag < 0 ? KernelGraph::no_value : same_[index(tag)]; }
  // An earlier node that computes the same; -1: none. What has weights has weights of its own.
  [[nodiscard]] int equal_before(std::size_t n) const {
    const KernelGraph::Node& node = graph_.nodes[n];
    if (node.nodes.size() != 1 || costs_of(node.nodes.front().primitive).params > 0) return -1;
    const auto alike = [&](const KernelGraph::Node& other) {
      return other.nodes.size() == 1 && other.nodes.front().primitive == node.nodes.front().primitive &&
             std::equal(other.operands.begin(), other.operands.end(), node.operands.begin(), node.operands.end(),
                        [&](const auto& a, const auto& b) { return value(a.tag) == value(b.tag); });
    };
    for (std::size_t m = 0; m < n; ++m) {
      if (!gone_[m] && alike(graph_.nodes[m])) return static_cast<int>(m);
    }
    return -1;
  }

  void place(int n) {
    const KernelGraph::Node& node = graph_.nodes[index(n)];
    const int joined = fusible_operand(node);
    const int kernel =
        joined < 0 ? static_cast<int>(found_.size()) : kernel_of_[index(value(node.operands[index(joined)].tag))];
    if (joined < 0) found_.emplace_back();
    DetectedKernel& target = found_[index(kernel)];
    append(target.kernel, node.op, node.nodes, node.operands, joined);
    target.nodes.push_back(n);
    for (int i = 0; i < static_cast<int>(node.operands.size()); ++i) {
      const int v = value(node.operands[index(i)].tag);
      if (i != joined && v >= 0 && kernel_of_[index(v)] >= 0) target.inbounds.push_back(kernel_of_[index(v)]);
    }
    for (int o = 0; o < node.output_count; ++o) kernel_of_[index(node.output + o)] = kernel;
  }
  // Which operand's kernel takes the node in, the last one that can; -1: none.
  [[nodiscard]] int fusible_operand(const KernelGraph::Node& node) const {
    for (int i = static_cast<int>(node.operands.size()); i-- > 0;) {
      const int v = value(node.operands[index(i)].tag);
      if (v < 0 || kernel_of_[index(v)] < 0 || barrier_[index(v)] || readers_[index(v)] != 1) continue;
      const int kernel = kernel_of_[index(v)];
      const DetectedKernel& open = found_[index(kernel)];
      if (open.kernel.nodes.back().output_count == 1 && rules_.fuses(open.kernel.ops, node.op)) return i;
    }
    return -1;
  }
  [[nodiscard]] std::vector<DetectedKernel> sorted() {
    std::vector<int> order(found_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
    std::sort(order.begin(), order.end(),
              [&](int a, int b) { return found_[index(a)].nodes.back() < found_[index(b)].nodes.back(); });
    std::vector<int> place_of(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) place_of[index(order[i])] = static_cast<int>(i);
    std::vector<DetectedKernel> result;
    for (int old : order) {
      result.push_back(std::move(found_[index(old)]));
      for (int& inbound : result.back().inbounds) inbound = place_of[index(inbound)];
    }
    return result;
  }

  const KernelGraph& graph_;
  const FusionRules& rules_;
  std::vector<bool> gone_;      // for each node
  std::vector<int> same_;       // for each value: the one that stands for it; no_value: known before the first run
  std::vector<bool> barrier_;   // for each value that stands for others: what the graph says of any
  std::vector<int> readers_;
  std::vector<int> kernel_of_;  // for each value; -1: the image
  std::vector<DetectedKernel> found_;
};

/// The kernels that a device with these rules runs for a graph.
[[nodiscard]] inline std::vector<DetectedKernel> detect(const KernelGraph& graph, const FusionRules& rules) {
  return Detector{graph, rules}.run();
}

}  // namespace hwnas
