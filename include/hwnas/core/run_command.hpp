// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Runs another program and reads what it prints, with a time limit.
///        std::string text = run_command({"adb", "shell", "benchmark"}, std::chrono::seconds{60}).value();
#pragma once

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"

namespace hwnas {
namespace detail {

/// A child process in a group of its own, whose standard output is read. Killed with its children when it goes.
class ChildProcess {
 public:
  explicit ChildProcess(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& part : command) arguments.push_back(const_cast<char*>(part.c_str()));
    arguments.push_back(nullptr);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
      setpgid(0, 0);
      if (dup2(ends[1], STDOUT_FILENO) >= 0) execvp(arguments[0], arguments.data());
      _exit(not_started);
    }
    close(ends[1]);
    out_ = ends[0];
    if (pid_ > 0) setpgid(pid_, pid_);  // whoever of both comes first
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() {
    if (out_ >= 0) close(out_);
    if (pid_ <= 0 || ended_) return;
    kill(-pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  static constexpr int not_started = 127;

  [[nodiscard]] bool started() const { return pid_ > 0; }
  /// Appends what comes; false once nothing more will.
  bool read_some(std::string& text, std::chrono::milliseconds wait) const {
    pollfd poll_out{out_, POLLIN, 0};
    if (poll(&poll_out, 1, static_cast<int>(wait.count())) <= 0) return true;
    char buffer[4096];
    const auto size = read(out_, buffer, sizeof buffer);
    if (size > 0) text.append(buffer, static_cast<std::size_t>(size));
    return size > 0 || (size < 0 && errno == EINTR);
  }
  /// Whether it has ended; its wait status then.
  bool ended(int& status) { return ended_ = ended_ || waitpid(pid_, &status, WNOHANG) == pid_; }

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  bool ended_ = false;
};

}  // namespace detail

/// What a program prints. The first word is looked for in PATH; no shell reads the command.
///   Errors  unavailable: it cannot be started; bad_value: it failed, was killed, or printed more than 16 MB; interrupted: it
///           ran longer than the limit, and was killed with all it had started
[[nodiscard]] inline Result<std::string> run_command(const std::vector<std::string>& command, std::chrono::milliseconds limit) {
  using clock = std::chrono::steady_clock;
  constexpr std::size_t most = 16 << 20;
  if (command.empty()) return Error{Error::Code::bad_value, "a command must name a program"};
  const auto failed = [&](Error::Code code, const std::string& what) {
    return Error{code, fmt::format("{}: {}", command.front(), what)};
  };
  detail::ChildProcess child{command};
  if (!child.started()) return failed(Error::Code::unavailable, fmt::format("cannot be started: {}", std::strerror(errno)));
  const auto end = clock::now() + limit;
  std::string text;
  bool open = true;
  int status = 0;
  while (open || !child.ended(status)) {
    if (clock::now() >= end) {
      return failed(Error::Code::interrupted, fmt::format("ran longer than {} s and was killed",
                                                          std::chrono::duration<double>(limit).count()));
    }
    if (text.size() > most) return failed(Error::Code::bad_value, "printed more than 16 MB");
    constexpr std::chrono::milliseconds step{20};
    if (open) {
      open = child.read_some(text, step);
    } else {
      usleep(1000);
    }
  }
  if (WIFSIGNALED(status)) return failed(Error::Code::bad_value, fmt::format("was ended by signal {}", WTERMSIG(status)));
  if (WEXITSTATUS(status) == detail::ChildProcess::not_started) {
    return failed(Error::Code::unavailable, "cannot be started: is it there, and executable?");
  }
  if (WEXITSTATUS(status) != 0) return failed(Error::Code::bad_value, fmt::format("ended with status {}", WEXITSTATUS(status)));
  return text;
}

}  // namespace hwnas
