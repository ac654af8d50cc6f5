// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The layout of a space type, made once a process.
#pragma once

#include <memory>

#include "hwnas/nn/layout.hpp"
#include "hwnas/space/compiled.hpp"

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

/// The layout of a space; all its networks share it.
template <class Space>
[[nodiscard]] const std::shared_ptr<const Layout>& space_layout() {
  static const std::shared_ptr<const Layout> layout =
      std::make_shared<Layout>(detail::RunTimeProgram<Space>::view(), Compiled<Space>::lists());
  return layout;
}

}  // namespace hwnas
