// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluation_space.hpp"
#include "hwnas/op/bottleneck.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/zoo/networks.hpp"
#include "hwnas/zoo/places.hpp"

namespace accuracy {

EvaluationSpace proxylessnas_224();
EvaluationSpace proxylessnas_160();
EvaluationSpace spos_224();
EvaluationSpace spos_160();
EvaluationSpace once_for_all_224();
EvaluationSpace once_for_all_160();
EvaluationSpace nasbench201_32();
EvaluationSpace nasbench201_16();

std::vector<EvaluationSpace> evaluation_spaces() {
  return {proxylessnas_224(), proxylessnas_160(), spos_224(),       spos_160(),
          once_for_all_224(), once_for_all_160(), nasbench201_32(), nasbench201_16()};
}

namespace {

using namespace hwnas;

template <class Body>
using on_imagenet = Input<Body, Shape{3, 224, 224}>;
template <class... Body>
using classified = on_imagenet<Sequential<Body..., GlobalAvgPool, Flatten, Linear<1000>>>;

template <int Channels, int FirstStride, int More>
using basic_stage = Sequential<BasicBlock<Out<Channels>, Stride<FirstStride>>, Repeat<BasicBlock<Out<Channels>>, More>>;
/// ResNets of two convolutions a block (He et al. 2016, table 1), by the blocks of their four stages.
template <int A, int B, int C, int D>
using resnet = classified<Conv<Kernel<7>, Stride<2>, Out<64>>, MaxPool<Kernel<3>, Stride<2>>, basic_stage<64, 1, A - 1>,
                          basic_stage<128, 2, B - 1>, basic_stage<256, 2, C - 1>, basic_stage<512, 2, D - 1>>;
using ResNet18 = resnet<2, 2, 2, 2>;
using ResNet34 = resnet<3, 4, 6, 3>;
// The published numbers of parameters, batch-norm and biases included.
static_assert(ParamsProfiler<ResNet18>{}.range().min.ticks() == 11'689'512);
static_assert(ParamsProfiler<ResNet34>{}.range().min.ticks() == 21'797'672);

template <int Number, int Channels, int BlockStride>
using residual_choice =
    Named<zoo::numbered<"block", Number>, LayerChoice<BasicBlock<Out<Channels>, Stride<BlockStride>>,
                                                      Bottleneck<4, Out<Channels>, Stride<BlockStride>>>>;
template <int Number, int Channels>
using residual_pair = Sequential<residual_choice<Number, Channels, 2>, residual_choice<Number + 1, Channels, 1>>;
using Residual =
    classified<Named<"stem", LayerChoice<Conv<Kernel<7>, Stride<2>, Out<64>>, Conv<Kernel<3>, Stride<2>, Out<64>>>>,
               MaxPool<Kernel<3>, Stride<2>>, residual_choice<1, 64, 1>, residual_choice<2, 64, 1>,
               residual_pair<3, 128>, residual_pair<5, 256>, residual_pair<7, 512>>;

}  // namespace

std::vector<AnySpace> standard_networks() {
  return {any_space<zoo::MobileNetV2>("MobileNetV2", "Sandler et al. 2018"),
          any_space<zoo::MobileNetV3Large>("MobileNetV3-large", "Howard et al. 2019"),
          any_space<zoo::ShuffleNetV2>("ShuffleNetV2", "Ma et al. 2018"),
          any_space<ResNet18>("ResNet-18", "He et al. 2016"),
          any_space<ResNet34>("ResNet-34", "He et al. 2016")};
}
AnySpace residual_space() { return any_space<Residual>("residual-224", "residual blocks"); }

}  // namespace accuracy
