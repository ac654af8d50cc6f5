// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The device to adapt to: a column of a file, or a command that measures one architecture.
///        TargetDevice target{[](const std::string& architecture) -> Result<Milliseconds> { ... }};
///        TargetDevice target = command_device("./measure --threads 2");   // {"arch": "..."} on standard input; prints ms
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/core/run_command.hpp"
#include "hwnas/core/temporary_file.hpp"
#include "hwnas/latency/command_predictor.hpp"

namespace one_proxy {

/// Measures one architecture; an Error where it cannot.
using TargetDevice = std::function<hwnas::Result<hwnas::Milliseconds>(const std::string& architecture)>;

/// A program that reads {"arch": "..."} from its standard input and prints milliseconds.
///   Errors   it cannot be started, ends with another status than 0, runs longer than ten minutes, or prints no positive number
[[nodiscard]] inline TargetDevice command_device(std::string command) {
  return [command = std::move(command)](const std::string& architecture) -> hwnas::Result<hwnas::Milliseconds> {
    const hwnas::TemporaryFile question{nlohmann::json{{"arch", architecture}}.dump() + "\n"};
    if (!question.written()) return question.written().error();
    const auto answer = hwnas::run_command(command, {.input = question.path(), .limit = std::chrono::minutes{10}});
    const auto failed = [&](hwnas::Error::Code code, const std::string& what) {
      return hwnas::Error{code, fmt::format("'{}': {}", command, what)};
    };
    if (!answer) return failed(answer.error().code, answer.error().message);
    if (answer->status != 0) {
      return failed(hwnas::Error::Code::unavailable, fmt::format("ended with status {}", answer->status));
    }
    const auto latency = hwnas::read_milliseconds(answer->out);
    if (!latency) return failed(latency.error().code, latency.error().message);
    return *latency;
  };
}

}  // namespace one_proxy
