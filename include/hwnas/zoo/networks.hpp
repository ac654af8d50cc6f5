// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Published networks that are in none of the zoo's spaces, in the same language: spaces of one architecture.
///        static_assert(FlopsProfiler<zoo::MobileNetV2>{}.range().max == 300'774'272_FLOPs);
#pragma once

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"
#include "hwnas/op/shuffle_block.hpp"
#include "hwnas/space/nodes.hpp"

namespace hwnas::zoo {
namespace detail {

template <class First, class Next, int More>
using stage_of = Sequential<First, Repeat<Next, More>>;

template <int Channels, int FirstStride, int More>
using mobilenet_v2_stage = stage_of<MBConv<6, Stride<FirstStride>, Out<Channels>>, MBConv<6>, More>;

// MobileNetV3 states hidden widths as numbers: some are no multiple of the input (2.3, 2.5).
template <int HiddenChannels, int KernelSize, int Channels, int BlockStride, class... Options>
using v3_block =
    MBConv<1, Hidden<HiddenChannels>, Kernel<KernelSize>, Stride<BlockStride>, Out<Channels>, Options...>;

template <int Channels, int More>
using shuffle_net_stage =
    stage_of<ShuffleBlock<Stride<2>, Out<Channels>, EqualHalves>, ShuffleBlock<Out<Channels>>, More>;

}  // namespace detail

/// MobileNetV2 1.0 (Sandler et al. 2018).
using MobileNetV2 = Input<Sequential<Conv<Kernel<3>, Stride<2>, Out<32>, Act<ReLU6>>, MBConv<1, Out<16>>,
                                     detail::mobilenet_v2_stage<24, 2, 1>, detail::mobilenet_v2_stage<32, 2, 2>,
                                     detail::mobilenet_v2_stage<64, 2, 3>, detail::mobilenet_v2_stage<96, 1, 2>,
                                     detail::mobilenet_v2_stage<160, 2, 2>, MBConv<6, Out<320>>,
                                     Conv<Kernel<1>, Out<1280>, Act<ReLU6>>, GlobalAvgPool, Flatten, Linear<1000>>,
                          Shape{3, 224, 224}>;

/// MobileNetV3-large 1.0 (Howard et al. 2019).
using MobileNetV3Large =
    Input<Sequential<
              Conv<Kernel<3>, Stride<2>, Out<16>, Act<HSwish>>, MBConv<1, Out<16>, Act<ReLU>>,
              detail::v3_block<64, 3, 24, 2, Act<ReLU>>, detail::v3_block<72, 3, 24, 1, Act<ReLU>>,
              detail::v3_block<72, 5, 40, 2, Act<ReLU>, SqueezeExcite<4>>,
              Repeat<detail::v3_block<120, 5, 40, 1, Act<ReLU>, SqueezeExcite<4>>, 2>,
              detail::v3_block<240, 3, 80, 2, Act<HSwish>>, detail::v3_block<200, 3, 80, 1, Act<HSwish>>,
              Repeat<detail::v3_block<184, 3, 80, 1, Act<HSwish>>, 2>,
              detail::v3_block<480, 3, 112, 1, Act<HSwish>, SqueezeExcite<4>>,
              detail::v3_block<672, 3, 112, 1, Act<HSwish>, SqueezeExcite<4>>,
              detail::v3_block<672, 5, 160, 2, Act<HSwish>, SqueezeExcite<4>>,
              Repeat<detail::v3_block<960, 5, 160, 1, Act<HSwish>, SqueezeExcite<4>>, 2>,
              Conv<Kernel<1>, Out<960>, Act<HSwish>>, GlobalAvgPool, Flatten, Linear<1280>, HSwish, Linear<1000>>,
          Shape{3, 224, 224}>;

/// ShuffleNetV2 1.0x (Ma et al. 2018).
using ShuffleNetV2 = Input<
    Sequential<Conv<Kernel<3>, Stride<2>, Out<24>>, MaxPool<Kernel<3>, Stride<2>>, detail::shuffle_net_stage<116, 3>,
               detail::shuffle_net_stage<232, 7>, detail::shuffle_net_stage<464, 3>, Conv<Kernel<1>, Out<1024>>,
               GlobalAvgPool, Flatten, Linear<1000>>,
    Shape{3, 224, 224}>;

}  // namespace hwnas::zoo
