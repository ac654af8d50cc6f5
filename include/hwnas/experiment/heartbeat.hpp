// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Heartbeat: keeps the lease of the trial that is being evaluated, from a thread of its own.
///        Heartbeat<Space, Store> heartbeat{store, 60s};
///        heartbeat.hold(trial.claim());  auto metrics = evaluate(...);  heartbeat.release();
#pragma once

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "hwnas/experiment/trial_store.hpp"

namespace hwnas {

/// Beats three times in a lease, so that one late beat loses nothing. An infinite lease needs no thread and has none.
template <class Space, TrialStore<Space> Store>
class Heartbeat {
 public:
  Heartbeat(Store& store, StoreSeconds lease) : store_{store}, lease_{lease} {
    if (std::isfinite(lease.count())) thread_ = std::jthread{[this](std::stop_token stop) { beat(stop); }};
  }
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;
  ~Heartbeat() = default;

  /// `limit`: how long an evaluation may take. What takes a lease longer hangs, and its trial is left to others.
  void hold(const Claim& claim, StoreSeconds limit = StoreSeconds{std::numeric_limits<double>::infinity()}) {
    const std::lock_guard lock{mutex_};
    claim_ = claim;
    const auto now = std::chrono::steady_clock::now();
    due_ = now + pause();
    const StoreSeconds most = limit + lease_;
    last_ = most < far ? now + std::chrono::duration_cast<Pause>(most) : std::chrono::steady_clock::time_point::max();
    wake_.notify_one();
  }
  void release() {
    const std::lock_guard lock{mutex_};
    claim_.reset();
  }

 private:
  using Pause = std::chrono::steady_clock::duration;
  static constexpr StoreSeconds far{1e9};  // beyond, a time point could overflow

  [[nodiscard]] Pause pause() const { return std::chrono::duration_cast<Pause>(lease_ / 3); }

  void beat(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    while (!stop.stop_requested()) {
      if (!claim_) {
        wake_.wait(lock, stop, [&] { return claim_.has_value(); });
        continue;
      }
      if (wake_.wait_until(lock, stop, due_, [&] { return !claim_; })) continue;
      if (stop.stop_requested() || std::chrono::steady_clock::now() < due_) continue;
      if (std::chrono::steady_clock::now() >= last_) {
        claim_.reset();
        continue;
      }
      const Claim claim = *claim_;
      due_ = std::chrono::steady_clock::now() + pause();
      lock.unlock();  // the store may be slow, and hold() and release() must not wait for it
      // A beat that fails is no fault: the next may come through, and a result counts even after its lease.
      const auto held = store_.heartbeat(claim, lease_);
      lock.lock();
      if (held && !*held && claim_ == claim) claim_.reset();
    }
  }

  Store& store_;
  StoreSeconds lease_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::optional<Claim> claim_;
  std::chrono::steady_clock::time_point due_, last_;  // the next beat; when there are no more
  std::jthread thread_;  // last: it stops before what it uses is gone
};

}  // namespace hwnas
