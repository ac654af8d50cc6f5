// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  run_command: a shell command with a time limit, its output, and nothing of it left running.
///        auto output = run_command("python3 train.py", {.input = "arch.json", .limit = std::chrono::seconds{60}});
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"

namespace hwnas {

/// How a command is run.
struct RunCommandOptions {
  std::string input = "/dev/null";                                  ///< file that is its standard input
  std::vector<std::string> arguments{};                             ///< "$1", "$2", ... of the command
  std::vector<std::pair<std::string, std::string>> environment{};  ///< beside what this process has
  std::chrono::duration<double> limit{std::numeric_limits<double>::infinity()};
  std::function<bool()> stop{};                  ///< asked some twenty times a second
  std::size_t most_output = std::size_t{1} << 20;  ///< bytes of standard output
};

/// What it printed, and how it ended.
struct CommandOutput {
  std::string out{};
  std::string err{};  ///< the last few kilobytes
  int status = 0;     ///< exit status, or 128 + signal as shells count
};

namespace detail {

/// A pipe whose ends close by themselves.
class Pipe {
 public:
  Pipe() { opened_ = ::pipe2(ends_.data(), O_CLOEXEC) == 0; }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() { close_read(), close_write(); }

  [[nodiscard]] bool opened() const { return opened_; }
  [[nodiscard]] int read_end() const { return ends_[0]; }
  [[nodiscard]] int write_end() const { return ends_[1]; }
  void close_read() { close(ends_[0]); }
  void close_write() { close(ends_[1]); }

 private:
  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
  std::array<int, 2> ends_{-1, -1};
  bool opened_ = false;
};

/// "name=value" of this process and `more`, as exec wants it.
[[nodiscard]] inline std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& more) {
  std::vector<std::string> all;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto same = [&](const auto& each) { return text.starts_with(each.first + "="); };
    if (std::none_of(more.begin(), more.end(), same)) all.emplace_back(text);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

[[nodiscard]] inline std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Starts `sh -c command` in a process group of its own; returns 0 or errno.
[[nodiscard]] inline int spawn_shell(const std::string& command, const RunCommandOptions& options, const Pipe& out,
                                     const Pipe& err, pid_t& child) {
  std::vector<std::string> words{"sh", "-c", command, "sh"};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  auto environment = environment_with(options.environment);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, options.input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out.write_end(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, err.write_end(), STDERR_FILENO);
  // Ctrl-C of the terminal is this program's to hear; it ends the group itself.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  const int code = posix_spawn(&child, "/bin/sh", &files, &attributes, pointers_to(words).data(),
                               pointers_to(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return code;
}

/// A running command; whatever of its process group is left when this ends, is killed.
class RunningCommand {
 public:
  using Clock = std::chrono::steady_clock;

  explicit RunningCommand(const RunCommandOptions& options) : options_{options}, began_{Clock::now()} {}
  RunningCommand(const RunningCommand&) = delete;
  RunningCommand& operator=(const RunningCommand&) = delete;
  ~RunningCommand() {
    if (child_ <= 0) return;
    ::kill(-child_, SIGKILL);
    if (!ended_) ::waitpid(child_, nullptr, 0);
  }

  [[nodiscard]] Result<CommandOutput> run(const std::string& command) {
    if (!out_.opened() || !err_.opened()) return failed(errno);
    if (const int code = spawn_shell(command, options_, out_, err_, child_); code != 0) {
      child_ = 0;
      return failed(code);
    }
    out_.close_write();
    err_.close_write();
    while (!ended_) {
      if (auto fine = watch(); !fine) return fine.error();
    }
    drain();
    return std::move(output_);
  }

 private:
  static constexpr int glance_ms = 50;

  static Error failed(int code) {
    return {Error::Code::unavailable,
            fmt::format("no command could be started: {}", std::generic_category().message(code))};
  }
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(Clock::now() - began_).count(); }

  /// Waits a moment for output or the end.
  Result<void> watch() {
    std::array<pollfd, 2> ends{pollfd{out_.read_end(), POLLIN, 0}, pollfd{err_.read_end(), POLLIN, 0}};
    const bool open = ends[0].fd >= 0 || ends[1].fd >= 0;
    const double left = options_.limit.count() - seconds();
    const int wait = static_cast<int>(std::clamp(1000 * left, 0.0, double{glance_ms}));
    if (open) {
      ::poll(ends.data(), ends.size(), wait);
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    if (ends[0].revents != 0 && !read_from(out_, output_.out)) out_.close_read();
    if (ends[1].revents != 0 && !read_from(err_, output_.err)) err_.close_read();
    trim_errors();
    reap();
    if (ended_) return {};
    if (left <= 0) {
      return Error{Error::Code::interrupted, fmt::format("the command ran into its limit of {:.3g} s and was ended",
                                                         options_.limit.count())};
    }
    if (options_.stop && options_.stop()) return Error{Error::Code::interrupted, "the command was stopped"};
    if (output_.out.size() > options_.most_output) {
      return Error{Error::Code::bad_format,
                   fmt::format("the command printed more than {} bytes", options_.most_output)};
    }
    return {};
  }

  /// False at the end of the stream.
  static bool read_from(const Pipe& pipe, std::string& text) {
    std::array<char, 65536> buffer;
    const ssize_t count = ::read(pipe.read_end(), buffer.data(), buffer.size());
    if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0 || (count < 0 && errno == EINTR);
  }
  /// What lies in the pipes still; something in the background may hold them open, so that no end comes.
  void drain() {
    for (auto* each : {&out_, &err_}) {
      if (each->read_end() < 0) continue;
      pollfd end{each->read_end(), POLLIN, 0};
      std::string& text = each == &out_ ? output_.out : output_.err;
      while (::poll(&end, 1, 0) > 0 && read_from(*each, text) && text.size() <= options_.most_output) continue;
    }
    trim_errors();
  }
  void trim_errors() {
    constexpr std::size_t kept = 4096;
    if (output_.err.size() > kept) output_.err.erase(0, output_.err.size() - kept);
  }
  void reap() {
    int status = 0;
    if (::waitpid(child_, &status, WNOHANG) != child_) return;
    ended_ = true;
    output_.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  const RunCommandOptions& options_;
  Clock::time_point began_;
  Pipe out_, err_;
  pid_t child_ = 0;
  bool ended_ = false;
  CommandOutput output_;
};

}  // namespace detail

/// Runs a command by `sh -c`. When it has ended, or must end, its whole process group is killed.
///   Errors   interrupted: the limit, or stop(); bad_format: more output than allowed; unavailable: it cannot be started.
///            A command that ends with a status of its own is no Error here
[[nodiscard]] inline Result<CommandOutput> run_command(const std::string& command,
                                                       const RunCommandOptions& options = {}) {
  return detail::RunningCommand{options}.run(command);
}

/// What a program prints. The first word is looked for in PATH; no shell reads the words.
///   Errors  unavailable: it cannot be started; bad_value: it failed or was killed; bad_format: it printed more than 16 MB;
///           interrupted: it ran longer than the limit, and was killed with all it had started
[[nodiscard]] inline Result<std::string> run_command(const std::vector<std::string>& words,
                                                     std::chrono::milliseconds limit) {
  constexpr std::size_t most = std::size_t{16} << 20;
  constexpr int not_started = 127, by_signal = 128;  // as shells count
  if (words.empty()) return Error{Error::Code::bad_value, "a command must name a program"};
  const auto failed = [&](Error::Code code, const std::string& what) {
    return Error{code, fmt::format("{}: {}", words.front(), what)};
  };
  auto output = run_command("exec \"$@\"", {.arguments = words, .limit = limit, .most_output = most});
  if (!output && output.error().code == Error::Code::interrupted) {
    return failed(Error::Code::interrupted,
                  fmt::format("ran longer than {} s and was killed", std::chrono::duration<double>(limit).count()));
  }
  if (!output) return failed(output.error().code, output.error().message);
  if (output->status == not_started) {
    return failed(Error::Code::unavailable, "cannot be started: is it there, and executable?");
  }
  if (output->status > by_signal) {
    return failed(Error::Code::bad_value, fmt::format("was ended by signal {}", output->status - by_signal));
  }
  if (output->status != 0) return failed(Error::Code::bad_value, fmt::format("ended with status {}", output->status));
  return std::move(output->out);
}

}  // namespace hwnas
