// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The space of FBNet (Wu et al. 2019): 22 blocks, nine candidates at each.
///        zoo::FbNet          // ImageNet; 9^22 networks
///        zoo::FbNetCifar;    zoo::FbNetSpace<Shape{3, 224, 224}, 1000, zoo::FbNetAWidths>
#pragma once

#include <type_traits>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/fbnet.hpp"
#include "hwnas/zoo/places.hpp"

namespace hwnas::zoo {

/// What "skip" means where a block changes the shape.
enum class FbNetSkips {
  everywhere,      ///< a 1x1 convolution, batch-norm, ReLU: nine candidates at every block
  where_identity,  ///< it is no candidate there
};

namespace detail {

// The candidates' places are the ids 0 to 8 of the tables that list this space.
template <Place At, class... Skip>
using fbnet_choice = LayerChoice<FBNetBlock<1, Kernel<3>, Stride<At.stride>, Out<At.out>>,
                                 FBNetBlock<1, Kernel<3>, Stride<At.stride>, Out<At.out>, Groups<2>>,
                                 FBNetBlock<3, Kernel<3>, Stride<At.stride>, Out<At.out>>,
                                 FBNetBlock<6, Kernel<3>, Stride<At.stride>, Out<At.out>>,
                                 FBNetBlock<1, Kernel<5>, Stride<At.stride>, Out<At.out>>,
                                 FBNetBlock<1, Kernel<5>, Stride<At.stride>, Out<At.out>, Groups<2>>,
                                 FBNetBlock<3, Kernel<5>, Stride<At.stride>, Out<At.out>>,
                                 FBNetBlock<6, Kernel<5>, Stride<At.stride>, Out<At.out>>, Skip...>;

template <FbNetSkips Skips>
struct fbnet {
  template <Place At>
  struct block {
    static constexpr bool skips = Skips == FbNetSkips::everywhere || At.keeps_shape();
    using candidates = std::conditional_t<skips, fbnet_choice<At, FBNetSkip<Stride<At.stride>, Out<At.out>>>,
                                          fbnet_choice<At>>;
    using type = Named<numbered<"block", At.number>, candidates>;
  };
};

}  // namespace detail

/// Channels of the stem, the seven stages and the head.
using FbNetWidths = Widths<16, 16, 24, 32, 64, 112, 184, 352, 1984>;
/// FBNet-A's, and the space's on CIFAR: a narrower head.
using FbNetAWidths = Widths<16, 16, 24, 32, 64, 112, 184, 352, 1504>;

/// FBNet on images of a shape: decisions "block1" to "block22".
///   Widths   stem, one a stage, head
template <Shape Image, int Classes, class Widths = FbNetWidths, class Depths = Depths<1, 4, 4, 4, 4, 4, 1>,
          class Strides = Strides<1, 2, 2, 2, 1, 2, 1>, int StemStride = 2, FbNetSkips Skips = FbNetSkips::everywhere>
using FbNetSpace =
    Input<Sequential<Conv<Kernel<3>, Stride<StemStride>, Out<Widths::at(0)>>,
                     Blocks<detail::fbnet<Skips>::template block, Widths, 1, Depths, Strides>,
                     Conv<Kernel<1>, Out<Widths::at(-1)>>, GlobalAvgPool, Flatten, Linear<Classes>>,
          Image>;

/// On ImageNet: 9^22 networks.
using FbNet = FbNetSpace<Shape{3, 224, 224}, 1000>;
/// On ImageNet, skipping only where that is the identity: 9^16 * 8^6 networks.
using FbNetIdentity = FbNetSpace<Shape{3, 224, 224}, 1000, FbNetWidths, Depths<1, 4, 4, 4, 4, 4, 1>,
                                 Strides<1, 2, 2, 2, 1, 2, 1>, 2, FbNetSkips::where_identity>;
/// On 32 x 32 images: fewer strides, a narrower head.
using FbNetCifar = FbNetSpace<Shape{3, 32, 32}, 10, FbNetAWidths, Depths<1, 4, 4, 4, 4, 4, 1>,
                              Strides<1, 1, 2, 2, 1, 2, 1>, 1>;

}  // namespace hwnas::zoo
