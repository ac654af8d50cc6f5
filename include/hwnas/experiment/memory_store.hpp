// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  MemoryStore: the trials of an experiment that need not outlive the process.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "hwnas/core/csv.hpp"
#include "hwnas/experiment/trial_store.hpp"

namespace hwnas {

/// The clock of this process as a store's.
[[nodiscard]] inline StoreTime system_store_time() {
  return std::chrono::time_point_cast<StoreSeconds>(std::chrono::system_clock::now());
}

/// A TrialStore for the threads of one process; its operations have no errors of their own.
template <class Space>
class MemoryStore {
 public:
  using space = Space;

  /// The clock is asked at each operation, so that tests need not wait for leases.
  explicit MemoryStore(std::function<StoreTime()> clock = &system_store_time) : clock_{std::move(clock)} {}

  Result<bool> append(std::size_t first, std::span<const Architecture<Space>> proposals, int max_attempts,
                      const StoreMeta& meta) {
    const std::lock_guard lock{*mutex_};
    if (first != trials_.size()) return false;
    for (const auto& a : proposals) {
      trials_.push_back({.id = trials_.size(), .architecture = a, .max_attempts = max_attempts});
    }
    for (const auto& [key, value] : meta) meta_[key] = value;
    return true;
  }

  Result<std::optional<Trial<Space>>> take(const std::string& owner, StoreSeconds lease) {
    const std::lock_guard lock{*mutex_};
    Trial<Space>* trial = first_queued();
    if (trial == nullptr && release() > 0) trial = first_queued();
    if (trial == nullptr) return std::optional<Trial<Space>>{};
    trial->state = TrialState::running;
    ++trial->attempts;
    ++trial->serial;
    trial->owner = owner;
    extend(*trial, lease);
    return std::optional{told(*trial)};
  }

  Result<bool> heartbeat(const Claim& claim, StoreSeconds lease) {
    return if_held(claim, [&](Trial<Space>& trial) { extend(trial, lease); });
  }

  Result<bool> record(const Claim& claim, const Metrics& metrics) {
    const std::lock_guard lock{*mutex_};
    if (claim.trial >= trials_.size()) return false;
    Trial<Space>& trial = trials_[claim.trial];
    if (trial.ended()) return trial.state == TrialState::done && trial.claim() == claim;
    trial.state = TrialState::done;
    trial.metrics = metrics;
    trial.serial = claim.serial;
    trial.owner = claim.owner;
    return true;
  }

  Result<bool> fail(const Claim& claim, const std::string& reason) {
    return if_held(claim, [&](Trial<Space>& trial) { retry_or_fail(trial, reason); });
  }

  Result<bool> give_back(const Claim& claim) {
    return if_held(claim, [&](Trial<Space>& trial) {
      --trial.attempts;
      requeue(trial);
    });
  }

  Result<std::size_t> release_expired() {
    const std::lock_guard lock{*mutex_};
    return release();
  }

  Result<std::vector<Trial<Space>>> trials(std::size_t from = 0) {
    const std::lock_guard lock{*mutex_};
    std::vector<Trial<Space>> all;
    for (std::size_t i = from; i < trials_.size(); ++i) all.push_back(told(trials_[i]));
    return all;
  }

  Result<TrialCounts> counts() {
    const std::lock_guard lock{*mutex_};
    const auto of = [&](TrialState state) {
      return static_cast<std::size_t>(std::ranges::count(trials_, state, &Trial<Space>::state));
    };
    return TrialCounts{of(TrialState::queued), of(TrialState::running), of(TrialState::done), of(TrialState::failed)};
  }

  Result<std::vector<Trial<Space>>> best(std::size_t k = 1) {
    const std::lock_guard lock{*mutex_};
    std::vector<Trial<Space>> found;
    for (const Trial<Space>& trial : trials_) {
      if (trial.state == TrialState::done) found.push_back(told(trial));
    }
    std::ranges::stable_sort(found, std::greater{}, [](const auto& t) { return std::pair{t.share, t.metrics.score()}; });
    if (found.size() > k) found.resize(k);
    return found;
  }

  Result<std::optional<std::string>> meta(const std::string& key) {
    const std::lock_guard lock{*mutex_};
    const auto found = meta_.find(key);
    return found == meta_.end() ? std::optional<std::string>{} : std::optional{found->second};
  }
  Result<void> set_meta(const std::string& key, const std::string& value) {
    const std::lock_guard lock{*mutex_};
    meta_[key] = value;
    return {};
  }

 private:
  template <class F>
  bool if_held(const Claim& claim, F change) {
    const std::lock_guard lock{*mutex_};
    if (claim.trial >= trials_.size()) return false;
    Trial<Space>& trial = trials_[claim.trial];
    if (trial.state != TrialState::running || trial.claim() != claim) return false;
    change(trial);
    return true;
  }
  [[nodiscard]] Trial<Space> told(Trial<Space> trial) const {
    if (const auto share = meta_.find(share_key(trial.id)); share != meta_.end()) {
      trial.share = finite_number(share->second).value_or(1);
    }
    return trial;
  }
  Trial<Space>* first_queued() {
    while (first_open_ < trials_.size() && trials_[first_open_].state != TrialState::queued) ++first_open_;
    return first_open_ < trials_.size() ? &trials_[first_open_] : nullptr;
  }
  void extend(Trial<Space>& trial, StoreSeconds lease) {
    trial.heartbeat = clock_();
    trial.lease_until = trial.heartbeat + lease;
  }
  void requeue(Trial<Space>& trial) {
    trial.state = TrialState::queued;
    first_open_ = std::min(first_open_, trial.id);
  }
  void retry_or_fail(Trial<Space>& trial, const std::string& reason) {
    trial.reasons.push_back(reason);
    if (trial.attempts < trial.max_attempts) return requeue(trial);
    trial.state = TrialState::failed;
  }
  std::size_t release() {
    std::size_t released = 0;
    const StoreTime now = clock_();
    for (Trial<Space>& trial : trials_) {
      if (trial.state != TrialState::running || trial.lease_until > now) continue;
      retry_or_fail(trial, expired_lease(trial.owner));
      ++released;
    }
    return released;
  }

  std::function<StoreTime()> clock_;
  std::vector<Trial<Space>> trials_;
  std::size_t first_open_ = 0;  // below it nothing is queued
  StoreMeta meta_;
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();  // so that a store can be moved
};

}  // namespace hwnas
