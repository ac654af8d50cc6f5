// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A kernel as a network that devices measure like any other: its primitives at its shapes, one input a tensor it reads.
///        auto net = kernel_network(key);   net->forward(inputs)
#pragma once

#include <memory>
#include <span>

#include "hwnas/latency/kernel.hpp"
#include "hwnas/nn/network.hpp"

namespace hwnas {

/// The graph of a kernel. `layout` is that of its primitives: Layout{shape, key.nodes, key.result}.
[[nodiscard]] inline NetworkGraph kernel_graph_of(const KernelKey& key, const Layout& layout) {
  const auto& slots = layout.places().front().variants.front().slots;
  NetworkGraph graph;
  graph.inputs = static_cast<int>(key.inputs.size());
  List<int> value_of(static_cast<std::size_t>(key.tensors), 0);
  List<char> read(key.inputs.size(), 0);
  for (std::size_t i = 0; i < key.inputs.size(); ++i) {
    value_of[key.inputs[i].tensor] = static_cast<int>(i);
    graph.values.push_back(key.inputs[i].shape);
  }
  for (std::size_t n = 0; n < key.nodes.size(); ++n) {
    const GraphNode& node = key.nodes[n];
    Operation operation{.primitive = node.primitive,
                        .slot = slots[n],
                        .first_operand = static_cast<int>(graph.operands.size()),
                        .output = static_cast<int>(graph.values.size()),
                        .output_count = node.output_count};
    for (int k = 0; k < node.input_count; ++k) {
      const int value = value_of[node.inputs[static_cast<std::size_t>(k)]];
      if (value < graph.inputs) read[value] = 1;
      graph.operands.push_back(value);
    }
    // A join of more tensors than a node has room for reads the other inputs too.
    const bool joins = node.primitive.kind == PrimitiveKind::add || node.primitive.kind == PrimitiveKind::concat;
    for (int i = 0, more = node.primitive.groups - node.input_count; joins && more > 0 && i < graph.inputs; ++i) {
      if (read[i] != 0) continue;
      graph.operands.push_back(i);
      read[i] = 1;
      --more;
    }
    operation.operand_count = static_cast<int>(graph.operands.size()) - operation.first_operand;
    for (int o = 0; o < node.output_count; ++o) {
      value_of[node.output + o] = static_cast<int>(graph.values.size());
      graph.values.push_back(node.primitive.out);
    }
    if (slots[n] >= 0) graph.weights.push_back(SlotUse{slots[n], weight_form(node.primitive)});
    if (node.primitive.kind == PrimitiveKind::identity) {
      value_of[node.output] = graph.operands[operation.first_operand];
    } else {
      graph.operations.push_back(operation);
    }
  }
  graph.result = value_of[key.result];
  return graph;
}

/// A kernel's network with random weights.
[[nodiscard]] inline std::shared_ptr<FixedNetwork> kernel_network(const KernelKey& key,
                                                                  std::span<const LeafFactory> leaves = {}) {
  const auto layout = std::make_shared<const Layout>(key.inputs.front().shape, std::span{key.nodes}, key.result);
  return std::make_shared<FixedNetwork>(layout, kernel_graph_of(key, *layout), leaves);
}

}  // namespace hwnas
