// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  From a Fault to a compile error: one sentence for each code, with the types and shapes in the tag's name.
///        Every sentence is explained in docs/guides/compile_errors.md.
#pragma once

#include "hwnas/core/fault.hpp"
#include "hwnas/meta/fixed_string.hpp"
#include "hwnas/space/find_type.hpp"

namespace hwnas {

// The tags: always false, so that the compiler prints their arguments, the culprit and the shapes.
namespace error {
template <class Operator, Shape In, int Kernel, int Padding>
struct kernel_exceeds_input { static constexpr bool value = false; };
template <class Operator, Shape In, int OutChannels, int Groups>
struct groups_must_divide_channels { static constexpr bool value = false; };
template <class Operator, Shape In, int Channels>
struct channels_must_be_positive { static constexpr bool value = false; };
template <class Operator, Shape In, int Groups>
struct shuffle_groups_must_divide_channels { static constexpr bool value = false; };
template <class Operator, Shape In, int Parts>
struct split_parts_must_divide_channels { static constexpr bool value = false; };
template <class Operator, Shape In>
struct linear_needs_flat_input { static constexpr bool value = false; };
template <class Operator, Shape First, Shape Second>
struct operands_differ { static constexpr bool value = false; };
template <class Operator, Shape In, int Stride>
struct stride_must_be_positive { static constexpr bool value = false; };
template <class Residual, Shape In, Shape Out>
struct residual_changes_shape { static constexpr bool value = false; };
template <class Edge, Shape SumSoFar, Shape EdgeOut>
struct sum_of_different_shapes { static constexpr bool value = false; };
template <class Where, Shape First, Shape Other>
struct concat_of_different_sizes { static constexpr bool value = false; };
template <class FirstCandidate, class OtherCandidate, Shape In, Shape FirstOut, Shape OtherOut>
struct candidates_disagree_on_output_shape { static constexpr bool value = false; };
template <class FirstNode, class OtherNode>
struct label_has_two_candidate_lists { static constexpr bool value = false; };
template <fixed_string Label>
struct label_is_remembered_too_long { static constexpr bool value = false; };
}  // namespace error

namespace detail {

template <class Space, Fault F>
constexpr void promote_fault() {
  using Who = TypeOfTag<F.who, Space>;
  using Other = TypeOfTag<F.other, Space>;
  if constexpr (F.code == FaultCode::kernel_exceeds_input) {
    static_assert(error::kernel_exceeds_input<Who, F.a, F.b.c, F.b.h>::value,
                  "hwnas: an operator's kernel must not be larger than its padded input; use a smaller Kernel, more "
                  "Padding, or fewer strides before it");
  } else if constexpr (F.code == FaultCode::groups_must_divide_channels) {
    static_assert(error::groups_must_divide_channels<Who, F.a, F.b.c, F.b.h>::value,
                  "hwnas: an operator's Groups must divide its input and output channels; change Groups or Out");
  } else if constexpr (F.code == FaultCode::channels_must_be_positive) {
    static_assert(error::channels_must_be_positive<Who, F.a, F.b.c>::value,
                  "hwnas: an operator must have at least one input and one output channel; change Out");
  } else if constexpr (F.code == FaultCode::shuffle_must_divide) {
    static_assert(
        error::shuffle_groups_must_divide_channels<Who, F.a, F.b.c>::value,
        "hwnas: a channel shuffle's groups must divide the channels; change Groups or the channels before it");
  } else if constexpr (F.code == FaultCode::split_must_divide) {
    static_assert(error::split_parts_must_divide_channels<Who, F.a, F.b.c>::value,
                  "hwnas: a split must divide the channels evenly; give the block an even number of channels");
  } else if constexpr (F.code == FaultCode::linear_needs_flat_input) {
    static_assert(error::linear_needs_flat_input<Who, F.a>::value,
                  "hwnas: Linear must have a flat input (C, 1, 1); put GlobalAvgPool or Flatten before it");
  } else if constexpr (F.code == FaultCode::operands_differ) {
    static_assert(error::operands_differ<Who, F.a, F.b>::value,
                  "hwnas: an operator combines two tensors whose shapes must fit and do not; see the two shapes");
  } else if constexpr (F.code == FaultCode::stride_must_be_positive) {
    static_assert(error::stride_must_be_positive<Who, F.a, F.b.c>::value,
                  "hwnas: an operator's Stride must be positive");
  } else if constexpr (F.code == FaultCode::residual_changes_shape) {
    static_assert(
        error::residual_changes_shape<Who, F.a, F.b>::value,
        "hwnas: a Residual must keep the shape of its input; remove the stride or set Out to the input's channels");
  } else if constexpr (F.code == FaultCode::sum_of_different_shapes) {
    static_assert(error::sum_of_different_shapes<Who, F.a, F.b>::value,
                  "hwnas: the edges that a node adds up must have the same shape; change Stride or Out of the odd one");
  } else if constexpr (F.code == FaultCode::concat_of_different_sizes) {
    static_assert(
        error::concat_of_different_sizes<Who, F.a, F.b>::value,
        "hwnas: tensors that are concatenated must have the same height and width; change the odd one's Stride");
  } else if constexpr (F.code == FaultCode::candidates_disagree) {
    static_assert(
        error::candidates_disagree_on_output_shape<Who, Other, F.c, F.a, F.b>::value,
        "hwnas: the candidates of one LayerChoice must give the same output shape; add Stride or Out to the odd "
        "one, or say AnyShape<LayerChoice<...>>");
  } else if constexpr (F.code == FaultCode::label_has_two_lists) {
    static_assert(error::label_has_two_candidate_lists<Who, Other>::value,
                  "hwnas: one label must always name the same list of candidates; rename one of the two nodes");
  }
}

}  // namespace detail

/// Promotes the fault of a space to a compile error; nothing where there is none, not even a search of the type.
template <class Space, Fault F>
constexpr void promote() {
  if constexpr (F.code != FaultCode::none) detail::promote_fault<Space, F>();
}

}  // namespace hwnas
