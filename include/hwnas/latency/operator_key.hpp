// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  OperatorKey: one operator occurrence as a latency table knows it, operator, options and input shape.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hwnas/space/trellis_view.hpp"

namespace hwnas {

/// An operator with resolved options on one input shape, or a join (add, concat). Equal keys run the same primitives.
struct OperatorKey {
  std::string_view name;              // the operator's spelling; joins: "add", "concat", "identity"
  std::vector<int> choices;           // index chosen for each deciding option
  Shape in{};
  Shape out{};
  std::span<const GraphNode> nodes;   // its primitives
  int result = 0;                     // tensor it returns

  /// The key as one line of text, stable between runs: "MBConv<6> [1] 16x28x28->24x28x28".
  [[nodiscard]] std::string text() const {
    return fmt::format("{} [{}] {}x{}x{}->{}x{}x{}", name, fmt::join(choices, " "), in.c, in.h, in.w, out.c, out.h,
                       out.w);
  }
};

/// Every distinct key of a trellis, in the order of its fragments.
[[nodiscard]] inline std::vector<OperatorKey> operator_keys(const TrellisLists& lists, const ProgramView& program) {
  std::vector<OperatorKey> keys;
  for (const Fragment& f : lists.fragments) {
    const auto nodes = lists.nodes_of(f);
    const auto picked =
        lists.choices.subspan(static_cast<std::size_t>(f.choices), static_cast<std::size_t>(f.choice_count));
    keys.push_back({f.op < 0 ? name_of(nodes.front().primitive.kind)
                             : program.operators[static_cast<std::size_t>(f.op)].name,
                    {picked.begin(), picked.end()}, f.in, f.out, nodes, f.result});
    // Joins differ by how many tensors they take and whether they write in place.
    if (f.op < 0) keys.back().choices = {nodes.front().primitive.groups, nodes.front().primitive.in_place ? 1 : 0};
  }
  return keys;
}

}  // namespace hwnas
