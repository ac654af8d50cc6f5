// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A PostgreSQL server of the test's own, in a temporary folder, reached over the loopback.
///        PostgresServer server;  if (!server.runs()) GTEST_SKIP() << server.why_not();
#pragma once

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "../temporary_folder.hpp"

class PostgresServer {
 public:
  /// A server that is killed loses nothing without fsync either: that is for power failures, and for benchmarks.
  explicit PostgresServer(bool durable = false) : durable_{durable} {
    const auto programs = find_programs();
    if (!programs) {
      why_not_ = "there is no PostgreSQL server (initdb) on this machine";
      return;
    }
    programs_ = *programs;
    if (::getuid() == 0) {  // PostgreSQL refuses to run as root
      user_ = ::getpwnam("postgres") != nullptr ? ::getpwnam("postgres") : ::getpwnam("nobody");
      if (user_ == nullptr || ::chown(folder_.path().c_str(), user_->pw_uid, user_->pw_gid) != 0) {
        why_not_ = "there is no user to run a PostgreSQL server as";
        return;
      }
    }
    const pid_t initdb = spawn({programs_ + "/initdb", "-D", data(), "-A", "trust", "-U", "hwnas", "--no-sync", "-k",
                                "-E", "UTF8", "--locale=C"});
    int status = 0;
    ::waitpid(initdb, &status, 0);
    if (status != 0) why_not_ = "initdb failed";
    else start();
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer() { stop(SIGQUIT); }

  [[nodiscard]] bool runs() const { return why_not_.empty(); }
  [[nodiscard]] const std::string& why_not() const { return why_not_; }

  /// SIGINT ends it in order; SIGQUIT at once, so that it has to recover.
  void stop(int signal) {
    if (process_ <= 0) return;
    ::kill(process_, signal);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }
  void start() {
    process_ = spawn({programs_ + "/postgres", "-D", data(), "-k", folder_.path().string(), "-h", "127.0.0.1", "-p", port_, "-c",
                      durable_ ? "fsync=on" : "fsync=off"});
    for (int i = 0; i < 600; ++i) {
      try {
        pqxx::connection{url("postgres")};
        return;
      } catch (const std::exception&) {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
      }
    }
    why_not_ = "the PostgreSQL server does not start";
  }

  [[nodiscard]] std::string url(const std::string& database = "postgres") const {
    return fmt::format("postgresql://hwnas@127.0.0.1:{}/{}?connect_timeout=10", port_, database);
  }
  /// The URL of a schema of that name, made new.
  [[nodiscard]] std::string schema(const std::string& name) const {
    sql("CREATE SCHEMA " + name);
    return url() + "&options=-csearch_path%3D" + name;
  }
  /// Whom its folders must belong to.
  [[nodiscard]] uid_t user() const { return user_ == nullptr ? ::getuid() : user_->pw_uid; }
  pqxx::result sql(const std::string& text) const {
    pqxx::connection connection{url()};
    pqxx::nontransaction alone{connection};
    return alone.exec(text);
  }

 private:
  static std::optional<std::string> find_programs() {
    namespace fs = std::filesystem;
    std::error_code ignored;
    std::vector<fs::path> places;
    for (const auto& version : fs::directory_iterator{"/usr/lib/postgresql", ignored}) {
      places.push_back(version.path() / "bin");
    }
    for (const char* place : {"/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin"}) places.emplace_back(place);
    for (const fs::path& place : places) {
      if (fs::exists(place / "initdb", ignored) && fs::exists(place / "postgres", ignored)) return place.string();
    }
    return std::nullopt;
  }
  /// A port of the loopback that nobody listens at; the server listens there again after each start.
  static std::string free_port() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    (void)::bind(socket, reinterpret_cast<const sockaddr*>(&address), size);
    (void)::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(socket);
    return std::to_string(ntohs(address.sin_port));
  }
  [[nodiscard]] std::string data() const { return (folder_.path() / "data").string(); }

  /// The child dies with the thread that starts it; what it prints goes to a file of the folder.
  pid_t spawn(std::vector<std::string> words) const {
    const pid_t parent = ::getpid();
    const std::string log = (folder_.path() / "log").string();
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0) return child;
    if (user_ != nullptr) {
      const bool changed = ::setgroups(0, nullptr) == 0 && ::setgid(user_->pw_gid) == 0 && ::setuid(user_->pw_uid) == 0;
      if (!changed) ::_exit(126);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (::getppid() != parent) ::_exit(125);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(out, 1);
    ::dup2(out, 2);
    if (::chdir("/") != 0) ::_exit(124);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }

  bool durable_;
  TemporaryFolder folder_;
  std::string programs_, why_not_, port_ = free_port();
  const passwd* user_ = nullptr;
  pid_t process_ = -1;
};
