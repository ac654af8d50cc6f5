// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Architectures in a checkpoint, a row of candidates' indices each.
///        put_architectures(state, "seen", all);   auto all = get_architectures<S>(state, "seen").value();
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/train/checkpoint.hpp"
#include "hwnas/train/state_record.hpp"

namespace hwnas {

template <class Space>
void put_architectures(StateRecord& state, const std::string& name, const std::vector<Architecture<Space>>& all) {
  std::vector<std::int64_t> rows;
  for (const Architecture<Space>& a : all) {
    for (std::size_t d = 0; d < decision_total<Space>; ++d) rows.push_back(a[d]);
  }
  state.put(name, to_array(torch::tensor(rows, torch::kInt64)));
}

///   Errors  those of reading the entry; mismatch for one that holds no architectures of this space
template <class Space>
[[nodiscard]] Result<std::vector<Architecture<Space>>> get_architectures(const StateRecord& state, const std::string& name) {
  constexpr auto decisions_in_all = static_cast<std::int64_t>(decision_total<Space>);
  const auto array = state.get<StateArray>(name);
  if (!array) return array.error();
  const auto rows = to_tensor(*array);
  if (!rows) return rows.error();
  const auto bad = [&] {
    return Error{Error::Code::mismatch, fmt::format("{}: {} holds no architectures of this space", state.source(), name)};
  };
  if (rows->scalar_type() != torch::kInt64 || rows->numel() % decisions_in_all != 0) return bad();
  std::vector<Architecture<Space>> all;
  for (std::int64_t i = 0; i < rows->numel(); i += decisions_in_all) {
    typename Architecture<Space>::values_type values{};
    for (std::size_t d = 0; d < values.size(); ++d) {
      const std::int64_t v = rows->template data_ptr<std::int64_t>()[i + static_cast<std::int64_t>(d)];
      if (v < 0 || v >= decisions<Space>[d].count) return bad();
      values[d] = static_cast<std::uint8_t>(v);
    }
    all.push_back(Architecture<Space>::from_values(values));
  }
  return all;
}

}  // namespace hwnas
