// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Checks of numbers on command lines. CLI11's own ranges let NaN through.
#pragma once

#include <cmath>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace programs {

/// A finite number from `low` to `high`.
[[nodiscard]] inline CLI::Validator between(double low, double high) {
  return {[low, high](std::string& text) -> std::string {
            double value = 0;
            if (CLI::detail::lexical_cast(text, value) && value >= low && value <= high) return {};
            return fmt::format("'{}' is not between {} and {}", text, low, high);
          },
          "", "between"};
}
/// A finite number greater than 0.
[[nodiscard]] inline CLI::Validator above_zero() {
  return {[](std::string& text) -> std::string {
            double value = 0;
            if (CLI::detail::lexical_cast(text, value) && value > 0 && std::isfinite(value)) return {};
            return fmt::format("'{}' is not greater than 0", text);
          },
          "", "positive"};
}

}  // namespace programs
