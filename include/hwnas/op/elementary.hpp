// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Operators that are one primitive: identity, zero, pooling, flatten, linear, batch-norm, activations, shuffle.
#pragma once

#include "hwnas/op/operator.hpp"

namespace hwnas {

/// Passes its input on.
struct Identity : Operator<Identity> {
  static constexpr void build(auto&, Shape, auto) {}
};

/// Zeros, strided like a pooling: "none" of NAS-Bench-201 and DARTS.
///   Shape   (C, H, W) -> (out, (H - 1) / stride + 1, (W - 1) / stride + 1)
template <class... Options>
struct Zeros : Operator<Zeros<Options...>> {
  static constexpr void build(auto& net, Shape in, auto option) {
    net.zero({option.out, (in.h - 1) / option.stride + 1, (in.w - 1) / option.stride + 1});
  }
};
/// Zeros of the input's shape. In a Residual, choosing it leaves the shortcut alone: the block is skipped.
using Zero = Zeros<>;

/// Mean over the image: (C, H, W) -> (C, 1, 1).
struct GlobalAvgPool : Operator<GlobalAvgPool> {
  static constexpr void build(auto& net, Shape, auto) { net.global_pool(); }
};

/// Maximum over windows; Kernel<3> and Stride<1> by default.
template <class... Options>
struct MaxPool : Operator<MaxPool<Options...>> {
  static constexpr void build(auto& net, Shape, auto option) {
    net.pool({.kind = Pooling::max, .kernel = option.kernel, .stride = option.stride, .padding = option.padding});
  }
};

/// Mean over windows, padding not counted; Kernel<3> and Stride<1> by default.
template <class... Options>
struct AvgPool : Operator<AvgPool<Options...>> {
  static constexpr void build(auto& net, Shape, auto option) {
    net.pool({.kind = Pooling::average,
              .kernel = option.kernel,
              .stride = option.stride,
              .padding = option.padding,
              .count_include_pad = false});
  }
};

/// (C, H, W) -> (C H W, 1, 1).
struct Flatten : Operator<Flatten> {
  static constexpr void build(auto& net, Shape, auto) { net.flatten(); }
};

/// Fully connected layer: Linear<10>, Linear<1000, Bias<false>>. The input must be flat, (C, 1, 1).
template <int OutFeatures, class... Options>
struct Linear : Operator<Linear<OutFeatures, Options...>, Out<OutFeatures>, Options...> {
  static constexpr OperatorOptions defaults{.norm = false};
  static constexpr void build(auto& net, Shape, auto option) {
    net.linear({.out = option.out, .bias = option.has_bias()});
  }
};

/// Batch normalisation alone.
struct BatchNorm : Operator<BatchNorm> {
  static constexpr void build(auto& net, Shape, auto) { net.norm(); }
};

/// Channel shuffle with the given number of groups.
template <int GroupCount>
struct ChannelShuffle : Operator<ChannelShuffle<GroupCount>, Groups<GroupCount>> {
  static constexpr void build(auto& net, Shape, auto option) { net.shuffle(option.groups); }
};

/// Base of the activations as operators of their own.
template <class Self>
struct ActivationOperator : Operator<Self, None> {
  using option_list = detail::OptionList<>;
  static constexpr void build(auto& net, Shape, auto) { net.act(activation_of<Self>); }
};
struct ReLU : ActivationOperator<ReLU> {};
struct ReLU6 : ActivationOperator<ReLU6> {};
struct HSwish : ActivationOperator<HSwish> {};
struct HSigmoid : ActivationOperator<HSigmoid> {};
struct Sigmoid : ActivationOperator<Sigmoid> {};
struct Swish : ActivationOperator<Swish> {};
struct Tanh : ActivationOperator<Tanh> {};

}  // namespace hwnas
