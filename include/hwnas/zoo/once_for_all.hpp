// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The MobileNetV3 space of once-for-all (Cai et al. 2020): depth, kernel and expansion of every stage are free.
///        zoo::MobileNetV3Ofa                  // ImageNet at 224; 2.2e19 networks
///        zoo::MobileNetV3OfaResolutions       // at 128, 160, 192 and 224
///        Input<zoo::MobileNetV3OfaNetwork<1000>, Shape{3, 128, 128}, Shape{3, 132, 132}>     // or any list of your own
#pragma once

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"
#include "hwnas/zoo/places.hpp"

namespace hwnas::zoo {
namespace detail {

template <int Channels, int FirstStride, class... Options>
struct ofa_stage {
  template <int BlockStride>
  using block = MBConv<one_of<3, 4, 6>, Kernel<3, 5, 7>, Stride<BlockStride>, Out<Channels>, Divisor<8>, Options...>;
  // The first block changes the shape; up to three more follow it, at least one.
  using type = Sequential<block<FirstStride>, Repeat<block<1>, 1, 3>>;
};

template <class Widths, int Stage, int FirstStride, class... Options>
using ofa_named_stage = Named<numbered<"stage", Stage>,
                              typename ofa_stage<Widths::at(Stage + 1), FirstStride, Options...>::type>;

}  // namespace detail

/// Channels of the stem, the fixed first block, the five stages and the two layers of the head.
using OfaWidths = Widths<16, 16, 24, 40, 80, 112, 160, 960, 1280>;

/// The network without its images. Decisions "stage1/0/expand", "stage1/0/kernel", "stage1/1/depth" (the blocks after
/// the first one: 1 to 3), "stage1/1/0/expand", ... to stage5.
///   Widths   stem, first block, one a stage, the two layers of the head
template <int Classes, class Widths = OfaWidths>
using MobileNetV3OfaNetwork =
    Sequential<Conv<Kernel<3>, Stride<2>, Out<Widths::at(0)>, Act<HSwish>>, MBConv<1, Out<Widths::at(1)>, Act<ReLU>>,
               detail::ofa_named_stage<Widths, 1, 2, Act<ReLU>>,
               detail::ofa_named_stage<Widths, 2, 2, Act<ReLU>, SqueezeExcite<4>>,
               detail::ofa_named_stage<Widths, 3, 2, Act<HSwish>>,
               detail::ofa_named_stage<Widths, 4, 1, Act<HSwish>, SqueezeExcite<4>>,
               detail::ofa_named_stage<Widths, 5, 2, Act<HSwish>, SqueezeExcite<4>>,
               Conv<Kernel<1>, Out<Widths::at(-2)>, Act<HSwish>>, GlobalAvgPool,
               Conv<Kernel<1>, Out<Widths::at(-1)>, Norm<None>, Bias<false>, Act<HSwish>>, Flatten, Linear<Classes>>;

/// Once-for-all's MobileNetV3 on images of a shape.
template <Shape Image, int Classes, class Widths = OfaWidths>
using MobileNetV3OfaSpace = Input<MobileNetV3OfaNetwork<Classes, Widths>, Image>;

/// On ImageNet at 224: (9^2 + 9^3 + 9^4)^5 networks.
using MobileNetV3Ofa = MobileNetV3OfaSpace<Shape{3, 224, 224}, 1000>;
/// On ImageNet at the four resolutions that the supernet is trained with: the decision "resolution".
using MobileNetV3OfaResolutions = Input<MobileNetV3OfaNetwork<1000>, Shape{3, 128, 128}, Shape{3, 160, 160},
                                        Shape{3, 192, 192}, Shape{3, 224, 224}>;

}  // namespace hwnas::zoo
