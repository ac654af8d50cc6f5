// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Ranks as processes of their own: this test program again, running the one disabled test that plays a role.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "train/support.hpp"

namespace hwnas::test {

/// A port that nobody listens on just now.
[[nodiscard]] inline int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  ::bind(socket, any, length);
  ::getsockname(socket, any, &length);
  ::close(socket);
  return ntohs(address.sin_port);
}

/// A process that plays a role; killed where it still runs at the end.
class RankProcess {
 public:
  using Environment = std::map<std::string, std::string>;

  /// `before`: words before the program, such as those of `ip netns exec`.
  RankProcess(const Environment& environment, const std::filesystem::path& output, std::vector<std::string> before = {})
      : output_{output} {
    std::vector<std::string> words = std::move(before);
    words.emplace_back("env");
    for (const auto& [name, value] : environment) words.push_back(name + "=" + value);
    words.push_back(std::filesystem::read_symlink("/proc/self/exe").string());
    words.emplace_back("--gtest_also_run_disabled_tests");
    words.emplace_back("--gtest_filter=Rank.DISABLED_PlaysItsRole");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int file = ::open(output.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(file, 1);
      ::dup2(file, 2);
      ::execvp(arguments[0], arguments.data());
      ::_exit(127);
    }
    ::close(file);
  }
  RankProcess(const RankProcess&) = delete;
  RankProcess& operator=(const RankProcess&) = delete;
  ~RankProcess() {
    if (running_) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
  }

  /// Its exit status: 128 + the signal that ended it, and -1 where it still runs after `limit`.
  [[nodiscard]] int wait(std::chrono::seconds limit = std::chrono::seconds{120}) {
    const auto end = std::chrono::steady_clock::now() + limit;
    int status = 0;
    while (::waitpid(child_, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() > end) return -1;
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    running_ = false;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  [[nodiscard]] std::string output() const { return read_text(output_); }

 private:
  std::filesystem::path output_;
  pid_t child_ = 0;
  bool running_ = true;
};

/// What a launcher sets, and the role.
[[nodiscard]] inline RankProcess::Environment rank_environment(int rank, int size, int port, const std::string& role,
                                                               const std::filesystem::path& folder) {
  return {{"RANK", std::to_string(rank)}, {"WORLD_SIZE", std::to_string(size)},
          {"MASTER_ADDR", "127.0.0.1"},   {"MASTER_PORT", std::to_string(port)},
          {"HWNAS_TEST_ROLE", role},      {"HWNAS_TEST_FOLDER", folder.string()},
          {"OMP_NUM_THREADS", "1"}};
}

}  // namespace hwnas::test
