// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How a search says in its store what its trials are evaluated by: multi_trial writes it, workers compare.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace programs {

inline constexpr const char* evaluation_key = "evaluation";  ///< of the store's meta

[[nodiscard]] inline std::string command_text(std::string_view command) { return fmt::format("command {}", command); }
[[nodiscard]] inline std::string table_text(std::string_view column, std::string_view file) {
  return fmt::format("{} of {}", column, file);
}
/// What stands in the store: the evaluation and the budget that its trials keep.
[[nodiscard]] inline std::string evaluation_text(std::string_view evaluation, std::string_view budget) {
  return fmt::format("{}; budget {}", evaluation, budget);
}

}  // namespace programs
