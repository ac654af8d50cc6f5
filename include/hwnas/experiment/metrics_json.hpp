// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Metrics as a JSON object, {"accuracy": 0.93, "latency": 4.1}, every bit kept. Needs nlohmann-json.
#pragma once

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "hwnas/core/result.hpp"
#include "hwnas/search/metrics.hpp"

namespace hwnas {

/// JSON has no word for them: "nan", "inf" and "-inf" are written as texts.
[[nodiscard]] inline std::string metrics_json(const std::map<std::string, double>& values) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const auto& [name, value] : values) {
    if (std::isfinite(value)) object[name] = value;
    else object[name] = std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }
  // A name that is no UTF-8 must not make a result impossible to keep.
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// Errors  bad_format: no object; bad_value: a value that is no number, named
[[nodiscard]] inline Result<std::map<std::string, double>> metrics_of_json(std::string_view text) {
  const auto object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object()) {
    return Error{Error::Code::bad_format, "metrics: expected a JSON object such as {\"accuracy\": 0.93}"};
  }
  std::map<std::string, double> values;
  for (const auto& [name, value] : object.items()) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    if (value.is_number()) values[name] = value.get<double>();
    else if (value == "nan") values[name] = std::nan("");
    else if (value == "inf") values[name] = infinite;
    else if (value == "-inf") values[name] = -infinite;
    else
      return Error{Error::Code::bad_value,
                   fmt::format("metrics: \"{}\" is {}: expected a number", name, value.dump())};
  }
  return values;
}

}  // namespace hwnas
