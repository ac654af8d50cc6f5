// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Inverted residual blocks (MobileNetV2, Sandler et al. 2018).
///        MBConv<6, Kernel<5>, Stride<2>, Out<24>>;   MBConv<one_of<3, 4, 6>, Kernel<3, 5, 7>, SqueezeExcite<4>>
#pragma once

#include "hwnas/op/operator.hpp"
#include "hwnas/op/squeeze_excite.hpp"

namespace hwnas {

/// Inverted residual with linear bottleneck: 1x1 expansion (none where the width stays), depthwise convolution,
/// optional squeeze-excite, 1x1 projection without activation; a shortcut where stride is 1 and the channels stay.
///   Shape    (C, H, W) -> (out, H / stride, W / stride)
///   Hidden   C * Expand, or Hidden<n>, made divisible by Divisor<n>
template <auto Expand, class... Options>
struct MBConv : Operator<MBConv<Expand, Options...>> {
  static constexpr OperatorOptions defaults{.act = Activation::relu6};

  static constexpr void build(auto& net, Shape in, auto option) {
    const int hidden = make_divisible(option.hidden > 0 ? option.hidden : in.c * option.expand, option.divisor);
    const auto input = net.here();
    if (hidden != in.c) normalised(net, {.out = hidden}, option).act(option.act);
    normalised(net,
               {.kernel = option.kernel,
                .stride = option.stride,
                .padding = option.padding,
                .dilation = option.dilation,
                .groups = hidden},
               option)
        .act(option.act);
    if (option.squeeze.ratio > 0) squeeze_excite(net, in.c, option.squeeze);
    normalised(net, {.out = option.out}, option);
    if (option.residual && option.stride == 1 && net.shape() == in) net.add(input);
  }

 private:
  static constexpr auto& normalised(auto& net, layer::ConvolutionOptions conv, const auto& option) {
    conv.bias = option.has_bias();
    net.conv(conv);
    if (option.norm) net.norm(option.affine);
    return net;
  }
};

}  // namespace hwnas
