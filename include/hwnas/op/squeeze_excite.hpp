// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Squeeze-and-excitation (Hu et al. 2018), as an option of blocks and as an operator.
///        MBConv<6, SqueezeExcite<4>>;     // MobileNetV3: a quarter of the scaled channels, divisible by 8, hard-sigmoid
///        MBConv<6, SqueezeExcite<4, OfInput, Divisor<1>, Act<Swish>, Gate<Sigmoid>>>;     // EfficientNet
#pragma once

#include "hwnas/op/operator.hpp"

namespace hwnas {

/// The squeezed width is a fraction of the block's input channels (MnasNet, EfficientNet), not of the scaled tensor's.
struct OfInput {
  static constexpr void squeeze(SqueezeOptions& options) { options.of_input = true; }
};
/// The function that makes the channel weights: HSigmoid by default.
template <class Function>
struct Gate {
  static constexpr void squeeze(SqueezeOptions& options) { options.gate = activation_of<Function>; }
};

namespace detail {
template <class Option>
struct squeeze_setting : Option {};
template <class Function>
struct squeeze_setting<Act<Function>> {
  static constexpr void squeeze(SqueezeOptions& options) { options.act = activation_of<Function>; }
};
template <int Value>
struct squeeze_setting<Divisor<Value>> {
  static constexpr void squeeze(SqueezeOptions& options) { options.divisor = Value; }
};
}  // namespace detail

/// Emits the gate over the current tensor: global pooling, 1x1 convolution, activation, 1x1 convolution, gate, scale.
/// Both convolutions have biases. `block_input`: channels of the block, the base where `of_input` is set.
constexpr void squeeze_excite(auto& net, int block_input, const SqueezeOptions& options) {
  const int channels = net.shape().c;
  const int base = options.of_input ? block_input : channels;
  const int plain = base / options.ratio;
  const int squeezed = make_divisible(plain < 1 ? 1 : plain, options.divisor);
  const auto scaled = net.here();
  net.global_pool().conv({.out = squeezed, .bias = true}).act(options.act);
  net.conv({.out = channels, .bias = true}).act(options.gate);
  const auto gate = net.here();
  net.at(scaled).scale(gate);
}

/// Squeeze-and-excitation to 1 / Ratio of the channels.
///   Settings  OfInput, Divisor<n>, Act<F> (ReLU), Gate<F> (HSigmoid); defaults as MobileNetV3 (Howard et al. 2019)
template <int Ratio, class... Settings>
struct SqueezeExcite : Operator<SqueezeExcite<Ratio, Settings...>, SqueezeExcite<Ratio, Settings...>>,
                       FixedOption<SqueezeExcite<Ratio, Settings...>> {
  static_assert(Ratio > 0, "hwnas: SqueezeExcite must have a positive ratio, as in SqueezeExcite<4>");
  static constexpr void set(OperatorOptions& options) {
    options.squeeze = {.ratio = Ratio};
    (detail::squeeze_setting<Settings>::squeeze(options.squeeze), ...);
  }
  static constexpr void build(auto& net, Shape in, auto option) { squeeze_excite(net, in.c, option.squeeze); }
};

}  // namespace hwnas
