// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The layout of a space type, made once a process.
#pragma once

#include <memory>

#include "hwnas/nn/layout.hpp"
#include "hwnas/space/compiled.hpp"

namespace hwnas {

/// The layout of a space; all its networks share it.
template <class Space>
[[nodiscard]] const std::shared_ptr<const Layout>& space_layout() {
  static_assert(error::space_without_input<Space>::value,
                "hwnas: a network must know the image's shape; wrap the space, as in Input<Space, Shape{3, 224, 224}>");
  static_assert(Compiled<Space>::promoted && Compiled<Space>::require_automaton());
  static const std::shared_ptr<const Layout> layout = std::make_shared<Layout>(program<Space>);
  return layout;
}

}  // namespace hwnas
