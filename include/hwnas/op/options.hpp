// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Options of operators: Kernel<3, 5, 7>, Stride<2>, Out<32>, Act<HSwish>, one_of<3, 4, 6>, ...
///        An option with several values is a decision of the search space.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include "hwnas/core/shape.hpp"
#include "hwnas/layer/primitive.hpp"

namespace hwnas {

/// Several values where one is expected: MBConv<one_of<3, 4, 6>> decides its expansion.
template <int... Values>
struct one_of_t {};
template <int... Values>
inline constexpr one_of_t<Values...> one_of{};

/// "As many channels as the input": Out<same>.
inline constexpr int same = 0;

/// Act<None>, Norm<None>: nothing there.
struct None {};
// Operators of their own (op/elementary.hpp) and the names that Act<> and Norm<> take.
struct ReLU;
struct ReLU6;
struct HSwish;
struct HSigmoid;
struct Sigmoid;
struct Swish;
struct Tanh;
struct BatchNorm;

/// The activation a tag type names.
template <class Tag>
inline constexpr Activation activation_of = Activation::none;
template <>
inline constexpr Activation activation_of<ReLU> = Activation::relu;
template <>
inline constexpr Activation activation_of<ReLU6> = Activation::relu6;
template <>
inline constexpr Activation activation_of<HSwish> = Activation::hswish;
template <>
inline constexpr Activation activation_of<HSigmoid> = Activation::hsigmoid;
template <>
inline constexpr Activation activation_of<Sigmoid> = Activation::sigmoid;
template <>
inline constexpr Activation activation_of<Swish> = Activation::swish;
template <>
inline constexpr Activation activation_of<Tanh> = Activation::tanh;

/// Squeeze-and-excitation as an option: squeeze to base / ratio channels.
struct SqueezeOptions {
  int ratio = 0;  ///< 0: none
  bool of_input = false;  ///< base is the block's input; otherwise the tensor that is scaled
  int divisor = 8;        ///< squeezed channels are made divisible by this; 1: plain integer division
  Activation act = Activation::relu;
  Activation gate = Activation::hsigmoid;
};

/// All options of one operator occurrence, resolved: what build() receives.
struct OperatorOptions {
  int expand = 1;
  int kernel = 3;
  int stride = 1;
  int out = 0;      ///< resolved before build(): never `same`
  int padding = -1; ///< -1: kernel / 2 * dilation
  int dilation = 1;
  int groups = 1;
  int hidden = 0;   ///< channels inside a block; 0: in * expand
  int divisor = 1;  ///< hidden channels are made divisible by this
  int bias = -1;    ///< -1: where there is no normalisation
  bool norm = true;
  bool affine = true;
  bool pre_act = false;
  bool residual = true;
  bool equal_halves = false;
  Activation act = Activation::relu;
  SqueezeOptions squeeze{};

  /// Biases where asked for, or where no normalisation follows.
  [[nodiscard]] constexpr bool has_bias() const { return bias >= 0 ? bias != 0 : !norm; }
};

namespace detail {
template <int... Values>
constexpr bool all_differ() {
  constexpr std::array<int, sizeof...(Values)> values{Values...};
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j) {
      if (values[i] == values[j]) return false;
    }
  }
  return true;
}
}  // namespace detail

/// Base of options that carry integer values; several values make a decision called Self::name.
template <class Self, int... Values>
struct ValueOption {
  static_assert(sizeof...(Values) > 0, "hwnas: an option must have at least one value, as in Kernel<3>");
  static_assert(detail::all_differ<Values...>(),
                "hwnas: an option's values must differ: files tell its candidates apart by them");
  static constexpr std::array<int, sizeof...(Values)> values{Values...};
  static constexpr void apply(OperatorOptions& options, std::size_t choice) { Self::set(options, values[choice]); }
};

/// Square window's side.
template <int... Values>
struct Kernel : ValueOption<Kernel<Values...>, Values...> {
  static constexpr std::string_view name = "kernel";
  static constexpr void set(OperatorOptions& options, int value) { options.kernel = value; }
};
template <int... Values>
struct Stride : ValueOption<Stride<Values...>, Values...> {
  static constexpr std::string_view name = "stride";
  static constexpr void set(OperatorOptions& options, int value) { options.stride = value; }
};
/// Output channels; `same` is the default.
template <int... Values>
struct Out : ValueOption<Out<Values...>, Values...> {
  static constexpr std::string_view name = "out";
  static constexpr void set(OperatorOptions& options, int value) { options.out = value; }
};
/// Hidden channels as a multiple of the input's.
template <int... Values>
struct Expand : ValueOption<Expand<Values...>, Values...> {
  static constexpr std::string_view name = "expand";
  static constexpr void set(OperatorOptions& options, int value) { options.expand = value; }
};
/// Hidden channels as a number, for expansions that are no integer (MobileNetV3's 2.3 and 2.5).
template <int... Values>
struct Hidden : ValueOption<Hidden<Values...>, Values...> {
  static constexpr std::string_view name = "hidden";
  static constexpr void set(OperatorOptions& options, int value) { options.hidden = value; }
};
template <int... Values>
struct Padding : ValueOption<Padding<Values...>, Values...> {
  static constexpr std::string_view name = "padding";
  static constexpr void set(OperatorOptions& options, int value) { options.padding = value; }
};
template <int... Values>
struct Dilation : ValueOption<Dilation<Values...>, Values...> {
  static constexpr std::string_view name = "dilation";
  static constexpr void set(OperatorOptions& options, int value) { options.dilation = value; }
};
template <int... Values>
struct Groups : ValueOption<Groups<Values...>, Values...> {
  static constexpr std::string_view name = "groups";
  static constexpr void set(OperatorOptions& options, int value) { options.groups = value; }
};

/// Base of options with one fixed meaning.
template <class Self>
struct FixedOption {
  static constexpr std::array<int, 1> values{0};
  static constexpr void apply(OperatorOptions& options, std::size_t) { Self::set(options); }
};

/// Activation function: None, ReLU, ReLU6, HSwish, HSigmoid, Sigmoid, Swish or Tanh.
template <class Function>
struct Act : FixedOption<Act<Function>> {
  static_assert(activation_of<Function> != Activation::none || std::is_same_v<Function, None>,
                "hwnas: Act must name None, ReLU, ReLU6, HSwish, HSigmoid, Sigmoid, Swish or Tanh");
  static constexpr void set(OperatorOptions& options) { options.act = activation_of<Function>; }
};
/// Normalisation: BatchNorm or None.
template <class Kind>
struct Norm : FixedOption<Norm<Kind>> {
  static_assert(std::is_same_v<Kind, None> || std::is_same_v<Kind, BatchNorm>,
                "hwnas: Norm must name BatchNorm or None");
  static constexpr void set(OperatorOptions& options) { options.norm = std::is_same_v<Kind, BatchNorm>; }
};
/// Biases of convolutions and linear layers; by default where no normalisation follows.
template <bool Has>
struct Bias : FixedOption<Bias<Has>> {
  static constexpr void set(OperatorOptions& options) { options.bias = Has ? 1 : 0; }
};
/// Trainable scale and shift of batch-norm (DARTS searches without).
template <bool Has>
struct Affine : FixedOption<Affine<Has>> {
  static constexpr void set(OperatorOptions& options) { options.affine = Has; }
};
/// A block's own shortcut where stride is 1 and the channels stay; Shortcut<false> leaves it out.
template <bool Has>
struct Shortcut : FixedOption<Shortcut<Has>> {
  static constexpr void set(OperatorOptions& options) { options.residual = Has; }
};
/// ShuffleNetV2's published unit: at stride 2 both branches give half of the output channels.
struct EqualHalves : FixedOption<EqualHalves> {
  static constexpr void set(OperatorOptions& options) { options.equal_halves = true; }
};
/// Hidden channels made divisible by this.
template <int Value>
struct Divisor : FixedOption<Divisor<Value>> {
  static constexpr void set(OperatorOptions& options) { options.divisor = Value; }
};
/// Activation, convolution, normalisation: the order of NAS-Bench-201 and DARTS.
struct PreAct : FixedOption<PreAct> {
  static constexpr void set(OperatorOptions& options) { options.pre_act = true; }
};

/// Nearest multiple of `divisor`, at least `divisor`, never below 0.9 of the value (MobileNetV2's reference code).
[[nodiscard]] constexpr int make_divisible(int value, int divisor) {
  if (divisor <= 1) return value;
  const int rounded = std::max(divisor, (value + divisor / 2) / divisor * divisor);
  return rounded * 10 < value * 9 ? rounded + divisor : rounded;
}

}  // namespace hwnas
