// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The space of Single Path One-Shot (Guo et al. 2020): ShuffleNetV2 with four kinds of block at every place.
///        zoo::SposShuffleNetV2        // ImageNet; 4^20 networks
///        zoo::SposShuffleNetV2Space<Shape{3, 64, 64}, 200, zoo::Widths<16, 32, 80, 160, 320, 512>>
#pragma once

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/shuffle_block.hpp"
#include "hwnas/zoo/places.hpp"

namespace hwnas::zoo {
namespace detail {

// In the order of the released code: kernels 3, 5, 7, then the Xception variant.
template <Place At, class... More>
using shuffle_choice = LayerChoice<ShuffleBlock<Kernel<3>, Stride<At.stride>, Out<At.out>>,
                                   ShuffleBlock<Kernel<5>, Stride<At.stride>, Out<At.out>>,
                                   ShuffleBlock<Kernel<7>, Stride<At.stride>, Out<At.out>>,
                                   ShuffleXception<Stride<At.stride>, Out<At.out>>, More...>;

template <Place At>
struct shuffle_block {
  using type = Named<numbered<"block", At.number>, shuffle_choice<At>>;
};

template <class Widths, int StemStride, class Body, int Classes>
using shuffle_network =
    Sequential<Conv<Kernel<3>, Stride<StemStride>, Out<Widths::at(0)>>, Body, Conv<Kernel<1>, Out<Widths::at(-1)>>,
               GlobalAvgPool, Flatten, Linear<Classes, Bias<false>>>;

}  // namespace detail

/// SPOS on images of a shape: decisions "block1", "block2", ..., candidates as the released code counts them. No
/// max-pooling after the stem, no bias in the classifier.
///   Widths   stem, one a stage, head
template <Shape Image, int Classes, class Widths = Widths<16, 64, 160, 320, 640, 1024>,
          class Depths = Depths<4, 4, 8, 4>, class Strides = Strides<2, 2, 2, 2>, int StemStride = 2>
using SposShuffleNetV2Space = Input<
    detail::shuffle_network<Widths, StemStride, Blocks<detail::shuffle_block, Widths, 1, Depths, Strides>, Classes>,
    Image>;

/// On ImageNet: 4^20 networks.
using SposShuffleNetV2 = SposShuffleNetV2Space<Shape{3, 224, 224}, 1000>;

}  // namespace hwnas::zoo
