// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  CommandEvaluator: any program that reads an architecture as JSON and prints its metrics. Needs nlohmann-json.
///        CommandEvaluator evaluator{{.command = "python3 train.py"}};    // prints {"accuracy": 0.93, "loss": 0.2}
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "hwnas/core/csv.hpp"
#include "hwnas/core/run_command.hpp"
#include "hwnas/core/temporary_file.hpp"
#include "hwnas/experiment/evaluator.hpp"
#include "hwnas/space/json.hpp"

namespace hwnas {

/// What is run for each architecture.
struct CommandEvaluatorOptions {
  std::string command;
  std::string objective = "accuracy";
  std::chrono::duration<double> limit{std::numeric_limits<double>::infinity()};  ///< of one evaluation
  std::function<bool()> stop{};
};

namespace detail {

/// The beginning of what a program printed, in one line.
[[nodiscard]] inline std::string excerpt(std::string_view text) {
  constexpr std::size_t most = 80;
  text = trimmed(text);
  std::string line{text.substr(0, most)};
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return line + (text.size() > most ? "..." : "");
}

[[nodiscard]] inline std::string_view last_line(std::string_view text) {
  text = trimmed(text);
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace detail

/// Metrics from the text that a program printed: the whole of it, or else its last line, is one JSON object of numbers.
///   Errors   bad_format: no such object; bad_value: something in it is no number, or the objective is not in it
[[nodiscard]] inline Result<Metrics> metrics_from_json(std::string_view text, const std::string& objective) {
  auto object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object()) object = nlohmann::json::parse(detail::last_line(text), nullptr, false);
  if (!object.is_object()) {
    return Error{Error::Code::bad_format,
                 fmt::format("the command printed '{}': expected one JSON object of numbers such "
                             "as {{\"{}\": 0.93}}",
                             detail::excerpt(text), objective)};
  }
  Metrics metrics{.objective = objective};
  for (const auto& [name, value] : object.items()) {
    if (!value.is_number()) {
      return Error{Error::Code::bad_value, fmt::format("the command printed {} for \"{}\": expected a number",
                                                       detail::excerpt(value.dump()), name)};
    }
    metrics.values[name] = value.get<double>();
  }
  if (metrics.find(objective)) return metrics;
  return Error{Error::Code::bad_value, fmt::format("the command printed {}: expected \"{}\" among them",
                                                   detail::excerpt(object.dump()), objective)};
}

/// Runs a command by `sh -c` for each architecture, which it gets as JSON on standard input, and in a file whose path is
/// "$1" and HWNAS_ARCHITECTURE. HWNAS_SHARE says how much of a full evaluation is wanted. May run in several threads.
class CommandEvaluator {
 public:
  explicit CommandEvaluator(CommandEvaluatorOptions options) : options_{std::move(options)} {}

  /// Errors  interrupted: the time limit (the command's whole process group is killed); bad_value: an exit status that is
  ///         not 0, with the last line of its standard error; those of metrics_from_json
  template <class Space>
  [[nodiscard]] Result<Metrics> evaluate(const Architecture<Space>& a, const Budget& budget) const {
    const TemporaryFile file{to_json(a) + "\n"};
    if (!file.written()) return file.written().error();
    const auto output = run_command(options_.command,
                                    {.input = file.path(),
                                     .arguments = {file.path()},
                                     .environment = {{"HWNAS_ARCHITECTURE", file.path()},
                                                     {"HWNAS_SHARE", fmt::format("{}", budget.share)}},
                                     .limit = std::min(options_.limit, budget.time),
                                     .stop = options_.stop});
    if (!output) return output.error();
    if (output->status == 0) return metrics_from_json(output->out, options_.objective);
    const auto said = detail::last_line(output->err);
    return Error{Error::Code::bad_value, fmt::format("the command ended with status {}{}", output->status,
                                                     said.empty() ? "" : ": " + detail::excerpt(said))};
  }

 private:
  CommandEvaluatorOptions options_;
};

}  // namespace hwnas
