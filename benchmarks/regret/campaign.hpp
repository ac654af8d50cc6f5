// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Campaign: every strategy on every problem with every seed, on all cores, within a limit of time.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "search.hpp"

namespace regret {

/// The budgets: which share of the networks meets them.
inline const std::vector<double> shares{0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9};
/// Those of the learned strategies, whose proposals are dear.
inline const std::vector<double> learned_shares{0.01, 0.1, 0.5};
inline constexpr std::size_t learned_devices = 3;  ///< spread over the list

[[nodiscard]] inline bool is_learned(const std::string& strategy) {
  return strategy == "rl" || strategy == "reinforce";
}

/// What strategies are asked to do, and the means of what they did.
class Campaign {
 public:
  explicit Campaign(const Options& options) : options_{options}, devices_{read_devices(options)} {
    for (std::size_t d = 0; d < devices_.size(); ++d) {
      const std::size_t apart = std::max<std::size_t>(1, devices_.size() / learned_devices);
      for (const double share : shares) {
        const bool few = d % apart == 0 && d / apart < learned_devices;
        const bool learned =
            few && std::find(learned_shares.begin(), learned_shares.end(), share) != learned_shares.end();
        problems_.push_back(make_problem(devices_[d], share));
        learned_.push_back(learned);
      }
    }
  }

  /// Seed after seed, so that a limit of time leaves whole ones.
  void run() {
    for (std::size_t seed = 0; seed < options_.seeds; ++seed) {
      for (std::size_t s = 0; s < options_.strategies.size(); ++s) {
        for (std::size_t p = 0; p < problems_.size(); ++p) {
          const bool learned = is_learned(options_.strategies[s]);
          if (!learned || (learned_[p] && seed < options_.learned_seeds)) jobs_.push_back({s, p, seed, {}});
        }
      }
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto late = [&] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() > options_.max_seconds;
    };
    std::atomic<std::size_t> next{0};
    {
      std::vector<std::jthread> threads;
      const std::size_t wanted =
          options_.threads > 0 ? options_.threads : std::max(1U, std::thread::hardware_concurrency());
      for (std::size_t i = 0; i < wanted; ++i) {
        threads.emplace_back([&] {
          for (std::size_t j = next++; j < jobs_.size(); j = next++) {
            if (jobs_[j].seed > 0 && late()) return;  // one seed at least
            work(jobs_[j]);
          }
        });
      }
    }
    const auto open = std::find_if(jobs_.begin(), jobs_.end(), [](const Job& job) { return !job.outcome; });
    seeds_ = open == jobs_.end() ? options_.seeds : open->seed;
  }

  /// The mean over the whole seeds of some problems, or nothing where a strategy was not asked.
  [[nodiscard]] std::optional<Outcome> mean(std::size_t strategy, const std::function<bool(std::size_t)>& of_problem,
                                            std::size_t most_seeds = std::numeric_limits<std::size_t>::max()) const {
    Outcome sum{.regret = std::vector<double>(options_.trials, 0)};
    double count = 0;
    for (const Job& job : jobs_) {
      if (job.strategy != strategy || job.seed >= std::min(seeds_, most_seeds) || !of_problem(job.problem)) continue;
      for (std::size_t t = 0; t < sum.regret.size(); ++t) sum.regret[t] += job.outcome->regret[t];
      sum.hypervolume += job.outcome->hypervolume;
      ++count;
    }
    if (count == 0) return std::nullopt;
    for (double& x : sum.regret) x /= count;
    sum.hypervolume /= count;
    return sum;
  }

  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const std::vector<Device>& devices() const { return devices_; }
  [[nodiscard]] const Problem& problem(std::size_t p) const { return *problems_[p]; }
  [[nodiscard]] std::size_t problems() const { return problems_.size(); }
  [[nodiscard]] bool for_learned(std::size_t p) const { return learned_[p]; }
  [[nodiscard]] std::size_t seeds() const { return seeds_; }
  [[nodiscard]] std::size_t learned_seeds() const { return std::min(seeds_, options_.learned_seeds); }

 private:
  struct Job {
    std::size_t strategy = 0, problem = 0, seed = 0;
    std::optional<Outcome> outcome{};
  };

  void work(Job& job) const {
    const std::uint64_t seed = 1 + job.seed * problems_.size() + job.problem;  // another one for each problem
    job.outcome = search(options_.strategies[job.strategy], *problems_[job.problem], options_.trials, seed);
  }

  const Options& options_;
  std::vector<Device> devices_;
  std::vector<std::unique_ptr<Problem>> problems_;
  std::vector<bool> learned_;
  std::vector<Job> jobs_;
  std::size_t seeds_ = 0;
};

}  // namespace regret
