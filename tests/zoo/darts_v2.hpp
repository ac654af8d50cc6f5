// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// The genotype DARTS-V2, as cells and as choices in the space.
///   normal   node 1: sep3 of 0, sep3 of 1 | node 2: sep3 of 0, sep3 of 1 | node 3: sep3 of 1, skip of 0 |
///            node 4: skip of 0, dil3 of 2
///   reduce   node 1: max of 0, max of 1 | node 2: skip of 2, max of 1 | node 3: max of 0, skip of 2 |
///            node 4: skip of 2, max of 1
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "hwnas/space/architecture.hpp"
#include "hwnas/zoo/darts.hpp"

namespace hwnas::zoo_test {

struct DartsV2 {
  using Sep3 = darts::SepConv<3>;
  using Skip = darts::SkipConnect<>;
  using Max = darts::MaxPool3x3<>;
  using Max2 = darts::MaxPool3x3<Stride<2>>;

  template <class... Before>
  using normal =
      Cell<Inputs<2>, Before..., Node<From<0, Sep3>, From<1, Sep3>>, Node<From<0, Sep3>, From<1, Sep3>>,
           Node<From<1, Sep3>, From<0, Skip>>, Node<From<0, Skip>, From<2, darts::DilConv<3>>>, Output<Concat>>;
  template <class... Before>
  using reduce = Cell<Inputs<2>, Before..., Node<From<0, Max2>, From<1, Max2>>, Node<From<2, Skip>, From<1, Max2>>,
                      Node<From<0, Max2>, From<2, Skip>>, Node<From<2, Skip>, From<1, Max2>>, Output<Concat>>;
};

/// Sets a decision by the name of its candidate: "sep_conv_3x3", "0,1".
template <class Space>
void choose(Architecture<Space>& a, const std::string& label, std::string_view name) {
  const Decision& decision = decisions<Space>[static_cast<std::size_t>(find_decision<Space>(label))];
  for (int i = 0; i < decision.count; ++i) {
    if (decision.names[static_cast<std::size_t>(i)] == name) return a.set(label, i).value();
  }
  FAIL() << label << " has no candidate " << name;
}

template <class Space>
void set_darts_v2(Architecture<Space>& a) {
  constexpr std::string_view sep = "sep_conv_3x3", skip = "skip_connect", dil = "dil_conv_3x3", max = "max_pool_3x3";
  const auto node = [&](const std::string& name, int first, std::string_view op, int second, std::string_view other) {
    // The first node has two sources: nothing to choose.
    if (name.back() != '1') choose(a, name + "/inputs", fmt::format("{},{}", first, second));
    choose(a, fmt::format("{}/from{}", name, first), op);
    choose(a, fmt::format("{}/from{}", name, second), other);
  };
  node("normal/node1", 0, sep, 1, sep);
  node("normal/node2", 0, sep, 1, sep);
  node("normal/node3", 0, skip, 1, sep);
  node("normal/node4", 0, skip, 2, dil);
  node("reduce/node1", 0, max, 1, max);
  node("reduce/node2", 1, max, 2, skip);
  node("reduce/node3", 0, max, 2, skip);
  node("reduce/node4", 1, max, 2, skip);
}

}  // namespace hwnas::zoo_test
