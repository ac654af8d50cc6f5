// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The layout of a program that is known at run time only; types have space_layout<Space>().
///        FixedNetwork net{walked_layout(program), values};
#pragma once

#include <memory>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/nn/layout.hpp"
#include "hwnas/space/walk.hpp"

namespace hwnas {

/// Walks a program, which must outlive the layout.
///   Errors   throws bad_value for a program with a fault, or with a label that is remembered too long
[[nodiscard]] inline std::shared_ptr<const Layout> walked_layout(const ProgramView& program) {
  struct Walked {
    TrellisData trellis;
    Layout layout;
    Walked(const ProgramView& view, TrellisData data)
        : trellis{std::move(data)},
          layout{view,
                 {{trellis.states, trellis.edges, static_cast<int>(view.decisions.size())},
                  trellis.items,
                  trellis.fragments,
                  trellis.nodes,
                  trellis.choices}} {}
  };
  TrellisData trellis = Walk{program}.all();
  if (trellis.fault.code == FaultCode::too_many_states) {
    throw Error{Error::Code::bad_value,
                fmt::format("hwnas: the label \"{}\" must not be remembered over so many other decisions",
                            program.label(trellis.fault.label))};
  }
  if (trellis.fault) throw Error{Error::Code::bad_value, "hwnas: a network must be built of a space without faults"};
  const auto walked = std::make_shared<Walked>(program, std::move(trellis));
  return {walked, &walked->layout};
}

}  // namespace hwnas
