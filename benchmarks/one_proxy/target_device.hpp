// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The device to adapt to: a column of a file, or a command that measures one architecture.
///        TargetDevice target{[](const std::string& architecture) -> Result<Milliseconds> { ... }};
///        TargetDevice target = command_device("./measure --threads 2");   // {"arch": "..."} on standard input; prints ms
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"

namespace one_proxy {

/// Measures one architecture; an Error where it cannot.
using TargetDevice = std::function<hwnas::Result<hwnas::Milliseconds>(const std::string& architecture)>;

namespace detail {
/// A latency from a program's answer: one number, nothing but white space around it.
inline hwnas::Result<hwnas::Milliseconds> latency_of_answer(std::string_view answer, const std::string& command) {
  constexpr std::string_view white = " \t\r\n";
  const auto first = answer.find_first_not_of(white);
  std::string_view number = first == answer.npos ? std::string_view{} : answer.substr(first);
  number = number.substr(0, number.find_last_not_of(white) + 1);
  double value = 0;
  const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (fault != std::errc{} || end != number.data() + number.size() || !std::isfinite(value) || value <= 0) {
    return hwnas::Error{hwnas::Error::Code::bad_value,
                        fmt::format("'{}' printed '{}', which is no positive number of milliseconds", command, number.substr(0, 60))};
  }
  return hwnas::Milliseconds{value};
}

/// A file of its own with this text, removed at the end.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& text) : path_{(std::filesystem::temp_directory_path() / "one_proxy-XXXXXX").string()} {
    const int descriptor = ::mkstemp(path_.data());
    if (descriptor < 0) return;
    written_ = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(descriptor);
  }
  ~ScratchFile() { std::remove(path_.c_str()); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  [[nodiscard]] bool written() const { return written_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool written_ = false;
};
}  // namespace detail

/// A program that reads {"arch": "..."} from its standard input and prints milliseconds.
///   Errors   it cannot be started, ends with another status than 0, or prints no positive number
[[nodiscard]] inline TargetDevice command_device(std::string command) {
  return [command = std::move(command)](const std::string& architecture) -> hwnas::Result<hwnas::Milliseconds> {
    const detail::ScratchFile question{nlohmann::json{{"arch", architecture}}.dump() + "\n"};
    if (!question.written()) return hwnas::Error{hwnas::Error::Code::io, "cannot write a temporary file"};
    FILE* pipe = ::popen(fmt::format("( {}\n) <'{}'", command, question.path()).c_str(), "r");
    if (pipe == nullptr) return hwnas::Error{hwnas::Error::Code::unavailable, fmt::format("'{}' cannot be started", command)};
    std::string answer;
    std::array<char, 256> buffer{};
    while (const auto n = std::fread(buffer.data(), 1, buffer.size(), pipe)) answer.append(buffer.data(), n);
    const int status = ::pclose(pipe);
    if (status != 0) {
      return hwnas::Error{hwnas::Error::Code::unavailable,
                          fmt::format("'{}' ended with status {}", command, WIFEXITED(status) ? WEXITSTATUS(status) : status)};
    }
    return detail::latency_of_answer(answer, command);
  };
}

}  // namespace one_proxy
