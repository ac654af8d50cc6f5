// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  CommandPredictor: any program that prints milliseconds is a predictor.
///        CommandPredictor<KernelKey> predictor{{"./my_model", "--kernel"}};   // runs ./my_model --kernel "conv-bn-relu 3x224x..."
#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/atomic_file.hpp"
#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/core/run_command.hpp"

namespace hwnas {

/// The number of milliseconds that is all of a text but white space.
///   Errors  bad_format for anything else; bad_value for what is not finite and above 0
[[nodiscard]] inline Result<Milliseconds> read_milliseconds(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = std::min(text.find_first_not_of(space), text.size());
  const std::string_view word = text.substr(first, text.find_last_not_of(space) + 1 - first);
  double value = 0;
  const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
  std::string shown{word.substr(0, std::min<std::size_t>(word.find('\n'), 40))};
  if (code != std::errc{} || end != word.data() + word.size()) {
    return Error{Error::Code::bad_format, fmt::format("expected one number of milliseconds, found \"{}\"", shown)};
  }
  if (std::isfinite(value) && value > 0) return Milliseconds{value};
  return Error{Error::Code::bad_value,
               fmt::format("expected a finite number of milliseconds above 0, found \"{}\"", shown)};
}

/// Asks a program, which gets the key's text as its last argument. `Key` is OperatorKey or KernelKey. What it has learnt is the
/// program's: there is no fit().
///   predict(key)   Errors: those of run_command() and read_milliseconds(), naming the program and the key
template <class Key>
class CommandPredictor {
 public:
  using key = Key;
  static constexpr std::string_view format = "hwnas command predictor 1";

  explicit CommandPredictor(std::vector<std::string> command,
                            std::chrono::milliseconds limit = std::chrono::seconds{60})
      : command_{std::move(command)}, limit_{limit} {}

  [[nodiscard]] Result<Milliseconds> predict(const Key& k) const {
    std::vector<std::string> command = command_;
    command.push_back(k.text());
    const auto text = run_command(command, limit_);
    if (!text) return Error{text.error().code, fmt::format("{} (asked for {})", text.error().message, k.text())};
    const auto latency = read_milliseconds(*text);
    if (latency) return latency;
    return Error{latency.error().code,
                 fmt::format("{}: {} (asked for {})", command_.front(), latency.error().message, k.text())};
  }

  /// Writes a text file: the time limit, then the program and its arguments, a line each.
  ///   Errors  bad_value for an argument of several lines; io
  [[nodiscard]] Result<void> save(const std::filesystem::path& path) const {
    std::string text = fmt::format("# {}\nlimit_ms: {}\n", format, limit_.count());
    for (const std::string& argument : command_) {
      if (argument.find('\n') != std::string::npos) {
        return Error{Error::Code::bad_value,
                     fmt::format("{}: the arguments of {} must be lines", path.string(), command_.front())};
      }
      text += fmt::format("argument: {}\n", argument);
    }
    return write_file_atomically(path, text);
  }
  /// Reads what save() wrote.
  ///   Errors  not_found; mismatch for another format; bad_format with file and line
  [[nodiscard]] static Result<CommandPredictor> load(const std::filesystem::path& path) {
    constexpr std::string_view limit_name = "limit_ms: ", argument_name = "argument: ";
    std::ifstream in{path};
    if (!in) return Error{Error::Code::not_found, fmt::format("{}: cannot be read", path.string())};
    std::string line;
    if (!std::getline(in, line) || line != fmt::format("# {}", format)) {
      return Error{Error::Code::mismatch, fmt::format("{}:1: expected \"# {}\"", path.string(), format)};
    }
    std::int64_t limit = 0;
    std::vector<std::string> command;
    for (int n = 2; std::getline(in, line); ++n) {
      const bool is_limit = n == 2;
      const std::string_view name = is_limit ? limit_name : argument_name;
      const char* const end = line.data() + line.size();
      if (!line.starts_with(name) ||
          (is_limit && (std::from_chars(line.data() + name.size(), end, limit).ptr != end || limit <= 0))) {
        return Error{Error::Code::bad_format,
                     fmt::format("{}:{}: expected \"{}\" and {}", path.string(), n, name,
                                 is_limit ? "milliseconds above 0" : "a word of the command")};
      }
      if (!is_limit) command.push_back(line.substr(name.size()));
    }
    if (command.empty()) return Error{Error::Code::bad_format, fmt::format("{}: no command", path.string())};
    return CommandPredictor{std::move(command), std::chrono::milliseconds{limit}};
  }

 private:
  std::vector<std::string> command_;
  std::chrono::milliseconds limit_;
};

}  // namespace hwnas
