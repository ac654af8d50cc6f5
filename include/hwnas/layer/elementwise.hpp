// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Primitives that work on one element at a time: normalisation, activation, softmax, scale, add, zero.
#pragma once

#include "hwnas/core/fault.hpp"
#include "hwnas/layer/primitive.hpp"

namespace hwnas::layer {

/// Batch normalisation.
///   Shape   unchanged
///   Params  2 C when affine, else none
struct Normalisation {
  [[nodiscard]] static constexpr Primitive make(Shape in, bool affine) {
    return {.kind = PrimitiveKind::normalisation, .affine = affine, .in = in, .out = in};
  }
  [[nodiscard]] static constexpr PrimitiveCosts costs(const Primitive& p) {
    // NNI counts four operations an element for batch-norm.
    return {.flops = 0, .nni_extra = 4 * p.in.elements(), .params = p.affine ? 2 * p.in.c : 0};
  }
};

/// An activation function; shape unchanged, no parameters.
struct ElementActivation {
  [[nodiscard]] static constexpr Primitive make(Shape in, Activation activation) {
    return {.kind = PrimitiveKind::activation, .activation = activation, .in = in, .out = in};
  }
  [[nodiscard]] static constexpr PrimitiveCosts costs(const Primitive& p) {
    // NNI's profiler has no formula for hswish, hard-sigmoid and SiLU: they count 0 there.
    const bool counted = p.activation == Activation::relu || p.activation == Activation::relu6 ||
                         p.activation == Activation::sigmoid || p.activation == Activation::tanh;
    return {.flops = 0, .nni_extra = counted ? p.in.elements() : 0, .params = 0};
  }
};

/// Softmax over the last dimension; shape unchanged.
struct Softmax {
  [[nodiscard]] static constexpr Primitive make(Shape in) {
    return {.kind = PrimitiveKind::softmax, .in = in, .out = in};
  }
};

/// Multiplication by one number a channel.
///   Shape   (C, H, W) x (C, 1, 1) -> (C, H, W)
struct Scale {
  [[nodiscard]] static constexpr Primitive make(Shape in, Shape gate, Fault& fault) {
    if (!fault && gate != Shape{in.c, 1, 1}) fault = {FaultCode::operands_differ, in, gate};
    return {.kind = PrimitiveKind::scale, .in = in, .out = in, .other = gate};
  }
};

/// Sum of two tensors of one shape; `in_place` adds into the first.
struct Add {
  [[nodiscard]] static constexpr Primitive make(Shape in, bool in_place = false) {
    return {.kind = PrimitiveKind::add, .in_place = in_place, .in = in, .out = in, .groups = 2};
  }
};

/// Zeros of a shape strided like a pooling: NAS-Bench-201's and DARTS's "none".
struct Zero {
  [[nodiscard]] static constexpr Primitive make(Shape in, Shape out) {
    return {.kind = PrimitiveKind::zero, .in = in, .out = out};
  }
};

}  // namespace hwnas::layer
