// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Architectures as public tables of measured latencies and accuracies write them.
///        nasbench201_network("|nor_conv_3x3~0|+|none~0|skip_connect~1|+|...|").value();   fbnet_network("7-8-1-...").value();
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/zoo/fbnet.hpp"
#include "hwnas/zoo/nasbench201.hpp"

namespace hwnas::zoo {

/// NAS-Bench-201's strings: for each node its operators and where they read from.
///   Errors  bad_format with what was expected
template <class Space = NasBench201>
[[nodiscard]] Result<Architecture<Space>> nasbench201_network(std::string_view text) {
  constexpr std::array<std::string_view, 5> names{"none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"};
  std::string_view rest = text;
  const auto bad = [&] { return Error{Error::Code::bad_format, fmt::format("\"{}\" is no NAS-Bench-201 cell (at \"{}\")", text, rest)}; };
  const auto take = [&](std::string_view expected) {
    const bool found = rest.starts_with(expected);
    if (found) rest.remove_prefix(expected.size());
    return found;
  };
  Architecture<Space> a;
  for (int node = 1; node <= 3; ++node) {
    if (!take(node == 1 ? "|" : "+|")) return bad();
    for (int from = 0; from < node; ++from) {
      const auto* name = std::find(names.begin(), names.end(), rest.substr(0, rest.find('~')));
      if (name == names.end()) return bad();
      take(*name);
      if (!take(fmt::format("~{}|", from))) return bad();
      if (auto set = a.set(fmt::format("cell/node{}/from{}", node, from), static_cast<int>(name - names.begin())); !set) return set.error();
    }
  }
  if (!rest.empty()) return bad();
  return a;
}

/// FBNet's 22 ids of candidates, 0 to 8, with dashes between.
///   Errors  bad_format
template <class Space = FbNet>
[[nodiscard]] Result<Architecture<Space>> fbnet_network(std::string_view text) {
  constexpr int blocks = 22;
  const auto bad = [&] { return Error{Error::Code::bad_format, fmt::format("\"{}\" is no FBNet: expected 22 ids from 0 to 8", text)}; };
  Architecture<Space> a;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (int block = 1; block <= blocks; ++block) {
    int id = 0;
    const auto [after, code] = std::from_chars(at, end, id);
    if (code != std::errc{} || (block == blocks ? after != end : after == end || *after != '-')) return bad();
    at = after + 1;
    if (!a.set(fmt::format("block{}", block), id)) return bad();
  }
  return a;
}

}  // namespace hwnas::zoo
