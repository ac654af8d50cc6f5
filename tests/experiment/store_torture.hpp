// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What machines do to a store: workers and coordinators killed at random, late results, two coordinators.
///        StoreTorture<Space, Store> torture{[&] { return Store::open(...); }};
///        torture.run({.disturb = [&](int kills) { ... }});
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hwnas/core/rng.hpp"
#include "laws/trial_store_laws.hpp"

struct TortureOptions {
  std::size_t trials = 2000;
  int workers = 8;
  int kills = 120;
  std::function<void(int kill)> disturb = [](int) {};  ///< after each kill: restart the database, ...
  std::chrono::seconds limit{120};
};

template <class Space, class Store>
class StoreTorture {
 public:
  static constexpr std::size_t most = 20000;
  static constexpr hwnas::StoreSeconds lease{0.1};

  explicit StoreTorture(std::function<hwnas::Result<Store>()> open) : open_{std::move(open)} {
    // Shared with the children: what a killed one has been told by the store must not die with it.
    void* memory = ::mmap(nullptr, sizeof(Told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    told_ = new (memory) Told{};
  }
  StoreTorture(const StoreTorture&) = delete;
  StoreTorture& operator=(const StoreTorture&) = delete;
  ~StoreTorture() { ::munmap(told_, sizeof(Told)); }

  void run(const TortureOptions& options) {
    options_ = options;
    for (int i = 0; i < options.workers + 2; ++i) children_.push_back(spawn(i));
    const auto begin = std::chrono::steady_clock::now();
    for (int kill = 0; kill < options.kills; ++kill) {
      std::this_thread::sleep_for(std::chrono::milliseconds{5 + rng_.below(20)});
      const auto victim = static_cast<std::size_t>(rng_.below(children_.size()));
      ::kill(children_[victim], SIGKILL);
      ::waitpid(children_[victim], nullptr, 0);
      options.disturb(kill);
      told_->kills = kill + 1;
      children_[victim] = spawn(static_cast<int>(victim));
    }
    for (const pid_t child : children_) wait_for(child, begin + options.limit);
    examine();
  }
  /// Operations that ended in an Error and were tried again.
  [[nodiscard]] int errors() const { return told_->errors; }

 private:
  struct Told {
    std::array<std::atomic<int>, most> recorded{};         // how often a worker was told "recorded"
    std::array<std::atomic<std::int64_t>, most> by{};      // which one
    std::atomic<int> refused{0}, failed{0}, lost_races{0}, errors{0}, kills{0};
  };

  [[nodiscard]] static double score_of(std::size_t trial) { return static_cast<double>(trial * 7919 % 10007) / 10007; }

  pid_t spawn(int role) {
    const std::uint64_t seed = rng_();
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    int status = 1;
    try {
      status = role < 2 ? coordinate(seed) : work(seed);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "torture: %s\n", error.what());
    }
    ::_exit(status);
  }

  /// As programs do that outlive a full disk and a server that is away for longer than the store's patience.
  template <class F>
  auto insist(F operation) {
    for (;;) {
      if (auto result = operation()) return std::move(*result);
      ++told_->errors;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
  }

  /// However quick the machine is, trials last until the last kill: before it, only a part of them is there.
  [[nodiscard]] std::size_t due_trials() const {
    const auto kills = static_cast<std::size_t>(told_->kills), all = static_cast<std::size_t>(options_.kills);
    return options_.trials * kills / all;
  }

  /// Two of them by mistake: each goes on from what is there.
  int coordinate(std::uint64_t seed) {
    auto store = insist(open_);
    hwnas::Rng rng{seed};
    for (;;) {
      insist([&] { return store.release_expired(); });
      const hwnas::TrialCounts counts = insist([&] { return store.counts(); });
      if (counts.ended() == options_.trials) return 0;
      std::this_thread::sleep_for(std::chrono::milliseconds{rng.below(10)});
      const std::size_t known = counts.total(), due = due_trials();
      if (known >= due) continue;
      const auto n = std::min<std::size_t>(1 + rng.below(60), due - known);
      const auto some = laws::some_architectures<Space>(n, known);  // the same for the same trials
      const hwnas::StoreMeta meta{{"strategy", std::to_string(known + n)}};
      if (!insist([&] { return store.append(known, some, 1000, meta); })) ++told_->lost_races;
    }
  }

  int work(std::uint64_t seed) {
    using namespace std::chrono_literals;
    auto store = insist(open_);
    hwnas::Rng rng{seed};
    const std::string owner = std::to_string(::getpid());
    for (;;) {
      const auto trial = insist([&] { return store.take(owner, lease); });
      if (!trial) {
        if (insist([&] { return store.counts(); }).ended() == options_.trials) return 0;
        std::this_thread::sleep_for(5ms);
        continue;
      }
      const hwnas::Claim claim = trial->claim();
      const auto luck = rng.below(200);
      if (luck < 3) std::this_thread::sleep_for(1.5 * lease);
      if (luck == 3) insist([&] { return store.heartbeat(claim, lease); });
      if (luck == 4) insist([&] { return store.give_back(claim); });
      else if (luck == 5) told_->failed += insist([&] { return store.fail(claim, "bad luck"); });
      else report(store, *trial);
    }
  }

  void report(Store& store, const hwnas::Trial<Space>& trial) {
    const auto mark = static_cast<double>(trial.serial * 10'000'000 + ::getpid());
    hwnas::Metrics metrics = laws::accuracy(score_of(trial.id));
    metrics.values["mark"] = mark;
    if (insist([&] { return store.record(trial.claim(), metrics); })) {
      ++told_->recorded[trial.id];
      told_->by[trial.id] = static_cast<std::int64_t>(mark);
    } else {
      ++told_->refused;
    }
  }

  static void wait_for(pid_t child, std::chrono::steady_clock::time_point limit) {
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() > limit) {
        ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
        ADD_FAILURE() << "a process did not come to its end";
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "a process ended with status " << status;
  }

  void examine() {
    auto store = open_().value();
    EXPECT_EQ(store.counts().value(), (hwnas::TrialCounts{.done = options_.trials})) << "every trial ends";
    EXPECT_EQ(store.meta("strategy").value(), std::to_string(options_.trials));
    std::size_t id = 0, retried = 0;
    for (const auto& trial : store.trials().value()) {
      ASSERT_EQ(trial.id, id++) << "each proposal is there once";
      EXPECT_EQ(trial.metrics.score(), score_of(trial.id));
      EXPECT_LE(told_->recorded[trial.id], 1) << "a result is recorded once";
      if (told_->recorded[trial.id] == 1) {
        EXPECT_EQ(trial.metrics.values.at("mark"), static_cast<double>(told_->by[trial.id])) << "and stays";
      }
      retried += trial.attempts > 1;
    }
    std::printf("%zu trials, %d kills: %zu taken again, %d late results refused, %d failed attempts, %d coordinators "
                "refused, %d errors\n", id, options_.kills, retried, told_->refused.load(), told_->failed.load(),
                told_->lost_races.load(), told_->errors.load());
    EXPECT_GT(retried, 0U) << "the torture was none";
    EXPECT_GT(told_->refused, 0) << "no result came after its trial had ended";
    EXPECT_GT(told_->lost_races, 0) << "the coordinators never met";
  }

  std::function<hwnas::Result<Store>()> open_;
  TortureOptions options_;
  hwnas::Rng rng_{20261121};
  std::vector<pid_t> children_;
  Told* told_;
};
