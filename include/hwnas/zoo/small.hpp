// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Small spaces for small images, whose supernets train in minutes on two processor cores. The templates take any
///        image from 16 x 16 on; the ready types are for Fashion-MNIST and MNIST.
///        zoo::small::Spos;   zoo::small::SposSpace<Shape{3, 32, 32}, 10>;   zoo::small::ProxylessNas
#pragma once

#include <type_traits>

#include "hwnas/zoo/proxylessnas.hpp"
#include "hwnas/zoo/spos.hpp"

namespace hwnas::zoo::small {
namespace detail {

// Skipping is what lets a budget matter: the four blocks alone differ in cost by less than a factor of two.
template <Place At>
struct skippable_block {
  using candidates = std::conditional_t<At.keeps_shape(), zoo::detail::shuffle_choice<At, Identity>,
                                        zoo::detail::shuffle_choice<At>>;
  using type = Named<numbered<"block", At.number>, candidates>;
};

}  // namespace detail

/// Single Path One-Shot's four ShuffleNetV2 blocks, and Identity where the shape stays: decisions "block1", ....
///   Widths   stem, one a stage, head
template <Shape Image, int Classes, class Widths = Widths<16, 32, 64, 128, 128>, class Depths = Depths<4, 4, 4>,
          class Strides = Strides<2, 2, 2>, int StemStride = 1>
using SposSpace =
    Input<zoo::detail::shuffle_network<Widths, StemStride, Blocks<detail::skippable_block, Widths, 1, Depths, Strides>,
                                       Classes>,
          Image>;

/// ProxylessNAS's blocks in three stages.
///   Widths   stem, first block, one a stage, head
template <Shape Image, int Classes, class Widths = Widths<16, 8, 16, 24, 40, 96>>
using ProxylessNasSpace =
    zoo::ProxylessNasSpace<Image, Classes, Widths, Depths<3, 3, 2>, Strides<2, 2, 1>, 1>;

/// On 28 x 28 grey images, ten classes: 4^3 * 5^9 networks of 1.2 to 3.9 million multiply-adds.
using Spos = SposSpace<Shape{1, 28, 28}, 10>;
/// 6^3 * 7^5 networks of 1.3 to 8.8 million multiply-adds.
using ProxylessNas = ProxylessNasSpace<Shape{1, 28, 28}, 10>;

}  // namespace hwnas::zoo::small

namespace hwnas::zoo {
/// The supernet to begin with.
using SposSmall = small::Spos;
}  // namespace hwnas::zoo
