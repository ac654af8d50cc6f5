// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Convolution blocks: convolution, batch-norm and activation in one operator.
///        Conv<Kernel<3>, Stride<2>, Out<32>>;   Conv<Kernel<1>, Act<None>>;   Conv<Kernel<3>, PreAct>
#pragma once

#include "hwnas/op/operator.hpp"

namespace hwnas {

/// Convolution, batch-norm, ReLU; with PreAct the activation comes first.
///   Shape   (C, H, W) -> (out, H', W'), "same" padding for odd kernels by default
template <class... Options>
struct Conv : Operator<Conv<Options...>> {
  static constexpr void build(auto& net, Shape, auto option) {
    if (option.pre_act) net.act(option.act);
    net.conv({.out = option.out,
              .kernel = option.kernel,
              .stride = option.stride,
              .padding = option.padding,
              .dilation = option.dilation,
              .groups = option.groups,
              .bias = option.has_bias()});
    if (option.norm) net.norm(option.affine);
    if (!option.pre_act) net.act(option.act);
  }
};

using Conv1x1 = Conv<Kernel<1>>;
using Conv3x3 = Conv<Kernel<3>>;
using Conv5x5 = Conv<Kernel<5>>;
using Conv7x7 = Conv<Kernel<7>>;

/// Depthwise-separable convolution (MobileNet, Howard et al. 2017): depthwise, batch-norm, activation, then pointwise,
/// batch-norm, activation.
template <class... Options>
struct DepthwiseSeparable : Operator<DepthwiseSeparable<Options...>> {
  static constexpr void build(auto& net, Shape in, auto option) {
    net.conv({.kernel = option.kernel,
              .stride = option.stride,
              .padding = option.padding,
              .dilation = option.dilation,
              .groups = in.c,
              .bias = option.has_bias()});
    if (option.norm) net.norm(option.affine);
    net.act(option.act).conv({.out = option.out, .bias = option.has_bias()});
    if (option.norm) net.norm(option.affine);
    net.act(option.act);
  }
};

}  // namespace hwnas
