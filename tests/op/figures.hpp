// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// What an operator gives on a shape, for comparison with figures computed by hand.
///   EXPECT_EQ(figures_of<Conv3x3>({16, 8, 8}), (Figures{{16, 8, 8}, 8 * 8 * 16 * 16 * 9, 16 * 16 * 9 + 2 * 16}));
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <ostream>

#include <fmt/format.h>

#include "hwnas/layer/costs.hpp"
#include "hwnas/op/operator.hpp"

namespace hwnas::op_test {

struct Figures {
  Shape out{};
  std::int64_t flops = 0;
  std::int64_t params = 0;
  friend constexpr bool operator==(const Figures&, const Figures&) = default;
};
inline void PrintTo(const Figures& f, std::ostream* out) {
  *out << fmt::format("{} {} multiply-adds, {} parameters", f.out, f.flops, f.params);
}

template <class Op>
constexpr Net net_of(Shape in, std::initializer_list<int> choices = {}) {
  std::array<int, 8> picked{};
  std::size_t count = 0;
  for (int choice : choices) picked[count++] = choice;
  return build_operator<Op>(in, std::span<const int>{picked}.first(count));
}

template <class Op>
constexpr Figures figures_of(Shape in, std::initializer_list<int> choices = {}) {
  const Net net = net_of<Op>(in, choices);
  Figures f{.out = net.shape()};
  for (const GraphNode& node : net.nodes()) {
    const PrimitiveCosts costs = costs_of(node.primitive);
    f.flops += costs.flops;
    f.params += costs.params;
  }
  return f;
}

/// How many primitives of a kind an operator consists of.
constexpr int count_of(const Net& net, PrimitiveKind kind) {
  int count = 0;
  for (const GraphNode& node : net.nodes()) count += node.primitive.kind == kind ? 1 : 0;
  return count;
}

/// The n-th primitive of a kind.
constexpr Primitive nth(const Net& net, PrimitiveKind kind, int n = 0) {
  for (const GraphNode& node : net.nodes()) {
    if (node.primitive.kind == kind && n-- == 0) return node.primitive;
  }
  return {};
}

}  // namespace hwnas::op_test
