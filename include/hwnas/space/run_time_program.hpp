// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A space's program for work at run time, without its operators' build().
#pragma once

#include "hwnas/space/compiled.hpp"

namespace hwnas {

/// Parts of the program copied out of it: who uses the whole at run time has every operator's build() compiled.
template <class Space>
struct RunTimeProgram {
  static constexpr auto instructions = detail::program_arrays<Space>.instructions;
  static constexpr auto scopes = detail::program_arrays<Space>.scopes;
  static constexpr auto decisions = detail::program_arrays<Space>.decisions;
  static constexpr auto choice_labels = detail::program_arrays<Space>.choice_labels;
  static constexpr auto shapes = detail::program_arrays<Space>.shapes;
  static constexpr auto masks = detail::program_arrays<Space>.masks;
  static constexpr auto segment_lengths = detail::program_arrays<Space>.segment_lengths;

  static ProgramView view() {
    ProgramView view;
    view.instructions = instructions;
    view.scopes = scopes;
    view.decisions = decisions;
    view.choice_labels = choice_labels;
    view.shapes = shapes;
    view.masks = masks;
    view.segment_lengths = segment_lengths;
    return view;
  }
};

}  // namespace hwnas
