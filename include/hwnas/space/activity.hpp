// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Which decisions an architecture meets: the others are inactive and make no second architecture.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hwnas/space/program.hpp"

namespace hwnas {

/// Calls met(decision) for every decision that these values meet; an already met label may be met again.
constexpr void for_each_active(const ProgramView& program, std::span<const std::uint8_t> values, auto&& met) {
  const auto size = static_cast<int>(program.instructions.size());
  for (int pc = 0; pc < size;) {
    const Instruction& i = program.instructions[static_cast<std::size_t>(pc)];
    if (i.code == Opcode::decide) met(i.a);
    const bool skipped = i.code == Opcode::begin && !program.enters(i, values[static_cast<std::size_t>(i.a)]);
    pc = skipped ? i.end : pc + 1;
  }
}

/// Whether all decisions are met whatever the others are, so that none is ever inactive.
[[nodiscard]] constexpr bool always_active(const ProgramView& program) {
  std::vector<char> met(program.decisions.size(), 0);
  std::size_t count = 0;
  const auto size = static_cast<int>(program.instructions.size());
  for (int pc = 0; pc < size;) {
    const Instruction& i = program.instructions[static_cast<std::size_t>(pc)];
    if (i.code == Opcode::decide && met[static_cast<std::size_t>(i.a)] == 0) {
      met[static_cast<std::size_t>(i.a)] = 1;
      ++count;
    }
    pc = i.code == Opcode::begin ? i.end : pc + 1;  // a part for some values
  }
  return count == met.size();
}

/// The values with every inactive decision at 0.
template <class Values>
[[nodiscard]] constexpr Values canonical(const ProgramView& program, const Values& values) {
  Values result{};
  for_each_active(program, values, [&](int d) {
    result[static_cast<std::size_t>(d)] = values[static_cast<std::size_t>(d)];
  });
  return result;
}

}  // namespace hwnas
