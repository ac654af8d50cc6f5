// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Pooling over windows and over the whole image: shape rules. Pooling costs no multiply-adds.
#pragma once

#include "hwnas/core/fault.hpp"
#include "hwnas/layer/convolution.hpp"
#include "hwnas/layer/primitive.hpp"

namespace hwnas::layer {

struct PoolingOptions {
  Pooling kind = Pooling::max;
  int kernel = 3;
  int stride = 1;
  int padding = -1;  ///< -1: kernel / 2
  bool count_include_pad = true;
};

/// Window pooling primitive.
///   Shape   (C, H, W) -> (C, H', W') with windowed_size
struct WindowPooling {
  [[nodiscard]] static constexpr Primitive make(Shape in, const PoolingOptions& o, Fault& fault) {
    Primitive p{.kind = PrimitiveKind::pooling, .pooling = o.kind, .in = in};
    p.count_include_pad = o.kind == Pooling::max || o.count_include_pad;
    p.kernel = o.kernel;
    p.stride = o.stride;
    p.padding = o.padding < 0 ? o.kernel / 2 : o.padding;
    p.out = {in.c, windowed_size(in.h, o.kernel, o.stride, p.padding, 1),
             windowed_size(in.w, o.kernel, o.stride, p.padding, 1)};
    if (!fault && p.stride <= 0) fault = {FaultCode::stride_must_be_positive, in, {p.stride, 0, 0}};
    if (!fault && (p.out.h <= 0 || p.out.w <= 0)) {
      fault = {FaultCode::kernel_exceeds_input, in, {p.kernel, p.padding, 1}};
    }
    return p;
  }
};

/// Mean over the image.
///   Shape   (C, H, W) -> (C, 1, 1)
struct GlobalPooling {
  [[nodiscard]] static constexpr Primitive make(Shape in) {
    return {.kind = PrimitiveKind::global_pooling, .pooling = Pooling::average, .in = in, .out = {in.c, 1, 1}};
  }
};

}  // namespace hwnas::layer
