// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Small spaces that between them use every node, operator and kind of decision.
#pragma once

#include "hwnas/op/bottleneck.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/darts.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/fbnet.hpp"
#include "hwnas/op/leaf.hpp"
#include "hwnas/op/mbconv.hpp"
#include "hwnas/op/nasbench201.hpp"
#include "hwnas/op/shuffle_block.hpp"
#include "hwnas/space/compile.hpp"

namespace hwnas::spaces {

template <class... Nodes>
using OnImages = Input<Sequential<Nodes...>, Shape{3, 12, 12}>;

using Head = Sequential<GlobalAvgPool, Flatten, Linear<5>>;

/// Choices between layers, nested, with identity and a residual that may be nothing.
using Layers =
    OnImages<Conv<Kernel<3>, Stride<2>, Out<8>>,
             Named<"b1", LayerChoice<Conv3x3, Conv5x5, Identity, DepthwiseSeparable<Kernel<3>>>>,
             Residual<LayerChoice<MBConv<3>, Zero, Sequential<Conv1x1, LayerChoice<MaxPool<>, AvgPool<>>>>>, Head>;

/// Several values of options: kernels, expansions (with and without the first convolution), widths that the next
/// operator sees, strides.
using Elastic =
    OnImages<Conv<Kernel<3>, Out<6, 8>>, MBConv<one_of<1, 3, 6>, Kernel<3, 5, 7>, SqueezeExcite<4>, Act<HSwish>>,
             Named<"b", MBConv<one_of<3, 6>, Kernel<3, 5>, Out<8, 12>, Stride<1, 2>, Act<Swish>>>,
             Repeat<MBConv<2, Kernel<3, 5>, SqueezeExcite<4, OfInput, Divisor<1>, Act<Swish>, Gate<Sigmoid>>>, 1, 3>,
             BasicBlock<Out<8, 16>, Stride<1, 2>>, Bottleneck<2, Out<8, 16>>, Head>;

/// One label at two places: one decision, weights of their own.
using Shared = OnImages<Conv<Kernel<3>, Out<4>>, Named<"x", LayerChoice<Conv3x3, Identity>>,
                        LayerChoice<Identity, Conv1x1>, Named<"x", LayerChoice<Conv3x3, Identity>>, Head>;

/// Grouped convolutions, shuffles, splits, tanh and friends, biases, no batch-norm.
using Grouped =
    OnImages<Conv<Kernel<3>, Out<8>, Norm<None>, Act<Tanh>>,
             LayerChoice<FBNetBlock<2, Groups<2>>, FBNetBlock<1>, FBNetSkip<>>,
             LayerChoice<ShuffleBlock<Kernel<3>>, ShuffleBlock<Kernel<5>>, ShuffleXception<>>,
             LayerChoice<ShuffleBlock<Kernel<7>, Stride<2>, Out<16>>, ShuffleXception<Stride<2>, Out<16>>,
                         ShuffleBlock<Kernel<3>, Stride<2>, Out<16>, EqualHalves>>,
             Conv<Kernel<3>, Groups<1, 4>, Dilation<1, 2>, Act<Sigmoid>>, ChannelShuffle<4>, BatchNorm, HSigmoid,
             Conv<Kernel<2>, Padding<0>, Act<HSigmoid>>, Conv<Kernel<1>, PreAct, Affine<false>, Bias<true>>, Flatten,
             Linear<7>, ReLU, Linear<5, Bias<false>>>;

using Nb201Op = LayerChoice<nb201::NoneOp, nb201::SkipConnect, nb201::NorConv<1>, nb201::NorConv<3>, nb201::AvgPool3x3>;
template <class Op>
using Nb201Cell = Cell<Node<From<0, Op>>, Node<From<0, Op>, From<1, Op>>, Node<From<0, Op>, From<1, Op>, From<2, Op>>>;
/// Sums of edges, zeros among them, cells that share their decisions.
using Cells = OnImages<Conv<Kernel<3>, Out<4>, Act<None>>, Repeat<Named<"cell", Nb201Cell<Nb201Op>>, 2>,
                       nb201::Reduction<Out<8>, Stride<2>>, Named<"cell", Nb201Cell<Nb201Op>>, BatchNorm, ReLU, Head>;

template <int S>
using DartsOp = LayerChoice<darts::MaxPool3x3<Stride<S>>, darts::AvgPool3x3<Stride<S>>, darts::SkipConnect<Stride<S>>,
                            darts::SepConv<3, Stride<S>>, darts::SepConv<5, Stride<S>>, darts::DilConv<3, Stride<S>>,
                            darts::DilConv<5, Stride<S>>, darts::NoneOp<Stride<S>>>;
template <int S, class First>
using DartsCell =
    Cell<Inputs<2>, Preprocess<First, Conv<Kernel<1>, Out<4>, PreAct>>, Node<InputChoice<2, DartsOp<S>, DartsOp<1>>>,
         Node<InputChoice<2, DartsOp<S>, DartsOp<1>>>, Output<Concat>>;
/// Two inputs a cell, choices of inputs, reductions, concatenation.
using Darts = OnImages<Conv<Kernel<3>, Out<8>, Act<None>>,
                       CellStack<Named<"normal", DartsCell<1, Conv<Kernel<1>, Out<4>, PreAct>>>,
                                 Named<"reduce", DartsCell<2, Conv<Kernel<1>, Out<4>, PreAct>>>,
                                 Named<"normal", DartsCell<1, darts::FactorizedReduce<Stride<2>, Out<4>>>>>, Head>;

/// Branches that are added, several resolutions, candidates of different shapes.
using Resolutions =
    Input<Sequential<Conv<Kernel<3>, Out<8>>, Sum<Conv3x3, LayerChoice<Conv5x5, Identity>, MaxPool<>>,
                     AnyShape<LayerChoice<Conv<Kernel<3>, Out<12>>, Conv<Kernel<3>, Stride<2>, Out<16>>>>, ReLU6, Swish,
                     HSwish, Sigmoid, Tanh, Head>,
          Shape{3, 8, 8}, Shape{3, 12, 12}>;

/// What cannot be opened: one number for each channel.
struct Shift : LeafOperator<Shift> {
  static constexpr Shape shape(Shape in) { return in; }
  static constexpr Flops flops(Shape in) { return Flops{in.elements()}; }
  static constexpr Params params(Shape in) { return Params{in.c}; }
};
struct Half : LeafOperator<Half> {
  static constexpr Shape shape(Shape in) { return {in.c, in.h / 2, in.w / 2}; }
  static constexpr Flops flops(Shape) { return Flops{0}; }
  static constexpr Params params(Shape) { return Params{0}; }
};
using Leaves = OnImages<Conv<Kernel<3>, Out<4, 8>>, LayerChoice<Shift, Identity, Conv3x3>, Half, Shift, Head>;

}  // namespace hwnas::spaces
