// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  CommandPredictor: any program that prints milliseconds is a predictor.
///        CommandPredictor<KernelKey> predictor{{"./my_model", "--kernel"}};   // runs ./my_model --kernel "conv-bn-relu 3x224x..."
#pragma once

#include <charconv>
#include <chrono>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

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

/// Asks a program, which gets the key's text as its last argument. `Key` is OperatorKey or KernelKey.
///   predict(key)   Errors: those of run_command() and read_milliseconds(), naming the program and the key
template <class Key>
class CommandPredictor {
 public:
  using key = Key;

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

 private:
  std::vector<std::string> command_;
  std::chrono::milliseconds limit_;
};

}  // namespace hwnas
