// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The strategies that --strategy offers. Adding one: a line here and one in strategies.hpp.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace multi_trial {

inline constexpr std::array<std::pair<std::string_view, std::string_view>, 9> strategy_table{{
    {"random", "uniform draws, none twice"},
    {"grid", "all, in order"},
    {"evolution", "regularized evolution"},
    {"tpe", "tree-structured Parzen estimator"},
    {"rl", "an LSTM policy that learns by PPO"},
    {"reinforce", "the same by REINFORCE with a baseline"},
    {"nsga2", "NSGA-II, for accuracy and latency"},
    {"local", "local search"},
    {"asha", "asynchronous successive halving"},
}};

[[nodiscard]] inline std::vector<std::string> strategy_names() {
  std::vector<std::string> names;
  for (const auto& [name, about] : strategy_table) names.emplace_back(name);
  return names;
}
[[nodiscard]] inline std::string strategy_help() {
  std::string text;
  for (const auto& [name, about] : strategy_table) {
    text += (text.empty() ? "" : "; ") + std::string{name} + " (" + std::string{about} + ")";
  }
  return text;
}

}  // namespace multi_trial
