// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Metrics: what an evaluation says of an architecture.
#pragma once

#include <cmath>
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
  /// What score() says where there is no objective.
  static constexpr double worst = -1e300;
  /// The objective's value; `worst` where it is missing or not a finite number, so that scores always have an order.
  [[nodiscard]] double score() const {
    const double value = find(objective).value_or(worst);
    return std::isfinite(value) ? value : worst;
  }
};

}  // namespace hwnas
