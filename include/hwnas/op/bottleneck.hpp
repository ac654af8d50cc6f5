// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Residual blocks of ResNet (He et al. 2016).
///        Bottleneck<4, Out<256>>;   BasicBlock<Stride<2>, Out<128>>
#pragma once

#include "hwnas/op/operator.hpp"
#include "hwnas/op/squeeze_excite.hpp"

namespace hwnas {
namespace detail {

// The shortcut of a residual block: the input itself, or a 1x1 convolution where the shape changes; then add and act.
constexpr void close_residual(auto& net, NetTensor input, const auto& option) {
  const auto main = net.here();
  net.at(input);
  if (net.shape() != net.shape_of(main)) {
    net.conv({.out = option.out, .stride = option.stride, .bias = option.has_bias()});
    if (option.norm) net.norm(option.affine);
  }
  const auto shortcut = net.here();
  net.at(main).add(shortcut).act(option.act);
}

}  // namespace detail

/// Residual bottleneck: 1x1 to out / Reduction channels, k x k (with stride), 1x1 to out, shortcut, ReLU.
template <auto Reduction, class... Options>
struct Bottleneck : Operator<Bottleneck<Reduction, Options...>> {
  static constexpr void build(auto& net, Shape in, auto option) {
    const auto input = net.here();
    const int narrow = option.hidden > 0 ? option.hidden : make_divisible(option.out / option.expand, option.divisor);
    const bool bias = option.has_bias();
    net.conv({.out = narrow, .bias = bias});
    if (option.norm) net.norm(option.affine);
    net.act(option.act).conv({.out = narrow,
                              .kernel = option.kernel,
                              .stride = option.stride,
                              .padding = option.padding,
                              .dilation = option.dilation,
                              .groups = option.groups,
                              .bias = bias});
    if (option.norm) net.norm(option.affine);
    net.act(option.act).conv({.out = option.out, .bias = bias});
    if (option.norm) net.norm(option.affine);
    if (option.squeeze.ratio > 0) squeeze_excite(net, in.c, option.squeeze);
    detail::close_residual(net, input, option);
  }
};

/// Residual block of two convolutions.
template <class... Options>
struct BasicBlock : Operator<BasicBlock<Options...>> {
  static constexpr void build(auto& net, Shape, auto option) {
    const auto input = net.here();
    const bool bias = option.has_bias();
    net.conv({.out = option.out, .kernel = option.kernel, .stride = option.stride, .bias = bias});
    if (option.norm) net.norm(option.affine);
    net.act(option.act).conv({.out = option.out, .kernel = option.kernel, .bias = bias});
    if (option.norm) net.norm(option.affine);
    detail::close_residual(net, input, option);
  }
};

}  // namespace hwnas
