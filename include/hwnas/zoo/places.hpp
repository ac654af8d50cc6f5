// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How the zoo's templates are told a network's size: Widths, Depths and Strides, one number a stage.
///        using Mine = zoo::ProxylessNasSpace<Shape{3, 96, 96}, 10, zoo::Widths<16, 8, 16, 24, 32, 48, 64, 96, 256>>;
///        Blocks of all stages are counted through and called "block1", "block2", ...
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "hwnas/meta/fixed_string.hpp"
#include "hwnas/space/nodes.hpp"

namespace hwnas::zoo {

/// One number a stage, or a place, from the image to the classifier.
template <int... Numbers>
struct Row {
  static constexpr int size = static_cast<int>(sizeof...(Numbers));
  static constexpr std::array<int, sizeof...(Numbers)> numbers{Numbers...};
  /// The number at a place; negative places count from the end.
  [[nodiscard]] static constexpr int at(int place) {
    return numbers[static_cast<std::size_t>(place < 0 ? size + place : place)];
  }
};
/// Channels; each space says which convolution each number belongs to.
template <int... Channels>
struct Widths : Row<Channels...> {};
/// Blocks of each stage.
template <int... Blocks>
struct Depths : Row<Blocks...> {};
/// Stride of the first block of each stage; the others have stride 1.
template <int... Values>
struct Strides : Row<Values...> {};

/// Where a block stands: what its candidates need to know.
struct Place {
  int number = 1;  ///< counted through all stages, from 1
  int in = 0;
  int out = 0;
  int stride = 1;

  /// Only here can a block be skipped.
  [[nodiscard]] constexpr bool keeps_shape() const { return stride == 1 && in == out; }
};

namespace detail {

// The stages read `depths` widths, from place `first` on; the width before them is the first block's input.
template <class Widths, int First, class Depths, class Strides>
constexpr auto places_of() {
  constexpr int count = [] {
    int sum = 0;
    for (int depth : Depths::numbers) sum += depth;
    return sum;
  }();
  static_assert(Depths::size == Strides::size, "hwnas: the zoo's Depths and Strides must have one number a stage each");
  static_assert(First + Depths::size <= Widths::size,
                "hwnas: the zoo's Widths must have a number for each stage, the stem and the head");
  std::array<Place, static_cast<std::size_t>(count)> places{};
  int number = 0;
  int in = Widths::at(First - 1);
  for (int stage = 0; stage < Depths::size; ++stage) {
    for (int block = 0; block < Depths::at(stage); ++block) {
      const int out = Widths::at(First + stage);
      places[static_cast<std::size_t>(number)] = {number + 1, in, out, block == 0 ? Strides::at(stage) : 1};
      in = out;
      ++number;
    }
  }
  return places;
}

template <template <Place> class Block, const auto& Places, class Indices>
struct blocks;
template <template <Place> class Block, const auto& Places, std::size_t... I>
struct blocks<Block, Places, std::index_sequence<I...>> {
  using type = Sequential<typename Block<Places[I]>::type...>;
};

template <class Widths, int First, class Depths, class Strides>
inline constexpr auto places = places_of<Widths, First, Depths, Strides>();

}  // namespace detail

/// The blocks of all stages one after another: Block<place>::type at each. The first stage's width is Widths::at(First).
template <template <Place> class Block, class Widths, int First, class Depths, class Strides>
using Blocks =
    typename detail::blocks<Block, detail::places<Widths, First, Depths, Strides>,
                            std::make_index_sequence<detail::places<Widths, First, Depths, Strides>.size()>>::type;

namespace detail {

constexpr std::size_t digits_of(int number) { return number < 10 ? 1 : 1 + digits_of(number / 10); }

}  // namespace detail

/// A word and a number as a label: numbered<"block", 7> is "block7".
template <fixed_string Word, int Number>
inline constexpr auto numbered = [] {
  constexpr std::size_t letters = sizeof(Word.text) - 1;
  constexpr std::size_t size = letters + detail::digits_of(Number);
  char text[size + 1]{};
  for (std::size_t i = 0; i < letters; ++i) text[i] = Word.text[i];
  for (std::size_t i = size, rest = Number; i-- > letters; rest /= 10) text[i] = static_cast<char>('0' + rest % 10);
  return fixed_string<size + 1>{text};
}();

}  // namespace hwnas::zoo
