// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  NAS-Bench-201's five operations and its reduction block (Dong and Yang 2020).
#pragma once

#include "hwnas/op/operator.hpp"

namespace hwnas::nb201 {

struct NoneOp : Operator<NoneOp> {
  static constexpr std::string_view name = "none";
  static constexpr void build(auto& net, Shape in, auto) { net.zero(in); }
};
struct SkipConnect : Operator<SkipConnect> {
  static constexpr std::string_view name = "skip_connect";
  static constexpr void build(auto&, Shape, auto) {}
};

/// ReLU, k x k convolution, batch-norm.
template <int KernelSize>
struct NorConv : Operator<NorConv<KernelSize>, Kernel<KernelSize>> {
  static constexpr std::string_view name = KernelSize == 1 ? "nor_conv_1x1" : "nor_conv_3x3";
  static constexpr void build(auto& net, Shape, auto option) {
    net.act(Activation::relu).conv({.kernel = option.kernel}).norm();
  }
};
struct AvgPool3x3 : Operator<AvgPool3x3> {
  static constexpr std::string_view name = "avg_pool_3x3";
  static constexpr void build(auto& net, Shape, auto) {
    net.pool({.kind = Pooling::average, .kernel = 3, .stride = 1, .count_include_pad = false});
  }
};

/// Residual block of stride 2 between the stages: two ReLU-convolution-BN, and a shortcut of average pooling and a
/// 1x1 convolution without batch-norm.
template <class... Options>
struct Reduction : Operator<Reduction<Options...>> {
  static constexpr void build(auto& net, Shape, auto option) {
    const auto input = net.here();
    net.act(Activation::relu).conv({.out = option.out, .kernel = 3, .stride = option.stride}).norm();
    net.act(Activation::relu).conv({.out = option.out, .kernel = 3}).norm();
    const auto main = net.here();
    net.at(input)
        .pool({.kind = Pooling::average, .kernel = option.stride, .stride = option.stride, .padding = 0})
        .conv({.out = option.out})
        .add(main);
  }
};

}  // namespace hwnas::nb201
