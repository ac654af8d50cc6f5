// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The eight operations of DARTS (Liu et al. 2019), each a template over Stride.
#pragma once

#include "hwnas/op/operator.hpp"

namespace hwnas::darts {
namespace detail {

constexpr void factorized_reduce(auto& net, int out, bool affine) {
  net.act(Activation::relu);
  const auto input = net.here();
  net.conv({.out = out / 2, .stride = 2});
  const auto first = net.here();
  net.at(input).conv({.out = out - out / 2, .stride = 2, .offset = 1});
  const auto second = net.here();
  net.at(first).concat(second).norm(affine);
}

constexpr void depthwise_pointwise(auto& net, int kernel, int stride, int dilation, int out, bool affine) {
  const int channels = net.shape().c;
  net.act(Activation::relu);
  net.conv({.kernel = kernel, .stride = stride, .dilation = dilation, .groups = channels});
  net.conv({.out = out}).norm(affine);
}

}  // namespace detail

template <class... Options>
struct NoneOp : Operator<NoneOp<Options...>> {
  static constexpr std::string_view name = "none";
  static constexpr void build(auto& net, Shape in, auto option) {
    net.zero({in.c, (in.h - 1) / option.stride + 1, (in.w - 1) / option.stride + 1});
  }
};
template <class... Options>
struct MaxPool3x3 : Operator<MaxPool3x3<Options...>> {
  static constexpr std::string_view name = "max_pool_3x3";
  static constexpr void build(auto& net, Shape, auto option) {
    net.pool({.kind = Pooling::max, .kernel = 3, .stride = option.stride});
  }
};
template <class... Options>
struct AvgPool3x3 : Operator<AvgPool3x3<Options...>> {
  static constexpr std::string_view name = "avg_pool_3x3";
  static constexpr void build(auto& net, Shape, auto option) {
    net.pool({.kind = Pooling::average, .kernel = 3, .stride = option.stride, .count_include_pad = false});
  }
};
/// Identity; at stride 2 a FactorizedReduce.
template <class... Options>
struct SkipConnect : Operator<SkipConnect<Options...>> {
  static constexpr std::string_view name = "skip_connect";
  static constexpr void build(auto& net, Shape in, auto option) {
    if (option.stride != 1) detail::factorized_reduce(net, in.c, option.affine);
  }
};
/// Depthwise-separable convolution applied twice, the stride in the first.
template <int KernelSize, class... Options>
struct SepConv : Operator<SepConv<KernelSize, Options...>, Kernel<KernelSize>, Options...> {
  static constexpr std::string_view name = KernelSize == 3 ? "sep_conv_3x3" : "sep_conv_5x5";
  static constexpr void build(auto& net, Shape in, auto option) {
    detail::depthwise_pointwise(net, option.kernel, option.stride, 1, in.c, option.affine);
    detail::depthwise_pointwise(net, option.kernel, 1, 1, in.c, option.affine);
  }
};
/// Depthwise-separable convolution with dilation 2.
template <int KernelSize, class... Options>
struct DilConv : Operator<DilConv<KernelSize, Options...>, Kernel<KernelSize>, Options...> {
  static constexpr std::string_view name = KernelSize == 3 ? "dil_conv_3x3" : "dil_conv_5x5";
  static constexpr void build(auto& net, Shape in, auto option) {
    detail::depthwise_pointwise(net, option.kernel, option.stride, 2, in.c, option.affine);
  }
};

/// Halves the image with two shifted 1x1 convolutions: ReLU, both, concat, batch-norm.
template <class... Options>
struct FactorizedReduce : Operator<FactorizedReduce<Options...>> {
  static constexpr void build(auto& net, Shape, auto option) {
    detail::factorized_reduce(net, option.out, option.affine);
  }
};

}  // namespace hwnas::darts
