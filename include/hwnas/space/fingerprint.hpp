// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  fingerprint<Space>: a number that tells spaces apart, for files that belong to one of them.
#pragma once

#include <cstdint>
#include <string_view>

#include "hwnas/space/compiled.hpp"

namespace hwnas {
namespace detail {

// FNV-1a, 64 bits (Fowler, Noll, Vo).
struct Fingerprint {
  std::uint64_t value = 0xcbf29ce484222325ULL;

  constexpr void byte(std::uint8_t b) { value = (value ^ b) * 0x100000001b3ULL; }
  constexpr void number(std::int64_t n) {
    for (int i = 0; i < 8; ++i) byte(static_cast<std::uint8_t>(static_cast<std::uint64_t>(n) >> (8 * i)));
  }
  constexpr void text(std::string_view t) {
    for (char c : t) byte(static_cast<std::uint8_t>(c));
    byte(0);
  }
  constexpr void shape(Shape s) {
    number(s.c);
    number(s.h);
    number(s.w);
  }
};

inline std::uint64_t fingerprint_of(const ProgramView& program, const TrellisLists& lists) {
  Fingerprint f;
  for (int d = 0; d < static_cast<int>(program.decisions.size()); ++d) {
    f.text(program.label(d));
    f.number(program.decisions[static_cast<std::size_t>(d)].count);
  }
  for (const Fragment& fragment : lists.fragments) {
    f.shape(fragment.in);
    f.shape(fragment.out);
    for (const GraphNode& node : lists.nodes_of(fragment)) {
      const Primitive& p = node.primitive;
      f.number(static_cast<int>(p.kind));
      f.number(static_cast<int>(p.activation));
      f.shape(p.out);
      for (int n : {p.kernel, p.stride, p.padding, p.dilation, p.offset, p.groups}) f.number(n);
    }
  }
  for (const TrellisState& s : lists.states) f.number(s.decision);
  return f.value;
}

}  // namespace detail

/// The same for equal spaces on every compiler: made of labels, shapes and primitives, not of type names.
template <class Space>
[[nodiscard]] std::uint64_t fingerprint() {
  static const std::uint64_t value = detail::fingerprint_of(program<Space>, Compiled<Space>::lists());
  return value;
}

}  // namespace hwnas
