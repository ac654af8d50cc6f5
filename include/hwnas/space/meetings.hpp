// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Where each label is met: whether the costs of later meetings can move to the first one.
#pragma once

#include <cstdint>
#include <span>

#include "hwnas/core/list.hpp"
#include "hwnas/space/program.hpp"

namespace hwnas {

/// What a program's text alone says of one label.
struct Meeting {
  int first_decide = -1;
  int last_use = -1;    // last instruction that asks for its value
  bool hoists = false;  // later meetings need no memory of it: their costs move to the edges of the first
};

/// Reads the meetings of all labels off a program.
class MeetingsReader {
 public:
  constexpr explicit MeetingsReader(const ProgramView& program) : meetings_(program.decisions.size(), Meeting{}) {
    List<List<Condition>> first(program.decisions.size(), {});
    List<int> met(program.decisions.size(), 0);
    List<Condition> open;
    for (int pc = 0; pc < static_cast<int>(program.instructions.size()); ++pc) {
      const Instruction& i = program.instructions[static_cast<std::size_t>(pc)];
      while (!open.empty() && open.back().end <= pc) open.pop_back();
      note_uses(program, i, pc);
      if (i.code == Opcode::decide) {
        meet(static_cast<std::size_t>(i.a), pc, program, open, first, met);
      } else if (i.code == Opcode::begin) {
        open.push_back({i.a, i.b, i.c, i.end});
      }
    }
  }

  [[nodiscard]] constexpr const List<Meeting>& meetings() const { return meetings_; }

 private:
  // "Only for these values of that label."
  struct Condition {
    int label, lo, hi, end;
  };

  constexpr void note_uses(const ProgramView& program, const Instruction& i, int pc) {
    if (i.code == Opcode::decide || i.code == Opcode::begin) meetings_[static_cast<std::size_t>(i.a)].last_use = pc;
    if (i.code != Opcode::apply) return;
    for (int k = 0; k < i.c; ++k) {
      meetings_[static_cast<std::size_t>(program.choice_labels[static_cast<std::size_t>(i.b + k)])].last_use = pc;
    }
  }

  // A later meeting is unconditional given the first exactly when both stand under the same conditions.
  constexpr void meet(std::size_t label, int pc, const ProgramView& program, const List<Condition>& open,
                      List<List<Condition>>& first, List<int>& met) {
    if (met[label]++ == 0) {
      first[label] = open;
      meetings_[label].first_decide = pc;
      return;
    }
    const bool alike = covers(program, open, first[label]) && covers(program, first[label], open);
    meetings_[label].hoists = alike && (met[label] == 2 || meetings_[label].hoists);
  }
  static constexpr bool covers(const ProgramView& program, const List<Condition>& all,
                               const List<Condition>& some) {
    for (const Condition& wanted : some) {
      bool found = false;
      for (const Condition& c : all) found = found || equal(program, wanted, c);
      if (!found) return false;
    }
    return true;
  }
  static constexpr bool equal(const ProgramView& program, const Condition& a, const Condition& b) {
    if (a.label != b.label || (a.hi < 0) != (b.hi < 0)) return false;
    if (a.hi >= 0) return a.lo == b.lo && a.hi == b.hi;
    const int count = program.decisions[static_cast<std::size_t>(a.label)].count;
    for (int v = 0; v < count; ++v) {
      if (program.masks[static_cast<std::size_t>(a.lo + v)] != program.masks[static_cast<std::size_t>(b.lo + v)]) {
        return false;
      }
    }
    return true;
  }

  List<Meeting> meetings_;
};

/// The meetings of a walk: what the program says, less the labels that turned out to need remembering.
class Meetings {
 public:
  constexpr explicit Meetings(std::span<const Meeting> meetings) { meetings_.append(meetings); }

  [[nodiscard]] constexpr bool hoists(int label) const { return at(label).hoists; }
  [[nodiscard]] constexpr bool is_first(int label, int pc) const { return at(label).first_decide == pc; }
  [[nodiscard]] constexpr int last_use(int label) const { return at(label).last_use; }
  /// The label must be remembered after all: something at a later meeting depends on more than its value.
  constexpr void keep(int label) { meetings_[static_cast<std::size_t>(label)].hoists = false; }

 private:
  [[nodiscard]] constexpr const Meeting& at(int label) const { return meetings_[static_cast<std::size_t>(label)]; }
  List<Meeting> meetings_;
};

}  // namespace hwnas
