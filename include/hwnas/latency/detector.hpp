// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The fusion pass: merges the unfused kernels of a graph into those a device runs, under its rules.
///        for (const DetectedKernel& k : detect(graph, rules)) fmt::print("{}\n", k.kernel.text());
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "hwnas/latency/fusion_rules.hpp"
#include "hwnas/latency/kernel.hpp"

namespace hwnas {

/// A network as unfused kernels on values, in execution order. Value 0 is the image.
struct KernelGraph {
  struct Node {
    KernelOp op = KernelOp::none;
    std::vector<GraphNode> nodes{};        // its primitives, on tensors of their own
    std::vector<KernelOperand> operands{}; // `tag`: the value
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
    for (const KernelGraph::Node& node : graph.nodes) {
      for (const KernelOperand& operand : node.operands) ++readers_[index(operand.tag)];
    }
    ++readers_[index(graph.result)];
  }

  /// The kernels in the order in which their last parts run.
  [[nodiscard]] std::vector<DetectedKernel> run() {
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) place(static_cast<int>(n));
    return sorted();
  }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }

  void place(int n) {
    const KernelGraph::Node& node = graph_.nodes[index(n)];
    const int joined = fusible_operand(node);
    const int kernel =
        joined < 0 ? static_cast<int>(found_.size()) : kernel_of_[index(node.operands[index(joined)].tag)];
    if (joined < 0) found_.emplace_back();
    DetectedKernel& target = found_[index(kernel)];
    append(target.kernel, node.op, node.nodes, node.operands, joined);
    target.nodes.push_back(n);
    for (int i = 0; i < static_cast<int>(node.operands.size()); ++i) {
      const int from = kernel_of_[index(node.operands[index(i)].tag)];
      if (i != joined && from >= 0) target.inbounds.push_back(from);
    }
    for (int o = 0; o < node.output_count; ++o) kernel_of_[index(node.output + o)] = kernel;
  }
  // Which operand's kernel takes the node in, the last one that can; -1: none.
  [[nodiscard]] int fusible_operand(const KernelGraph::Node& node) const {
    for (int i = static_cast<int>(node.operands.size()); i-- > 0;) {
      const int value = node.operands[index(i)].tag;
      const int kernel = kernel_of_[index(value)];
      if (kernel < 0 || graph_.barrier[index(value)] || readers_[index(value)] != 1) continue;
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
  std::vector<int> readers_;
  std::vector<int> kernel_of_;  // for each value; -1: the image
  std::vector<DetectedKernel> found_;
};

/// The kernels that a device with these rules runs for a graph.
[[nodiscard]] inline std::vector<DetectedKernel> detect(const KernelGraph& graph, const FusionRules& rules) {
  return Detector{graph, rules}.run();
}

}  // namespace hwnas
