// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  ShuffleNetV2's blocks as Single Path One-Shot uses them (Guo et al. 2020; Ma et al. 2018 for the unit).
///        LayerChoice<ShuffleBlock<Kernel<3>>, ShuffleBlock<Kernel<5>>, ShuffleBlock<Kernel<7>>, ShuffleXception<>>
#pragma once

#include "hwnas/op/operator.hpp"

namespace hwnas {
namespace detail {

// Stride 1: half of the channels pass, the other half go through `main`; stride 2: a projection branch and `main`
// both see everything. The projection keeps the input's channels, so `main` makes the rest; EqualHalves gives each half.
constexpr void shuffle_unit(auto& net, Shape in, const auto& option, auto&& main) {
  if (option.stride == 1 && option.out == in.c) {
    const auto [kept, worked] = net.split();
    net.at(worked);
    main(option.out - option.out / 2);
    const auto made = net.here();
    net.at(kept).concat(made).shuffle(2);
    return;
  }
  const auto input = net.here();
  const int projected = option.equal_halves ? option.out / 2 : in.c;
  net.conv({.kernel = option.kernel, .stride = option.stride, .groups = in.c}).norm();
  net.conv({.out = projected}).norm().act(option.act);
  const auto projection = net.here();
  net.at(input);
  main(option.out - projected);
  const auto made = net.here();
  net.at(projection).concat(made).shuffle(2);
}

}  // namespace detail

/// Pointwise, depthwise k x k, pointwise on one branch.
template <class... Options>
struct ShuffleBlock : Operator<ShuffleBlock<Options...>> {
  static constexpr void build(auto& net, Shape in, auto option) {
    const int hidden = option.hidden > 0 ? option.hidden : option.out / 2;
    detail::shuffle_unit(net, in, option, [&](int out) {
      net.conv({.out = hidden}).norm().act(option.act);
      net.conv({.kernel = option.kernel, .stride = option.stride, .groups = hidden}).norm();
      net.conv({.out = out}).norm().act(option.act);
    });
  }
};

/// The Xception variant: depthwise-pointwise three times.
template <class... Options>
struct ShuffleXception : Operator<ShuffleXception<Options...>> {
  static constexpr void build(auto& net, Shape in, auto option) {
    const int hidden = option.hidden > 0 ? option.hidden : option.out / 2;
    detail::shuffle_unit(net, in, option, [&](int out) {
      const int begin = net.shape().c;
      net.conv({.kernel = option.kernel, .stride = option.stride, .groups = begin}).norm();
      net.conv({.out = hidden}).norm().act(option.act);
      net.conv({.kernel = option.kernel, .groups = hidden}).norm().conv({.out = hidden}).norm().act(option.act);
      net.conv({.kernel = option.kernel, .groups = hidden}).norm().conv({.out = out}).norm().act(option.act);
    });
  }
};

}  // namespace hwnas
