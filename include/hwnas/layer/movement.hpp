// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Primitives that move data and compute nothing: concat, split, shuffle, flatten.
#pragma once

#include "hwnas/core/fault.hpp"
#include "hwnas/layer/primitive.hpp"

namespace hwnas::layer {

/// Channels of several tensors one after another.
///   Shape   (C1, H, W), (C2, H, W), ... -> (C1 + C2 + ..., H, W)
struct Concat {
  [[nodiscard]] static constexpr Primitive make(Shape first, int channels, int operands) {
    return {.kind = PrimitiveKind::concat, .in = first, .out = {channels, first.h, first.w}, .groups = operands};
  }
};

/// The channels cut into equal parts.
///   Shape   (C, H, W) -> parts times (C / parts, H, W)
struct Split {
  [[nodiscard]] static constexpr Primitive make(Shape in, int parts, Fault& fault) {
    if (!fault && (parts <= 0 || in.c % parts != 0)) fault = {FaultCode::split_must_divide, in, {parts, 0, 0}};
    return {.kind = PrimitiveKind::split, .in = in, .out = {parts > 0 ? in.c / parts : 0, in.h, in.w}, .groups = parts};
  }
};

/// Channel shuffle of ShuffleNet (Zhang et al. 2018): channel i of group g goes to place i * groups + g.
struct Shuffle {
  [[nodiscard]] static constexpr Primitive make(Shape in, int groups, Fault& fault) {
    if (!fault && (groups <= 0 || in.c % groups != 0)) fault = {FaultCode::shuffle_must_divide, in, {groups, 0, 0}};
    return {.kind = PrimitiveKind::shuffle, .in = in, .out = in, .groups = groups};
  }
};

/// A view of the same numbers as one vector.
///   Shape   (C, H, W) -> (C H W, 1, 1)
struct Flatten {
  [[nodiscard]] static constexpr Primitive make(Shape in) {
    return {.kind = PrimitiveKind::flatten, .in = in, .out = {in.c * in.h * in.w, 1, 1}};
  }
};

}  // namespace hwnas::layer
