// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Architectures as JSON, {"b1": 2, "3/kernel": 5}, the form NNI exports. Needs nlohmann-json.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "hwnas/core/result.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// Active choices as a JSON object, in the order of decisions<Space>: the index for a layer or input choice, the number
/// for kernel, width, expansion, depth and resolution.
template <class Space>
[[nodiscard]] std::string to_json(const Architecture<Space>& a) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for_each_active_choice(a, [&](std::size_t d, int choice) {
    const Decision& decision = decisions<Space>[d];
    object[std::string{decision.label}] = written_choice(decision, choice);
  });
  return object.dump();
}

namespace detail {

// Index of the candidate that a JSON value means, or an Error naming what was expected.
inline Result<int> read_choice(const Decision& decision, const nlohmann::json& value) {
  if (value.is_string()) {
    const auto name = value.get<std::string>();
    for (int i = 0; i < decision.count; ++i) {
      if (decision.names[static_cast<std::size_t>(i)] == name) return i;
    }
  } else if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    for (int i = 0; i < decision.count; ++i) {
      if (written_choice(decision, i) == number) return i;
    }
  }
  std::string expected;
  for (int i = 0; i < decision.count; ++i) {
    expected += fmt::format("{}{}", i == 0 ? "" : ", ", written_choice(decision, i));
  }
  return Error{Error::Code::bad_value, fmt::format("\"{}\" is {}: expected one of {} (or a candidate's name)",
                                                   decision.label, value.dump(), expected)};
}

}  // namespace detail

/// Reads an architecture. Every active decision must be there; values for inactive ones are checked and left out.
///   Errors  bad_format: no JSON object; unknown_name: a label the space does not have, or a missing one; bad_value
template <class Space>
[[nodiscard]] Result<Architecture<Space>> from_json(std::string_view text) {
  const auto object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object()) {
    return Error{Error::Code::bad_format, "architecture: expected a JSON object such as {\"label\": choice}"};
  }
  typename Architecture<Space>::values_type values{};
  std::array<bool, decision_total<Space>> given{};
  for (const auto& [label, value] : object.items()) {
    const int d = find_decision<Space>(label);
    if (d < 0) return Architecture<Space>{}.choice(label).error();
    const auto choice = detail::read_choice(decisions<Space>[static_cast<std::size_t>(d)], value);
    if (!choice) return choice.error();
    values[static_cast<std::size_t>(d)] = static_cast<std::uint8_t>(choice.value());
    given[static_cast<std::size_t>(d)] = true;
  }
  const auto result = Architecture<Space>::from_values(values);
  std::string missing;
  for_each_active_choice(result, [&](std::size_t d, int) {
    if (!given[d] && missing.empty()) missing = decisions<Space>[d].label;
  });
  if (!missing.empty()) {
    return Error{Error::Code::unknown_name, fmt::format("architecture: no choice for \"{}\"", missing)};
  }
  return result;
}

}  // namespace hwnas
