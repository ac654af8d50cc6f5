// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  decisions<Space>: what a space decides, in the order in which the type meets it.
///        for (const Decision& d : decisions<OnImages>) fmt::print("{}: {} candidates\n", d.label, d.count);
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "hwnas/space/compile.hpp"

namespace hwnas {

/// One decision of a space.
///   names    one a candidate: an operator's C++ spelling, a number, or the chosen sources "0,2"
///   values   numbers the candidates stand for (kernel, width, expansion, depth, resolution); empty for layer and
///            input choices, which are written as indices
struct Decision {
  std::string_view label;
  int count = 0;
  std::span<const std::string_view> names;
  std::span<const int> values;
  DecisionKind kind = DecisionKind::layer;
};

namespace detail {

// Texts of all candidates one after another: those that are numbers or combinations are written here.
struct CandidateNames {
  List<char> text;
  List<int> ends;  // end of each candidate's text

  constexpr void number(int value) {
    if (value < 0) text.push_back('-');
    digits(value < 0 ? -value : value);
  }
  constexpr void close() { ends.push_back(static_cast<int>(text.size())); }

 private:
  constexpr void digits(int value) {
    if (value >= 10) digits(value / 10);
    text.push_back(static_cast<char>('0' + value % 10));
  }
};

// The chosen sources of each combination are read back from the masks of the decision's parts.
constexpr void write_combinations(const ProgramView& program, int decision, CandidateNames& out) {
  const DecisionRecord& record = program.decisions[static_cast<std::size_t>(decision)];
  for (int c = 0; c < record.count; ++c) {
    bool first = true;
    int source = 0;
    const Instruction& decide = program.instructions[static_cast<std::size_t>(record.first_decide)];
    for (int pc = record.first_decide + 1; pc < decide.end;) {
      const Instruction& part = program.instructions[static_cast<std::size_t>(pc)];
      if (part.code != Opcode::begin || part.a != decision) {
        ++pc;
        continue;
      }
      if (program.enters(part, c)) {
        if (!first) out.text.push_back(',');
        out.number(source);
        first = false;
      }
      ++source;
      pc = part.end;
    }
    out.close();
  }
}

constexpr CandidateNames candidate_names(const ProgramView& program) {
  CandidateNames out;
  for (int d = 0; d < static_cast<int>(program.decisions.size()); ++d) {
    const DecisionRecord& record = program.decisions[static_cast<std::size_t>(d)];
    if (record.kind == DecisionKind::input) {
      write_combinations(program, d, out);
      continue;
    }
    for (int c = 0; c < record.count; ++c) {
      if (record.kind == DecisionKind::layer) {
        const std::string_view name = program.names[static_cast<std::size_t>(record.names + c)];
        out.text.append(name);
      } else {
        out.number(program.numbers[static_cast<std::size_t>(record.values + c)]);
      }
      out.close();
    }
  }
  return out;
}

template <class Space>
struct DecisionTable {
  static constexpr auto sizes = [] {
    const CandidateNames names = candidate_names(program<Space>);
    return std::array<std::size_t, 2>{names.text.size(), names.ends.size()};
  }();
  struct Names {
    std::array<char, sizes[0]> text{};
    std::array<int, sizes[1]> ends{};
  };
  static constexpr Names names = [] {
    const CandidateNames made = candidate_names(program<Space>);
    return Names{frozen<sizes[0]>(made.text), frozen<sizes[1]>(made.ends)};
  }();
  static constexpr auto views = [] {
    std::array<std::string_view, sizes[1]> result{};
    for (std::size_t i = 0; i < sizes[1]; ++i) {
      const int begin = i == 0 ? 0 : names.ends[i - 1];
      result[i] = {names.text.data() + begin, static_cast<std::size_t>(names.ends[i] - begin)};
    }
    return result;
  }();
  static constexpr auto table = [] {
    constexpr const ProgramView& p = program<Space>;
    std::array<Decision, p.decisions.size()> result{};
    std::size_t at = 0;
    for (std::size_t d = 0; d < result.size(); ++d) {
      const DecisionRecord& record = p.decisions[d];
      const auto count = static_cast<std::size_t>(record.count);
      const bool numbered = record.kind != DecisionKind::layer && record.kind != DecisionKind::input;
      result[d] = {
          p.label(static_cast<int>(d)), record.count, std::span{views}.subspan(at, count),
          numbered ? p.numbers.subspan(static_cast<std::size_t>(record.values), count) : std::span<const int>{},
          record.kind};
      at += count;
    }
    return result;
  }();
};

}  // namespace detail

/// The decisions of a space, in the order of their first meeting.
template <class Space>
inline constexpr std::span<const Decision> decisions{detail::DecisionTable<Space>::table};

/// How many decisions a space has.
template <class Space>
inline constexpr std::size_t decision_total = program<Space>.decisions.size();

/// Index of the decision with a label, or -1.
template <class Space>
[[nodiscard]] constexpr int find_decision(std::string_view label) {
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    if (program<Space>.label(static_cast<int>(d)) == label) return static_cast<int>(d);
  }
  return -1;
}

}  // namespace hwnas
