// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A CandidateMask as JSON, {"b1": [0, 2], "3/kernel": [3, 5]}: the kept candidates of each decision, as
///        architectures name them. Needs nlohmann-json.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "hwnas/profile/candidate_mask.hpp"
#include "hwnas/space/json.hpp"

namespace hwnas {

/// All decisions with what they keep, in the order of decisions<Space>.
template <class Space> [[nodiscard]] std::string to_json(const CandidateMask<Space>& mask) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    auto kept = nlohmann::ordered_json::array();
    for (int v = 0; v < decisions<Space>[d].count; ++v) {
      if (mask.keeps(d, v)) kept.push_back(written_choice(decisions<Space>[d], v));
    }
    object[std::string{decisions<Space>[d].label}] = std::move(kept);
  }
  return object.dump();
}

/// Reads a mask. Decisions that it does not name keep all.
///   Errors  bad_format: no JSON object of arrays; unknown_name: a label the space does not have; bad_value: a candidate
///           that the decision does not have, or none at all
template <class Space> [[nodiscard]] Result<CandidateMask<Space>> candidate_mask_from_json(std::string_view text) {
  const auto object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object()) {
    return Error{Error::Code::bad_format, "candidates: expected a JSON object such as {\"label\": [choice, ...]}"};
  }
  auto bits = CandidateMask<Space>{}.bits();
  for (const auto& [label, kept] : object.items()) {
    const int d = find_decision<Space>(label);
    if (d < 0) return Architecture<Space>{}.choice(label).error();
    if (!kept.is_array()) {
      return Error{Error::Code::bad_format,
                   fmt::format("candidates: \"{}\" is {}: expected an array of choices", label, kept.dump())};
    }
    auto& of_decision = bits[static_cast<std::size_t>(d)];
    of_decision = 0;
    for (const auto& value : kept) {
      const auto choice = detail::read_choice(decisions<Space>[static_cast<std::size_t>(d)], value);
      if (!choice) return choice.error();
      of_decision |= std::uint64_t{1} << *choice;
    }
  }
  return CandidateMask<Space>::make(bits);
}

}  // namespace hwnas
