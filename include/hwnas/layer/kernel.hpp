// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Kernels: what hardware runs for primitives, in nn-Meter's vocabulary (Zhang et al., MobiSys 2021), before any fusion.
///        lower(net.nodes())   of an MBConv: conv bn relu dwconv bn relu se conv bn
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "hwnas/core/list.hpp"
#include "hwnas/layer/net.hpp"

namespace hwnas {

/// One unfused kernel. A new primitive needs its line in kernel_op().
enum class KernelOp : std::uint8_t {
  conv,
  dwconv,
  fc,
  bn,
  relu,
  hswish,
  hsigmoid,
  sigmoid,
  swish,
  tanh,
  maxpool,
  avgpool,
  global_avgpool,
  add,
  concat,
  split,
  channelshuffle,
  se,
  scale,
  matmul,
  softmax,
  leaf,
  none,  ///< runs nothing: a view, or zeros
};
inline constexpr int kernel_ops = static_cast<int>(KernelOp::none) + 1;
inline constexpr std::array<std::string_view, kernel_ops> kernel_op_names{
    "conv", "dwconv", "fc", "bn", "relu", "hswish", "hsigmoid", "sigmoid", "swish", "tanh", "maxpool", "avgpool",
    "global-avgpool", "add", "concat", "split", "channelshuffle", "se", "scale", "matmul", "softmax", "leaf", "none"};

[[nodiscard]] constexpr std::string_view name_of(KernelOp op) { return kernel_op_names[static_cast<std::size_t>(op)]; }

/// The kernel of a name; nothing for an unknown one.
[[nodiscard]] constexpr std::optional<KernelOp> kernel_op_named(std::string_view name) {
  for (std::size_t i = 0; i < kernel_op_names.size(); ++i) {
    if (kernel_op_names[i] == name) return static_cast<KernelOp>(i);
  }
  return std::nullopt;
}

/// ReLU6 is a relu: the clip costs nothing beside it.
[[nodiscard]] constexpr KernelOp kernel_op(Activation activation) {
  constexpr std::array<KernelOp, 8> ops{KernelOp::none,   KernelOp::relu,     KernelOp::relu,    KernelOp::hswish,
                                        KernelOp::hsigmoid, KernelOp::sigmoid, KernelOp::swish, KernelOp::tanh};
  return ops[static_cast<std::size_t>(activation)];
}

/// The kernel of one primitive by itself.
[[nodiscard]] constexpr KernelOp kernel_op(const Primitive& p) {
  switch (p.kind) {
    case PrimitiveKind::convolution: return p.depthwise() ? KernelOp::dwconv : KernelOp::conv;
    case PrimitiveKind::linear: return KernelOp::fc;
    case PrimitiveKind::normalisation: return KernelOp::bn;
    case PrimitiveKind::activation: return kernel_op(p.activation);
    case PrimitiveKind::pooling: return p.pooling == Pooling::max ? KernelOp::maxpool : KernelOp::avgpool;
    case PrimitiveKind::global_pooling: return KernelOp::global_avgpool;
    case PrimitiveKind::add: return KernelOp::add;
    case PrimitiveKind::concat: return KernelOp::concat;
    case PrimitiveKind::split: return KernelOp::split;
    case PrimitiveKind::shuffle: return KernelOp::channelshuffle;
    case PrimitiveKind::scale: return KernelOp::scale;
    case PrimitiveKind::matrix_product: return KernelOp::matmul;
    case PrimitiveKind::softmax: return KernelOp::softmax;
    case PrimitiveKind::leaf: return KernelOp::leaf;
    case PrimitiveKind::flatten:
    case PrimitiveKind::identity:
    case PrimitiveKind::zero: break;
  }
  return KernelOp::none;
}

/// Neighbouring primitives that are one kernel: one, or the whole of a squeeze-and-excitation.
struct KernelPart {
  KernelOp op = KernelOp::none;
  int first = 0;  // node
  int count = 1;
};

/// How many nodes from `first` are a squeeze-and-excitation: global pooling of x, a chain, the scaling of x; 0: they are not.
[[nodiscard]] constexpr int squeeze_excite_length(std::span<const GraphNode> nodes, std::size_t first) {
  if (nodes[first].primitive.kind != PrimitiveKind::global_pooling) return 0;
  for (std::size_t i = first + 1; i < nodes.size(); ++i) {
    const GraphNode& node = nodes[i];
    const int before = nodes[i - 1].output;
    if (node.primitive.kind == PrimitiveKind::scale) {
      return node.inputs[0] == nodes[first].inputs[0] && node.inputs[1] == before ? static_cast<int>(i - first) + 1 : 0;
    }
    const KernelOp op = kernel_op(node.primitive);
    const bool inside = op == KernelOp::conv || op == KernelOp::fc || op == KernelOp::bn || op == KernelOp::none ||
                        node.primitive.kind == PrimitiveKind::activation;
    if (!inside || node.input_count != 1 || node.inputs[0] != before) return 0;
  }
  return 0;
}

/// The unfused kernels of an operator's primitives in execution order; views and zeros stay, as KernelOp::none.
[[nodiscard]] constexpr List<KernelPart> lower(std::span<const GraphNode> nodes) {
  List<KernelPart> parts;
  for (std::size_t i = 0; i < nodes.size();) {
    const int squeeze = squeeze_excite_length(nodes, i);
    const int count = squeeze > 0 ? squeeze : 1;
    parts.push_back({squeeze > 0 ? KernelOp::se : kernel_op(nodes[i].primitive), static_cast<int>(i), count});
    i += static_cast<std::size_t>(count);
  }
  return parts;
}

}  // namespace hwnas
