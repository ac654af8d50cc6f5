// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  KernelKey: one kernel, fused or not, as devices measure and predictors know it.
///        key.type()  "conv-bn-relu";  key.text()  "conv-bn-relu 3x224x224->32x112x112 k3s2"
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/layer/costs.hpp"
#include "hwnas/layer/kernel.hpp"

namespace hwnas {

enum class DataType : std::uint8_t { float32, float16, int8 };
[[nodiscard]] constexpr std::string_view name_of(DataType type) {
  return std::array<std::string_view, 3>{"float32", "float16", "int8"}[static_cast<std::size_t>(type)];
}
[[nodiscard]] constexpr int bytes_of(DataType type) {
  return std::array<int, 3>{4, 2, 1}[static_cast<std::size_t>(type)];
}

/// What predictors learn from. Window, stride, dilation and groups are those of the first primitive that has weights.
struct KernelFeatures {
  static constexpr std::size_t count = 14;
  static constexpr std::size_t usual = 12;  ///< the first ones; those behind them seldom vary
  static constexpr std::array<std::string_view, count> names{
      "batch", "h", "w", "cin", "cout", "k", "stride", "groups", "macs", "bytes", "weights", "intensity",
      "dilation", "bits"};
  std::int64_t batch = 1;
  std::int64_t h = 0;
  std::int64_t w = 0;
  std::int64_t cin = 0;
  std::int64_t cout = 0;
  std::int64_t k = 1;
  std::int64_t stride = 1;
  std::int64_t groups = 1;
  std::int64_t macs = 0;     ///< multiply-adds of the batch
  std::int64_t bytes = 0;    ///< read and written: inputs, outputs, weights
  std::int64_t weights = 0;  ///< trainable numbers
  std::int64_t dilation = 1;
  std::int64_t bits = 32;    ///< of a number: the data type

  /// Multiply-adds a byte.
  [[nodiscard]] double intensity() const {
    return bytes == 0 ? 0 : static_cast<double>(macs) / static_cast<double>(bytes);
  }
  /// In the order of `names`.
  [[nodiscard]] std::array<double, count> values() const {
    const auto number = [](std::int64_t x) { return static_cast<double>(x); };
    return {number(batch), number(h), number(w), number(cin), number(cout), number(k),
            number(stride), number(groups), number(macs), number(bytes), number(weights), intensity(),
            number(dilation), number(bits)};
  }
};

/// A tensor that a kernel reads from outside.
struct KernelInput {
  int tensor = 0;
  Shape shape{};
  friend bool operator==(const KernelInput&, const KernelInput&) = default;
};

/// A kernel with everything that decides what it runs. Tensors are numbered; inputs[0] is what its first primitive reads.
struct KernelKey {
  std::vector<KernelOp> ops;      // as fused, in execution order
  std::vector<GraphNode> nodes;   // its primitives
  std::vector<KernelInput> inputs;
  int tensors = 0;                // numbers in use
  int result = 0;                 // the tensor it makes; the first of several
  DataType data_type = DataType::float32;
  int batch = 1;

  /// "conv-bn-relu"
  [[nodiscard]] std::string type() const {
    std::string text;
    for (KernelOp op : ops) {
      if (!text.empty()) text += '-';
      text += name_of(op);
    }
    return text;
  }
  [[nodiscard]] const Primitive& last() const { return nodes.back().primitive; }

  /// The primitive whose window, stride and groups the features name.
  [[nodiscard]] const Primitive& main() const {
    const auto found = std::find_if(nodes.begin(), nodes.end(), [](const GraphNode& n) {
      return n.primitive.kind == PrimitiveKind::convolution || n.primitive.kind == PrimitiveKind::linear;
    });
    return found == nodes.end() ? nodes.front().primitive : found->primitive;
  }

  [[nodiscard]] KernelFeatures features() const {
    const Primitive& p = main();
    const Shape in = inputs.front().shape;
    KernelFeatures f{.batch = batch, .h = in.h, .w = in.w, .cin = in.c, .cout = last().out.c, .k = p.kernel,
                     .stride = p.stride, .groups = p.groups, .dilation = p.dilation, .bits = 8 * bytes_of(data_type)};
    std::int64_t elements = last().out.elements() * nodes.back().output_count;
    for (const KernelInput& input : inputs) elements += input.shape.elements();
    for (const GraphNode& node : nodes) {
      const PrimitiveCosts costs = costs_of(node.primitive);
      f.macs += costs.flops * batch;
      f.weights += costs.params;
    }
    f.bytes = (elements * batch + f.weights) * bytes_of(data_type);
    return f;
  }

  /// One line, stable between runs; different kernels have different texts.
  [[nodiscard]] std::string text() const {
    std::string text = type();
    for (const KernelInput& input : inputs) {
      text +=
          fmt::format("{}{}x{}x{}", &input == inputs.data() ? " " : "+", input.shape.c, input.shape.h, input.shape.w);
    }
    text += fmt::format("->{}x{}x{}", last().out.c, last().out.h, last().out.w);
    for (const GraphNode& node : nodes) text += options_text(node.primitive);
    if (batch != 1) text += fmt::format(" batch{}", batch);
    if (data_type != DataType::float32) text += fmt::format(" {}", name_of(data_type));
    return text;
  }

  friend bool operator==(const KernelKey& a, const KernelKey& b) {
    return a.ops == b.ops && a.inputs == b.inputs && a.result == b.result && a.data_type == b.data_type &&
           a.batch == b.batch && std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(), same_node);
  }

 private:
  static bool same_node(const GraphNode& a, const GraphNode& b) {
    return a.primitive == b.primitive && a.inputs == b.inputs && a.output == b.output &&
           a.output_count == b.output_count;
  }
  // What shapes and the type do not say already.
  static std::string options_text(const Primitive& p) {
    switch (p.kind) {
      case PrimitiveKind::convolution:
      case PrimitiveKind::pooling: {
        std::string text = fmt::format(" {}k{}s{}p{}", p.out.c, p.kernel, p.stride, p.padding);
        if (p.groups != 1) text += fmt::format("g{}", p.groups);
        if (p.dilation != 1) text += fmt::format("d{}", p.dilation);
        if (p.offset != 0) text += fmt::format("o{}", p.offset);
        if (p.bias) text += 'b';
        if (!p.count_include_pad) text += 'x';
        return text;
      }
      case PrimitiveKind::linear: return fmt::format(" {}{}", p.out.c, p.bias ? "b" : "");
      case PrimitiveKind::normalisation: return p.affine ? "" : " plain-bn";
      case PrimitiveKind::activation: return p.activation == Activation::relu6 ? " relu6" : "";
      case PrimitiveKind::shuffle:
      case PrimitiveKind::split: return fmt::format(" g{}", p.groups);
      case PrimitiveKind::add: return p.in_place ? " in-place" : "";
      case PrimitiveKind::leaf: return fmt::format(" {}", p.leaf == nullptr ? std::string_view{"?"} : p.leaf->name);
      default: return {};
    }
  }
};

/// A tensor that unfused kernels of an operator, or a join, read from outside.
struct KernelOperand {
  int tensor = 0;      // their number of it
  Shape shape{};
  int tag = -1;        // the caller's own
};

/// Adds primitives to a kernel. `joined`: which operand is what the kernel has made so far; -1: the kernel begins here.
inline void append(KernelKey& kernel, KernelOp op, std::span<const GraphNode> nodes,
                   std::span<const KernelOperand> operands, int joined) {
  std::vector<std::pair<int, int>> names;  // theirs, the kernel's
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (static_cast<int>(i) == joined) {
      names.emplace_back(operands[i].tensor, kernel.result);
    } else {
      names.emplace_back(operands[i].tensor, kernel.tensors);
      kernel.inputs.push_back({kernel.tensors++, operands[i].shape});
    }
  }
  for (const GraphNode& theirs : nodes) {
    GraphNode node = theirs;
    for (int k = 0; k < node.input_count; ++k) {
      int& tensor = node.inputs[static_cast<std::size_t>(k)];
      tensor = std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.first == tensor; })->second;
    }
    node.output = kernel.tensors;
    for (int o = 0; o < node.output_count; ++o) names.emplace_back(theirs.output + o, kernel.tensors++);
    kernel.nodes.push_back(node);
  }
  kernel.ops.push_back(op);
  kernel.result = kernel.nodes.back().output;
}

}  // namespace hwnas
