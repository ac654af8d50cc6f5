// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The space of DARTS (Liu et al. 2019): a normal and a reduction cell, each of four nodes with two inputs.
///        zoo::Darts                // CIFAR-10, 36 channels, 20 cells; 1.08e18 networks
///        zoo::DartsImageNet        // 48 channels, 14 cells
///        zoo::DartsNetwork<Normal, Reduce>::cifar<36, 20, 10>      // with cells of your own (see DartsCells)
#pragma once

#include <cstddef>
#include <utility>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/darts.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/zoo/places.hpp"

namespace hwnas::zoo {

/// Whether "none" is among the candidates: in DARTS's supernet it is, in the networks it derives never.
enum class DartsNone { absent, candidate };

/// DARTS's operations at a stride, in the order of its genotypes.
///   Options   Affine<false> while searching
template <DartsNone None, int S, class... Options>
struct DartsOps {
  template <class... First>
  using choice = LayerChoice<First..., darts::MaxPool3x3<Stride<S>, Options...>,
                             darts::AvgPool3x3<Stride<S>, Options...>, darts::SkipConnect<Stride<S>, Options...>,
                             darts::SepConv<3, Stride<S>, Options...>, darts::SepConv<5, Stride<S>, Options...>,
                             darts::DilConv<3, Stride<S>, Options...>, darts::DilConv<5, Stride<S>, Options...>>;
  using type = choice<>;
};
template <int S, class... Options>
struct DartsOps<DartsNone::candidate, S, Options...> {
  using type =
      typename DartsOps<DartsNone::absent, S, Options...>::template choice<darts::NoneOp<Stride<S>, Options...>>;
};

/// The cells of the search space. Edges from a reduction cell's two inputs have stride 2, all others stride 1.
///   Labels   "normal/node2/inputs", "normal/node2/from0", ..., "reduce/node4/from4"; shared by all cells of a kind
template <DartsNone None = DartsNone::absent, class... Options>
struct DartsCells {
  template <fixed_string Label, int S, class... Before>
  struct of {
    using Choice =
        InputChoice<2, typename DartsOps<None, S, Options...>::type, typename DartsOps<None, 1, Options...>::type>;
    using type =
        Named<Label,
              Cell<Inputs<2>, Before..., Node<Choice>, Node<Choice>, Node<Choice>, Node<Choice>, Output<Concat>>>;
  };
  template <class... Before>
  using normal = typename of<"normal", 1, Before...>::type;
  template <class... Before>
  using reduce = typename of<"reduce", 2, Before...>::type;
};

namespace detail {

// Which cell stands where: reduction at one third and two thirds of the depth, where the channels double.
struct DartsPlace {
  int channels = 0;
  bool reduces = false;
  bool after_reduction = false;
};
constexpr DartsPlace darts_place(int cell, int cells, int channels, bool imagenet) {
  const auto reduces = [&](int i) { return i == cells / 3 || i == 2 * cells / 3; };
  for (int i = 0; i <= cell; ++i) channels *= reduces(i) ? 2 : 1;
  // ImageNet's second stem halves the image, like a reduction cell.
  return {channels, reduces(cell), cell == 0 ? imagenet : reduces(cell - 1)};
}

template <class Cells, DartsPlace At, class... Options>
struct darts_cell {
  using Same = Conv<Kernel<1>, PreAct, Out<At.channels>, Options...>;
  using Halved = darts::FactorizedReduce<Out<At.channels>, Options...>;
  template <bool AfterReduction, class Nothing = void>
  struct before {
    using type = Preprocess<Same, Same>;
  };
  template <class Nothing>
  struct before<true, Nothing> {
    using type = Preprocess<Halved, Same>;
  };
  template <bool Reduces, class Before>
  struct pick {
    using type = typename Cells::template normal<Before>;
  };
  template <class Before>
  struct pick<true, Before> {
    using type = typename Cells::template reduce<Before>;
  };
  using type = typename pick<At.reduces, typename before<At.after_reduction>::type>::type;
};

template <class Cells, int Channels, bool ImageNet, class Indices, class... First>
struct darts_stack;
template <class Cells, int Channels, bool ImageNet, int... I, class... First>
struct darts_stack<Cells, Channels, ImageNet, std::integer_sequence<int, I...>, First...> {
  using type = CellStack<First..., typename darts_cell<Cells, darts_place(I, static_cast<int>(sizeof...(I)), Channels,
                                                                          ImageNet)>::type...>;
};

}  // namespace detail

/// A network of DARTS's cells: stem, cells, global pooling, classifier.
///   Cells   DartsCells<>, or a type of your own with members normal<Before...> and reduce<Before...> (Cells whose first
///           parts are Inputs<2> and Before...)
template <class Cells>
struct DartsNetwork {
  template <int Channels, int Count, int Classes>
  using cifar =
      Sequential<Conv<Kernel<3>, Out<3 * Channels>, Act<None>>,
                 typename detail::darts_stack<Cells, Channels, false, std::make_integer_sequence<int, Count>>::type,
                 GlobalAvgPool, Flatten, Linear<Classes>>;

  // The first two cells read the two stems: a cell of one convolution makes the second out of the first.
  template <int Channels>
  using second_stem = Cell<Inputs<2>, Node<From<1, Conv<Kernel<3>, Stride<2>, PreAct, Out<Channels>>>>>;
  template <int Channels, int Count, int Classes>
  using imagenet =
      Sequential<Conv<Kernel<3>, Stride<2>, Out<Channels / 2>>, Conv<Kernel<3>, Stride<2>, Out<Channels>, Act<None>>,
                 typename detail::darts_stack<Cells, Channels, true, std::make_integer_sequence<int, Count>,
                                              second_stem<Channels>>::type,
                 GlobalAvgPool, Flatten, Linear<Classes>>;
};

/// DARTS on small images.
template <Shape Image, int Classes, int Channels = 36, int Count = 20, class Cells = DartsCells<>>
using DartsSpace = Input<typename DartsNetwork<Cells>::template cifar<Channels, Count, Classes>, Image>;
/// DARTS on large images: three convolutions of stride 2 come first.
template <Shape Image, int Classes, int Channels = 48, int Count = 14, class Cells = DartsCells<>>
using DartsImageNetSpace = Input<typename DartsNetwork<Cells>::template imagenet<Channels, Count, Classes>, Image>;

/// On CIFAR-10: (180 * 7^8)^2 networks.
using Darts = DartsSpace<Shape{3, 32, 32}, 10>;
/// On ImageNet.
using DartsImageNet = DartsImageNetSpace<Shape{3, 224, 224}, 1000>;
/// What DARTS searches in: 16 channels, 8 cells, "none" a candidate, batch-norm of the operations without parameters.
using DartsSearch = DartsSpace<Shape{3, 32, 32}, 10, 16, 8, DartsCells<DartsNone::candidate, Affine<false>>>;

}  // namespace hwnas::zoo
