// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Primitive: one of the closed set of things a network computes, with its resolved shapes.
///        Every operator is a composition of these; shape rules and costs stand in the file of each kind beside this one.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "hwnas/core/shape.hpp"

namespace hwnas {

/// The closed set. A new kind needs a rule here in layer/, a module in nn/ and a node in export/.
enum class PrimitiveKind : std::uint8_t {
  convolution,
  linear,
  normalisation,
  activation,
  pooling,
  global_pooling,
  add,
  concat,
  split,
  shuffle,
  scale,
  flatten,
  matrix_product,
  softmax,
  identity,
  zero,
  leaf,
};
inline constexpr int primitive_kinds = static_cast<int>(PrimitiveKind::leaf) + 1;

enum class Activation : std::uint8_t { none, relu, relu6, hswish, hsigmoid, sigmoid, swish, tanh };
enum class Pooling : std::uint8_t { max, average };

struct LeafCosts;  // layer/leaf.hpp

/// One primitive with everything that decides its shape, its costs and its kernel. Fields a kind does not use keep
/// their defaults, so that equal primitives compare equal.
struct Primitive {
  PrimitiveKind kind = PrimitiveKind::identity;
  Activation activation = Activation::none;
  Pooling pooling = Pooling::max;
  bool bias = false;
  bool count_include_pad = true;  // average pooling: padding counts in the divisor
  bool affine = true;             // normalisation: trainable scale and shift
  bool in_place = false;          // add into the first operand (a Cell's buffer)
  Shape in{};
  Shape out{};      // of one output
  Shape other{};    // second operand of scale and matrix_product
  int kernel = 1;
  int stride = 1;
  int padding = 0;
  int dilation = 1;
  int offset = 0;   // convolution: rows and columns cut off at the top left before
  int groups = 1;   // convolution, shuffle; parts of a split; operands of add and concat
  const LeafCosts* leaf = nullptr;

  friend constexpr bool operator==(const Primitive&, const Primitive&) = default;

  /// Every channel is convolved alone.
  [[nodiscard]] constexpr bool depthwise() const {
    return kind == PrimitiveKind::convolution && groups > 1 && groups == in.c && groups == out.c;
  }
};

/// Costs of one primitive: multiply-adds, what NNI's profiler adds to them by default, trainable numbers.
struct PrimitiveCosts {
  std::int64_t flops = 0;
  std::int64_t nni_extra = 0;
  std::int64_t params = 0;

  friend constexpr bool operator==(const PrimitiveCosts&, const PrimitiveCosts&) = default;
};

[[nodiscard]] constexpr std::string_view name_of(PrimitiveKind kind) {
  constexpr std::array<std::string_view, primitive_kinds> names{
      "conv",  "linear",  "bn",    "act",     "pool",   "gap",     "add",      "concat", "split",
      "shuffle", "scale", "flatten", "matmul", "softmax", "identity", "zero", "leaf"};
  return names[static_cast<std::size_t>(kind)];
}

[[nodiscard]] constexpr std::string_view name_of(Activation activation) {
  constexpr std::array<std::string_view, 8> names{"none",     "relu",    "relu6", "hswish",
                                                  "hsigmoid", "sigmoid", "swish", "tanh"};
  return names[static_cast<std::size_t>(activation)];
}

}  // namespace hwnas
