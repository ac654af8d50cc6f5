// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  require_mixable<Space>: whether the candidates of all decisions can be mixed, said at compile time.
#pragma once

#include <array>
#include <cstddef>

#include "hwnas/space/compiled.hpp"

namespace hwnas {
namespace detail {

// Results are mixed where a decision ends, so everything behind it must see one shape: each operator of the type stands
// on one shape and gives one.
template <class Space> constexpr bool every_operator_has_one_shape() {
  const TrellisLists lists = Compiled<Space>::lists();
  std::array<int, program<Space>.instructions.size()> first{};
  for (const Item& item : lists.items) {
    if (item.fragment < 0) continue;
    int& seen = first[static_cast<std::size_t>(item.place)];
    const Fragment& fragment = lists.fragments[static_cast<std::size_t>(item.fragment)];
    if (seen == 0) seen = item.fragment + 1;
    const Fragment& known = lists.fragments[static_cast<std::size_t>(seen - 1)];
    if (known.in != fragment.in || known.out != fragment.out) return false;
  }
  return true;
}

}  // namespace detail

namespace error {
template <class Space> struct mixed_candidates_disagree_on_shape {
  static constexpr bool value = detail::every_operator_has_one_shape<Space>();
};
}  // namespace error

/// Explains why a space cannot be searched by mixing its candidates.
template <class Space> constexpr void require_mixable() {
  static_assert(
      error::mixed_candidates_disagree_on_shape<Space>::value,
      "hwnas: a strategy that mixes candidates must get one shape from all of a decision's; this space decides "
      "on resolutions, output widths or other shapes that reach beyond the decision: use a strategy that samples "
      "paths, such as Spos or ProxylessNas<Reinforce>");
}

}  // namespace hwnas
