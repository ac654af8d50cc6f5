// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The space of NAS-Bench-201 (Dong and Yang 2020): one cell of six edges, the same fifteen times.
///        zoo::NasBench201        // CIFAR-10; 15,625 networks
///        zoo::NasBench201Space<Shape{3, 16, 16}, 120>;   zoo::NasBench201Space<Shape{1, 28, 28}, 10, zoo::Widths<8, 16, 32>, 1>
#pragma once

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/nasbench201.hpp"
#include "hwnas/zoo/places.hpp"

namespace hwnas::zoo {

/// NAS-Bench-201's five operations, in the order of its files.
using NasBench201Op =
    LayerChoice<nb201::NoneOp, nb201::SkipConnect, nb201::NorConv<1>, nb201::NorConv<3>, nb201::AvgPool3x3>;

/// Its cell: decisions "cell/node1/from0" to "cell/node3/from2", shared by all cells of a network.
using NasBench201Cell =
    Named<"cell", Cell<Node<From<0, NasBench201Op>>, Node<From<0, NasBench201Op>, From<1, NasBench201Op>>,
                       Node<From<0, NasBench201Op>, From<1, NasBench201Op>, From<2, NasBench201Op>>>>;

namespace detail {

template <class Widths, int Cells, int Classes>
struct nasbench201_network;
template <int First, int... Others, int Cells, int Classes>
struct nasbench201_network<Widths<First, Others...>, Cells, Classes> {
  using type = Sequential<Conv<Kernel<3>, Out<First>, Act<None>>, Repeat<NasBench201Cell, Cells>,
                          Sequential<nb201::Reduction<Stride<2>, Out<Others>>, Repeat<NasBench201Cell, Cells>>...,
                          BatchNorm, ReLU, GlobalAvgPool, Flatten, Linear<Classes>>;
};

}  // namespace detail

/// NAS-Bench-201 on images of a shape.
///   Widths   one a stage
///   Cells    cells of each stage
template <Shape Image, int Classes, class Widths = Widths<16, 32, 64>, int Cells = 5>
using NasBench201Space = Input<typename detail::nasbench201_network<Widths, Cells, Classes>::type, Image>;

/// On CIFAR-10: 5^6 networks.
using NasBench201 = NasBench201Space<Shape{3, 32, 32}, 10>;

}  // namespace hwnas::zoo
