// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  NAS-Bench-201's own spelling of a cell: |op~0|+|op~0|op~1|+|op~0|op~1|op~2|, a node between two '+'.
///        from_nasbench201_string<zoo::NasBench201>("|none~0|+|nor_conv_3x3~0|none~1|+|...|").value()
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "hwnas/core/csv.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/zoo/nasbench201.hpp"

namespace hwnas {

/// The architecture of a space of NAS-Bench-201's cell (zoo::NasBench201Space) that a string names.
///   Errors  bad_format: another number of edges, an edge from another node, an operation the space does not have
template <class Space>
[[nodiscard]] Result<Architecture<Space>> from_nasbench201_string(std::string_view text) {
  static_assert(decision_total<Space> == 6 && find_decision<Space>("cell/node3/from2") == 5,
                "hwnas: a NAS-Bench-201 string must be read into a space of its cell; take a zoo::NasBench201Space");
  constexpr std::array<std::string_view, 6> sources{"0", "0", "1", "0", "1", "2"};
  typename Architecture<Space>::values_type values{};
  std::size_t edge = 0;
  for (const std::string_view node : split_text(text, '+')) {
    for (const std::string_view token : split_text(node, '|')) {
      if (token.empty()) continue;
      const auto at = token.find('~');
      const auto& names = decisions<Space>[std::min<std::size_t>(edge, 5)].names;
      const auto op = std::find(names.begin(), names.end(), token.substr(0, at));
      if (edge == 6 || op == names.end() || at == token.npos || token.substr(at + 1) != sources[edge]) {
        return Error{Error::Code::bad_format, fmt::format("'{}' is no NAS-Bench-201 cell (at '{}')", text, token)};
      }
      values[edge++] = static_cast<std::uint8_t>(op - names.begin());
    }
  }
  if (edge == 6) return Architecture<Space>::from_values(values);
  return Error{Error::Code::bad_format, fmt::format("'{}' is no NAS-Bench-201 cell: {} edges of 6", text, edge)};
}

/// The string of an architecture, as the benchmark's files have it.
template <class Space>
[[nodiscard]] std::string to_nasbench201_string(const Architecture<Space>& a) {
  static_assert(decision_total<Space> == 6 && find_decision<Space>("cell/node3/from2") == 5,
                "hwnas: a NAS-Bench-201 string must be written of a space of its cell; take a zoo::NasBench201Space");
  std::string text;
  std::size_t edge = 0;
  for (int node = 1; node <= 3; ++node) {
    text += node == 1 ? "|" : "+|";
    for (int from = 0; from < node; ++from, ++edge) {
      text += fmt::format("{}~{}|", decisions<Space>[edge].names[a.values()[edge]], from);
    }
  }
  return text;
}

}  // namespace hwnas
