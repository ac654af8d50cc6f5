// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How many trials a second a store completes: worker processes take and record, and evaluate nothing.
///        scripts/run store [TRIALS [WORKERS [URL]]]      # 20000 8; without a URL it starts a PostgreSQL server
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tests/experiment/postgres_server.hpp"
#include "../../tests/temporary_folder.hpp"
#include "hwnas/core.hpp"
#include "hwnas/experiment/any_store.hpp"
#include "hwnas/zoo/small.hpp"

namespace {

using namespace hwnas;
using Space = zoo::small::Spos;
using Store = AnyStore<Space>;

void fill(const std::string& name, std::size_t trials) {
  auto store = Store::open(name).value();
  Rng rng{1};
  std::vector<Architecture<Space>> all;
  while (all.size() < trials) all.push_back(Uniform<Space>{}(rng));
  if (!store.append(0, all, 1, {}).value()) throw Error{Error::Code::mismatch, name + ": is not empty"};
}

int work(const std::string& name) {
  auto store = Store::open(name).value();
  const std::string owner = std::to_string(::getpid());
  while (const auto trial = store.take(owner, std::chrono::minutes{10}).value()) {
    const Metrics metrics{{{"accuracy", 0.5 + 1e-6 * static_cast<double>(trial->id)}, {"latency", 4.25}}};
    if (!store.record(trial->claim(), metrics).value()) return 1;
  }
  return 0;
}

void measure(const std::string& what, const std::string& name, std::size_t trials, int workers) {
  fill(name, trials);
  const auto begin = std::chrono::steady_clock::now();
  std::vector<pid_t> children;
  for (int i = 0; i < workers; ++i) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work(name));
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) throw Error{Error::Code::unavailable, what + ": a worker failed"};
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const auto counts = Store::open(name).value().counts().value();
  if (counts.done != trials) throw Error{Error::Code::mismatch, what + ": trials are missing"};
  fmt::print("{:<24}{:>8}{:>9}{:>9.2f} s{:>9.0f} /s\n", what, trials, workers, seconds,
             static_cast<double>(trials) / seconds);
  std::fflush(stdout);
}

constexpr const char* usage =
    "usage: store [TRIALS [WORKERS [URL]]]\n"
    "20000 trials and 8 worker processes; URL: an empty database of a PostgreSQL server, "
    "postgresql://user@host/database;\n"
    "without one a server is started for the time of the run\n";

/// 0 for what is no number from 1 to a million.
int count(const std::string& text) {
  const bool number = !text.empty() && text.size() < 8 && text.find_first_not_of("0123456789") == std::string::npos;
  return number ? std::stoi(text) : 0;
}

void run(int argc, char** argv) {
  const int given = argc > 1 ? count(argv[1]) : 20000, workers = argc > 2 ? count(argv[2]) : 8;
  if (given == 0 || workers == 0) {
    throw Error{Error::Code::bad_value, "TRIALS and WORKERS are numbers above 0; see --help"};
  }
  const auto trials = static_cast<std::size_t>(given);
  fmt::print("{:<24}{:>8}{:>9}{:>11}{:>12}\n", "store", "trials", "workers", "time", "completed");
  const TemporaryFolder folder;
  measure("SQLite", (folder.path() / "trials.db").string(), trials, workers);
  if (argc > 3) {
    measure("PostgreSQL", argv[3], trials, workers);
    return;
  }
  const PostgresServer server{/*durable=*/true};
  if (!server.runs()) {
    fmt::print("PostgreSQL: left out, {}\n", server.why_not());
    return;
  }
  measure("PostgreSQL, socket", server.url(), trials, workers);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string{argv[1]} == "--help") {
    fmt::print("{}", usage);
    return 0;
  }
  try {
    run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "store: {}\n", error.what());
    return 2;
  }
}
