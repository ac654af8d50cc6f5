// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  GraphFeatures: a network as a directed graph whose nodes are its kernels before fusion, each with what it is and costs.
///        GraphFeatures features = graph_features(graph_of(*space_layout<Space>(), a.values()));
///        No torch here.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "hwnas/layer/costs.hpp"
#include "hwnas/layer/kernel.hpp"
#include "hwnas/nn/graph.hpp"

namespace hwnas {

/// Kernels in execution order. What the network does not run is none of them: views, zeros, and what nobody reads.
struct GraphFeatures {
  static constexpr std::array<std::string_view, 10> numbers{"cin",    "hin",    "cout", "hout",  "k",
                                                            "stride", "groups", "macs", "moved", "weights"};
  /// One of the kernels (the last is the global node's), the logarithms of all numbers, and the last three themselves.
  static constexpr std::size_t kinds = kernel_ops;
  static constexpr std::size_t count = kinds + numbers.size() + 3;
  using Row = std::array<float, count>;

  std::vector<Row> rows{};                 ///< one a kernel
  std::vector<std::vector<int>> before{};  ///< the kernels whose results it reads
};

/// The features of one operation. Shapes and costs are the primitive's own.
[[nodiscard]] inline GraphFeatures::Row kernel_features(const NetworkGraph& graph, const Operation& operation) {
  const Primitive& p = operation.primitive;
  const PrimitiveCosts costs = costs_of(p);
  std::int64_t moved = p.out.elements() * operation.output_count;
  for (const int value : graph.operands_of(operation)) moved += graph.values[value].elements();
  const Shape in = graph.values[graph.operands_of(operation).front()];
  const std::array<double, GraphFeatures::numbers.size()> numbers{
      static_cast<double>(in.c),        static_cast<double>(in.h),        static_cast<double>(p.out.c),
      static_cast<double>(p.out.h),     static_cast<double>(p.kernel),    static_cast<double>(p.stride),
      static_cast<double>(p.groups),    static_cast<double>(costs.flops), static_cast<double>(moved),
      static_cast<double>(costs.params)};
  GraphFeatures::Row row{};
  row[static_cast<std::size_t>(kernel_op(p))] = 1;
  std::size_t at = GraphFeatures::kinds;
  for (const double x : numbers) row[at++] = static_cast<float>(std::log2(1 + x));
  for (std::size_t i = numbers.size() - 3; i < numbers.size(); ++i) row[at++] = static_cast<float>(numbers[i]);
  return row;
}

/// The graph of one architecture's operations.
[[nodiscard]] inline GraphFeatures graph_features(const NetworkGraph& graph) {
  GraphFeatures features;
  std::vector<std::vector<int>> makers(graph.values.size());  // of each value; a view's are its operand's
  for (const Operation& operation : graph.operations) {
    std::vector<int> before;
    for (const int value : graph.operands_of(operation)) {
      const auto& made = makers[static_cast<std::size_t>(value)];
      before.insert(before.end(), made.begin(), made.end());
    }
    if (kernel_op(operation.primitive) != KernelOp::none) {
      features.rows.push_back(kernel_features(graph, operation));
      features.before.push_back(std::move(before));
      before = {static_cast<int>(features.rows.size()) - 1};
    }
    for (int o = 0; o < operation.output_count; ++o) makers[static_cast<std::size_t>(operation.output + o)] = before;
  }
  return features;
}

}  // namespace hwnas
