// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Metrics: what an evaluation says of an architecture.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace hwnas {

/// Names and numbers, ordered by name; the objective (higher is better) is one of them.
struct Metrics {
  std::map<std::string, double> values{};
  std::string objective = "accuracy";

  [[nodiscard]] std::optional<double> find(const std::string& name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional{found->second};
  }
  /// The objective's value; NaN-free by contract of the evaluator. Missing: the worst there is.
  [[nodiscard]] double score() const { return find(objective).value_or(-1e300); }
};

}  // namespace hwnas
