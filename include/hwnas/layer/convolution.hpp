// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Convolution: shape rule and costs.
#pragma once

#include "hwnas/core/fault.hpp"
#include "hwnas/layer/primitive.hpp"

namespace hwnas::layer {

/// What a build function says of a convolution.
struct ConvolutionOptions {
  int out = 0;  ///< output channels; 0: as many as the input has
  int kernel = 1;
  int stride = 1;
  int padding = -1;  ///< -1: kernel / 2 * dilation, which keeps the size for odd kernels
  int dilation = 1;
  int groups = 1;
  bool bias = false;
  int offset = 0;  ///< rows and columns cut off at the top left before (FactorizedReduce's second half)
};

/// Output size along one side, (size + 2 padding - dilation (kernel - 1) - 1) / stride + 1; 0 where nothing fits.
[[nodiscard]] constexpr int windowed_size(int size, int kernel, int stride, int padding, int dilation) {
  const int span = size + 2 * padding - dilation * (kernel - 1) - 1;
  return span < 0 || stride <= 0 ? 0 : span / stride + 1;
}

/// Convolution primitive.
///   Shape   (C, H, W) -> (out, H', W') with windowed_size
///   FLOPs   H' W' out C / groups kernel^2 multiply-adds
///   Params  out C / groups kernel^2, and out biases
struct Convolution {
  [[nodiscard]] static constexpr Primitive make(Shape in, const ConvolutionOptions& o, Fault& fault) {
    Primitive p{.kind = PrimitiveKind::convolution, .bias = o.bias, .in = in};
    p.kernel = o.kernel;
    p.stride = o.stride;
    p.dilation = o.dilation;
    p.groups = o.groups;
    p.padding = o.padding < 0 ? o.kernel / 2 * o.dilation : o.padding;
    p.offset = o.offset;
    p.out = {o.out == 0 ? in.c : o.out, windowed_size(in.h - o.offset, o.kernel, o.stride, p.padding, o.dilation),
             windowed_size(in.w - o.offset, o.kernel, o.stride, p.padding, o.dilation)};
    if (!fault) fault = check(p);
    return p;
  }

  [[nodiscard]] static constexpr PrimitiveCosts costs(const Primitive& p) {
    const std::int64_t window = std::int64_t{p.in.c} / p.groups * p.kernel * p.kernel;
    const std::int64_t outputs = p.out.elements();
    return {.flops = outputs * window,
            .nni_extra = p.bias ? outputs : 0,
            .params = p.out.c * window + (p.bias ? p.out.c : 0)};
  }

 private:
  [[nodiscard]] static constexpr Fault check(const Primitive& p) {
    if (p.stride <= 0) return {FaultCode::stride_must_be_positive, p.in, {p.stride, 0, 0}};
    if (p.out.c <= 0 || p.in.c <= 0) return {FaultCode::channels_must_be_positive, p.in, {p.out.c, 0, 0}};
    if (p.groups <= 0 || p.in.c % p.groups != 0 || p.out.c % p.groups != 0) {
      return {FaultCode::groups_must_divide_channels, p.in, {p.out.c, p.groups, 0}};
    }
    if (p.out.h <= 0 || p.out.w <= 0) {
      return {FaultCode::kernel_exceeds_input, p.in, {p.kernel, p.padding, p.dilation}};
    }
    return {};
  }
};

}  // namespace hwnas::layer
