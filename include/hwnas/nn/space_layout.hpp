// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The layout of a space type, made once a process.
#pragma once

#include <memory>

#include "hwnas/nn/layout.hpp"
#include "hwnas/space/compiled.hpp"
#include "hwnas/space/run_time_program.hpp"

namespace hwnas {

/// The layout of a space; all its networks share it.
template <class Space>
[[nodiscard]] const std::shared_ptr<const Layout>& space_layout() {
  static const std::shared_ptr<const Layout> layout =
      std::make_shared<Layout>(RunTimeProgram<Space>::view(), Compiled<Space>::lists());
  return layout;
}

}  // namespace hwnas
