// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Linear (fully connected) layer and matrix product: shape rules and costs.
#pragma once

#include "hwnas/core/fault.hpp"
#include "hwnas/layer/primitive.hpp"

namespace hwnas::layer {

struct LinearOptions {
  int out = 0;
  bool bias = true;
};

/// Linear primitive.
///   Shape   (C, 1, 1) -> (out, 1, 1)
///   FLOPs   C out multiply-adds
///   Params  C out, and out biases
struct Linear {
  [[nodiscard]] static constexpr Primitive make(Shape in, const LinearOptions& o, Fault& fault) {
    if (!fault && (in.h != 1 || in.w != 1)) fault = {FaultCode::linear_needs_flat_input, in};
    if (!fault && o.out <= 0) fault = {FaultCode::channels_must_be_positive, in, {o.out, 0, 0}};
    return {.kind = PrimitiveKind::linear, .bias = o.bias, .in = in, .out = {o.out, 1, 1}};
  }
  [[nodiscard]] static constexpr PrimitiveCosts costs(const Primitive& p) {
    const std::int64_t product = std::int64_t{p.in.c} * p.out.c;
    return {.flops = product, .nni_extra = p.bias ? p.out.c : 0, .params = product + (p.bias ? p.out.c : 0)};
  }
};

/// Product of two activations, one matrix a channel.
///   Shape   (C, H, W) x (C, W, K) -> (C, H, K)
///   FLOPs   C H W K multiply-adds
struct MatrixProduct {
  [[nodiscard]] static constexpr Primitive make(Shape in, Shape other, Fault& fault) {
    if (!fault && (in.c != other.c || in.w != other.h)) fault = {FaultCode::operands_differ, in, other};
    return {.kind = PrimitiveKind::matrix_product, .in = in, .out = {in.c, in.h, other.w}, .other = other};
  }
  [[nodiscard]] static constexpr PrimitiveCosts costs(const Primitive& p) {
    return {.flops = p.in.elements() * p.out.w};
  }
};

}  // namespace hwnas::layer
