// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The space of ProxylessNAS (Cai et al. 2019): MobileNetV2 with the kernel and the expansion of every block free.
///        zoo::ProxylessNas                                              // ImageNet; 2.2e17 networks
///        zoo::ProxylessNasSpace<Shape{3, 224, 224}, 1000, zoo::ProxylessMobileWidths>   // the released mobile network's
#pragma once

#include <type_traits>
#include <utility>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"
#include "hwnas/zoo/places.hpp"

namespace hwnas::zoo {
namespace detail {

// In the order of the authors' candidate list, "Zero" last. Zero inside the block's residual passes the input on, which
// is Identity: no addition, as in the released code.
template <Place At>
struct proxyless_block {
  template <class... More>
  using choice = LayerChoice<MBConv<3, Kernel<3>, Stride<At.stride>, Out<At.out>>,
                             MBConv<6, Kernel<3>, Stride<At.stride>, Out<At.out>>,
                             MBConv<3, Kernel<5>, Stride<At.stride>, Out<At.out>>,
                             MBConv<6, Kernel<5>, Stride<At.stride>, Out<At.out>>,
                             MBConv<3, Kernel<7>, Stride<At.stride>, Out<At.out>>,
                             MBConv<6, Kernel<7>, Stride<At.stride>, Out<At.out>>, More...>;
  using candidates = std::conditional_t<At.keeps_shape(), choice<Identity>, choice<>>;
  using type = Named<numbered<"block", At.number>, candidates>;
};

template <class Widths, int StemStride, class Body, int Classes>
using proxyless_network =
    Sequential<Conv<Kernel<3>, Stride<StemStride>, Out<Widths::at(0)>, Act<ReLU6>>, MBConv<1, Out<Widths::at(1)>>, Body,
               Conv<Kernel<1>, Out<Widths::at(-1)>, Act<ReLU6>>, GlobalAvgPool, Flatten, Linear<Classes>>;

}  // namespace detail

/// Channels of the stem, the fixed first block, the stages and the head, as the paper's search has them.
using ProxylessWidths = Widths<32, 16, 24, 40, 80, 96, 192, 320, 1280>;
/// Widths of the networks that were released.
using ProxylessMobileWidths = Widths<32, 16, 32, 40, 80, 96, 192, 320, 1280>;
using ProxylessCpuWidths = Widths<40, 24, 32, 48, 88, 104, 216, 360, 1432>;
using ProxylessGpuWidths = Widths<40, 24, 32, 56, 112, 128, 256, 432, 1728>;

/// ProxylessNAS on images of a shape. Every block decides among kernels 3, 5, 7 with expansions 3 and 6; a block that
/// keeps its shape may be skipped. Decisions "block1", "block2", ...
///   Widths   stem, first block, one a stage, head
template <Shape Image, int Classes, class Widths = ProxylessWidths, class Depths = Depths<4, 4, 4, 4, 4, 1>,
          class Strides = Strides<2, 2, 2, 1, 2, 1>, int StemStride = 2>
using ProxylessNasSpace = Input<
    detail::proxyless_network<Widths, StemStride, Blocks<detail::proxyless_block, Widths, 2, Depths, Strides>, Classes>,
    Image>;

/// On ImageNet: 6 * (6 * 7^3)^5 networks.
using ProxylessNas = ProxylessNasSpace<Shape{3, 224, 224}, 1000>;

namespace detail {

// Candidates of one stage; with one block in it there is no depth to decide.
template <class Widths, int Stage, int FirstStride, int MostBlocks>
struct proxyless_hub_stage {
  static constexpr int out = Widths::at(Stage + 1);
  template <int Width, int BlockStride>
  using block = typename proxyless_block<Place{.number = 1, .in = 0, .out = Width, .stride = BlockStride}>::candidates;
  using type =
      Named<numbered<"stage", Stage>, Sequential<block<out, FirstStride>, Repeat<block<out, 1>, 0, MostBlocks - 1>>>;
};
template <class Widths, int Stage, int FirstStride>
struct proxyless_hub_stage<Widths, Stage, FirstStride, 1> {
  using type = Named<numbered<"stage", Stage>,
                     typename proxyless_block<Place{.number = 1, .in = 0, .out = Widths::at(Stage + 1),
                                                    .stride = FirstStride}>::candidates>;
};

template <class Widths, class Depths, class Strides, class Indices>
struct proxyless_hub_body;
template <class Widths, class Depths, class Strides, int... I>
struct proxyless_hub_body<Widths, Depths, Strides, std::integer_sequence<int, I...>> {
  using type =
      Sequential<typename proxyless_hub_stage<Widths, I + 1, Strides::at(I), Depths::at(I)>::type...>;
};

}  // namespace detail

/// Widths of NNI's model hub: those of the released mobile network.
using ProxylessHubWidths = ProxylessMobileWidths;

/// The same networks counted once each, as NNI's model hub has them: every stage decides its depth, every block among
/// six operators. Decisions "stage1/0", "stage1/1/depth" (blocks after the first one: 0 to 3), "stage1/1/0", ...
template <Shape Image, int Classes, class Widths = ProxylessHubWidths, class Depths = Depths<4, 4, 4, 4, 4, 1>,
          class Strides = Strides<2, 2, 2, 1, 2, 1>, int StemStride = 2>
using ProxylessNasHubSpace =
    Input<detail::proxyless_network<Widths, StemStride,
                                    typename detail::proxyless_hub_body<
                                        Widths, Depths, Strides, std::make_integer_sequence<int, Depths::size>>::type,
                                    Classes>,
          Image>;

/// On ImageNet: 6 * 1554^5 networks.
using ProxylessNasHub = ProxylessNasHubSpace<Shape{3, 224, 224}, 1000>;

}  // namespace hwnas::zoo
