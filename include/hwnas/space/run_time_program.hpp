// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A space's program for algorithms that run it at run time.
#pragma once

#include "hwnas/space/compile.hpp"
#include "hwnas/space/program.hpp"

namespace hwnas {
namespace detail {

// Parts of the program copied out of it: who uses the whole at run time has every operator's build() compiled.
template <class Space>
struct RunTimeProgram {
  static constexpr auto instructions = program_arrays<Space>.instructions;
  static constexpr auto scopes = program_arrays<Space>.scopes;
  static constexpr auto choice_labels = program_arrays<Space>.choice_labels;
  static constexpr auto shapes = program_arrays<Space>.shapes;
  static constexpr auto masks = program_arrays<Space>.masks;

  static ProgramView view() {
    ProgramView view;
    view.instructions = instructions;
    view.scopes = scopes;
    view.choice_labels = choice_labels;
    view.shapes = shapes;
    view.masks = masks;
    return view;
  }
};

}  // namespace detail

}  // namespace hwnas
