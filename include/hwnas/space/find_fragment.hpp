// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Which fragment of a trellis an operator of a program is, for a shape and an architecture.
#pragma once

#include <cstdint>
#include <span>

#include "hwnas/core/result.hpp"
#include "hwnas/space/program.hpp"
#include "hwnas/space/trellis_view.hpp"

namespace hwnas {

/// The fragment of an `apply` instruction on an input of this shape under these choices.
///   Errors  throws mismatch where the lists are not those of the program's trellis
[[nodiscard]] inline const Fragment& find_fragment(const ProgramView& program, const TrellisLists& lists,
                                                   std::span<const std::uint8_t> values, const Instruction& apply,
                                                   Shape in) {
  const auto same_choices = [&](const Fragment& fragment) {
    for (int i = 0; i < apply.c; ++i) {
      const int label = program.choice_labels[static_cast<std::size_t>(apply.b + i)];
      if (values[static_cast<std::size_t>(label)] != lists.choices[static_cast<std::size_t>(fragment.choices + i)]) {
        return false;
      }
    }
    return true;
  };
  for (const Fragment& fragment : lists.fragments) {
    if (fragment.op == apply.a && fragment.in == in && same_choices(fragment)) return fragment;
  }
  throw Error{Error::Code::mismatch, "hwnas: a program must come with the lists of its own trellis"};
}

}  // namespace hwnas
