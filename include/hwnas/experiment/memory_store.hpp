// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  MemoryStore: the trials of an experiment that need not outlive the process.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "hwnas/search/metrics.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// One evaluation of one architecture.
template <class Space>
struct Trial {
  enum class State { running, done, failed };

  std::size_t id = 0;
  Architecture<Space> architecture{};
  State state = State::running;
  int attempts = 0;
  Metrics metrics{};
  std::string reason{};  ///< why it failed
};

/// Keeps trials in the order in which they began.
template <class Space>
class MemoryStore {
 public:
  using space = Space;

  std::size_t begin_trial(const Architecture<Space>& a) {
    trials_.push_back({.id = trials_.size(), .architecture = a});
    return trials_.back().id;
  }
  void attempt(std::size_t id) { ++trials_[id].attempts; }
  void finish(std::size_t id, Metrics metrics) {
    trials_[id].state = Trial<Space>::State::done;
    trials_[id].metrics = std::move(metrics);
  }
  void fail(std::size_t id, std::string reason) {
    trials_[id].state = Trial<Space>::State::failed;
    trials_[id].reason = std::move(reason);
  }
  [[nodiscard]] const std::vector<Trial<Space>>& trials() const { return trials_; }

 private:
  std::vector<Trial<Space>> trials_;
};

}  // namespace hwnas
