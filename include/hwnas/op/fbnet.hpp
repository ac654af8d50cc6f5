// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  FBNet's blocks (Wu et al. 2019).
///        FBNetBlock<6, Kernel<5>>;   FBNetBlock<1, Groups<2>>;   FBNetSkip<Stride<2>, Out<24>>
#pragma once

#include "hwnas/op/operator.hpp"

namespace hwnas {

/// Inverted residual with optionally grouped 1x1 convolutions and a channel shuffle between. The first 1x1
/// convolution is left out where it would keep the width (Expand 1), as the authors' released code does.
template <auto Expand, class... Options>
struct FBNetBlock : Operator<FBNetBlock<Expand, Options...>> {
  static constexpr void build(auto& net, Shape in, auto option) {
    const int hidden = in.c * option.expand;
    const auto input = net.here();
    if (hidden != in.c) net.conv({.out = hidden, .groups = option.groups}).norm().act(option.act);
    if (option.groups > 1) net.shuffle(option.groups);
    net.conv({.kernel = option.kernel, .stride = option.stride, .groups = hidden}).norm().act(option.act);
    net.conv({.out = option.out, .groups = option.groups}).norm();
    if (option.stride == 1 && net.shape() == in) net.add(input);
  }
};

/// FBNet's skip: nothing where the shape stays, a 1x1 convolution, batch-norm, ReLU where it changes.
template <class... Options>
struct FBNetSkip : Operator<FBNetSkip<Options...>> {
  static constexpr void build(auto& net, Shape in, auto option) {
    if (option.stride == 1 && option.out == in.c) return;
    net.conv({.out = option.out, .stride = option.stride}).norm().act(option.act);
  }
};

}  // namespace hwnas
