// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Fault: the first thing wrong with a space, recorded by the walk and promoted to a compile error by
///        space/check.hpp. A walk never throws.
#pragma once

#include "hwnas/core/shape.hpp"
#include "hwnas/meta/type_tag.hpp"

namespace hwnas {

/// What a walk over a space can find wrong.
enum class FaultCode {
  none,
  kernel_exceeds_input,         // a = input, b = (kernel, padding, dilation)
  groups_must_divide_channels,  // a = input, b = (out channels, groups, 0)
  channels_must_be_positive,    // a = input, b = (asked, 0, 0)
  shuffle_must_divide,          // a = input, b = (groups, 0, 0)
  split_must_divide,            // a = input, b = (parts, 0, 0)
  linear_needs_flat_input,      // a = input
  operands_differ,              // a, b = the two shapes of an add inside an operator
  stride_must_be_positive,      // a = input, b = (stride, 0, 0)
  residual_changes_shape,       // a = input, b = output
  sum_of_different_shapes,      // a, b = the two shapes that meet in a Cell's node
  concat_of_different_sizes,    // a, b
  candidates_disagree,          // a, b = the two outputs; who, other = the two candidates; input in c
  label_has_two_lists,          // label in who/other: the two deciding nodes
  too_many_states,              // label
};

/// The first fault, with the types and shapes its sentence names.
struct Fault {
  FaultCode code = FaultCode::none;
  Shape a{};
  Shape b{};
  Shape c{};
  TypeId who = nullptr;
  TypeId other = nullptr;
  int label = -1;

  constexpr explicit operator bool() const { return code != FaultCode::none; }
};

}  // namespace hwnas
