// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  StopSignal: Ctrl-C and SIGTERM as a question that a loop asks between two steps.
///        StopSignal stop;
///        trainer.fit(step)  with TrainOptions{.stop = stop.asked()}
#pragma once

#include <atomic>
#include <csignal>
#include <functional>

namespace hwnas {

/// While it lives, the first SIGINT or SIGTERM only sets a flag; a second one ends the program as usual, so that a
/// program that does not ask can still be stopped. One at a time.
class StopSignal {
 public:
  StopSignal() {
    received_ = 0;
    struct sigaction action {};
    action.sa_handler = &StopSignal::receive;
    action.sa_flags = SA_RESTART;  // a checkpoint that is being written must not fail with EINTR
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &before_interrupt_);
    sigaction(SIGTERM, &action, &before_terminate_);
  }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  ~StopSignal() {
    sigaction(SIGINT, &before_interrupt_, nullptr);
    sigaction(SIGTERM, &before_terminate_, nullptr);
  }

  [[nodiscard]] bool requested() const { return received_ != 0; }
  /// The signal's number, 0 for none: a shell expects the exit status 128 + number.
  [[nodiscard]] int signal() const { return received_; }
  [[nodiscard]] std::function<bool()> asked() const {
    return [this] { return requested(); };
  }

 private:
  static void receive(int number) {
    if (received_.exchange(number) != 0) {
      std::signal(number, SIG_DFL);
      std::raise(number);
    }
  }
  // Only a lock-free atomic may be touched in a handler.
  static_assert(std::atomic<int>::is_always_lock_free);
  inline static std::atomic<int> received_ = 0;
  struct sigaction before_interrupt_ {};
  struct sigaction before_terminate_ {};
};

}  // namespace hwnas
