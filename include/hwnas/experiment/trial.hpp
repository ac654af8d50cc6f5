// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Trial: one architecture on its way from a strategy's proposal to a result, and the claim of who works on it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hwnas/search/metrics.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// queued -> running -> done or failed; a trial that is tried again goes back to queued.
enum class TrialState { queued, running, done, failed };

inline constexpr std::array<std::string_view, 4> trial_state_names{"queued", "running", "done", "failed"};

[[nodiscard]] constexpr std::string_view to_string(TrialState state) {
  return trial_state_names[static_cast<std::size_t>(state)];
}
[[nodiscard]] constexpr std::optional<TrialState> trial_state_of(std::string_view name) {
  for (std::size_t i = 0; i < trial_state_names.size(); ++i) {
    if (trial_state_names[i] == name) return static_cast<TrialState>(i);
  }
  return std::nullopt;
}

using StoreSeconds = std::chrono::duration<double>;
/// Of the store's own clock: a database's, so that the clocks of many hosts need not agree.
using StoreTime = std::chrono::sys_time<StoreSeconds>;

/// The right to work on a trial: which taking of which trial, by whom. A trial taken again has another serial.
struct Claim {
  std::size_t trial = 0;
  std::int64_t serial = 0;
  std::string owner{};

  friend bool operator==(const Claim&, const Claim&) = default;
};

/// One evaluation of one architecture, with its retries.
template <class Space>
struct Trial {
  using State = TrialState;

  std::size_t id = 0;  ///< the number of its proposal, from 0
  Architecture<Space> architecture{};
  TrialState state = TrialState::queued;
  int attempts = 0;
  int max_attempts = 1;                ///< after so many it counts as failed
  double share = 1;                    ///< of a full evaluation that it is to be
  Metrics metrics{};                   ///< of a trial that is done
  std::vector<std::string> reasons{};  ///< why attempts failed, in their order
  std::int64_t serial = 0;             ///< how often it was taken
  std::string owner{};                 ///< who took it last, or gave its result
  StoreTime lease_until{};
  StoreTime heartbeat{};  ///< the owner's last sign of life

  [[nodiscard]] Claim claim() const { return {id, serial, owner}; }
  [[nodiscard]] bool ended() const { return state == TrialState::done || state == TrialState::failed; }
};

/// Trials by state.
struct TrialCounts {
  std::size_t queued = 0, running = 0, done = 0, failed = 0;

  [[nodiscard]] std::size_t ended() const { return done + failed; }
  [[nodiscard]] std::size_t total() const { return queued + running + done + failed; }
  friend bool operator==(const TrialCounts&, const TrialCounts&) = default;
};

/// What a store remembers of the experiment besides its trials: the seed, a strategy's saved state, ...
using StoreMeta = std::map<std::string, std::string>;

/// Under which key a store remembers that a trial is to be less than a full evaluation; stores give it as Trial::share.
[[nodiscard]] inline std::string share_key(std::size_t trial) { return "share/" + std::to_string(trial); }

}  // namespace hwnas
