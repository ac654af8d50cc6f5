// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Rounds: many things timed in turn, with a reference kernel between them. Where the reference is slower than at its
///        best, the machine was disturbed: those runs are made again, or the measurement says so.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/measure/measurement.hpp"

namespace hwnas {

/// Runs something once and says how long it took.
using TimedRun = std::function<Result<Milliseconds>()>;

/// The message of a measurement that was asked to stop; a device's time limit is interrupted too.
inline constexpr const char* stopped_message = "measuring latency: stopped";

/// Times things. No reference: nothing counts as disturbed.
class Rounds {
 public:
  Rounds(std::vector<TimedRun> things, TimedRun reference, const MeasureOptions& options)
      : things_{std::move(things)}, reference_{std::move(reference)}, options_{options}, turns_(things_.size()),
        total_{options.rounds * static_cast<int>(things_.size())} {}

  ///   Errors   interrupted; bad_value for a time that is no positive number; those of the things
  [[nodiscard]] Result<std::vector<Measurement>> measure() {
    const auto begin = std::chrono::steady_clock::now();
    const auto is_early = [&] { return milliseconds_since(begin) < options_.least_time; };
    for (int round = 0; is_wanted(round, is_early()); ++round) {
      const bool all = round < options_.rounds || is_early();
      for (std::size_t t = 0; t < things_.size(); ++t) {
        if (!all && !is_disturbed(t)) continue;
        if (round >= options_.rounds) ++total_;
        if (auto done = turn(t); !done) return done.error();
      }
      if (auto done = close_turns(); !done) return done.error();
    }
    std::vector<Measurement> results;
    for (std::size_t t = 0; t < things_.size(); ++t) results.push_back(result(t));
    return results;
  }

 private:
  // One thing's runs of one round, and how slow the reference was around them.
  struct Turn {
    std::vector<double> milliseconds;
    double reference = 0;
  };

  // Repeats come after the rounds asked for, and after the time that they shall last.
  [[nodiscard]] bool is_wanted(int round, bool early) const {
    return early || round < options_.rounds + (reference_ ? options_.repeats : 0);
  }
  Result<void> turn(std::size_t t) {
    if (options_.stop && options_.stop()) return Error{Error::Code::interrupted, stopped_message};
    if (last_reference_ == 0) {
      if (auto done = run_reference(options_.warmup); !done) return done;
    }
    Turn made;
    const int warmup = turns_[t].empty() ? options_.warmup : std::min(1, options_.warmup);
    double total = 0;
    for (int i = 0; i < warmup + options_.runs && !is_enough(made.milliseconds.size(), total); ++i) {
      const auto time = run(things_[t]);
      if (!time) return time.error();
      if (i < warmup) continue;
      made.milliseconds.push_back(time->value());
      total += time->value();
    }
    turns_[t].push_back(std::move(made));
    open_.push_back(t);
    if (static_cast<int>(open_.size()) >= options_.reference_every) {
      if (auto done = close_turns(); !done) return done;
    }
    ++done_;
    if (options_.progress) options_.progress(done_, total_);
    return {};
  }
  // Runs the reference again. The turns since it last ran count as disturbed as the slower of the two runs around them.
  Result<void> close_turns() {
    if (open_.empty()) return {};
    const double before = last_reference_;
    if (auto done = run_reference(0); !done) return done;
    for (const std::size_t t : open_) turns_[t].back().reference = std::max(before, last_reference_);
    open_.clear();
    return {};
  }
  [[nodiscard]] bool is_enough(std::size_t runs, double milliseconds) const {
    const double limit = options_.round_time.value();
    return runs >= 2 && limit > 0 && milliseconds >= limit;
  }
  Result<void> run_reference(int warmup) {
    if (!reference_) return {};
    const int runs = std::min(2, options_.runs);  // the quicker one counts
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < warmup + runs; ++i) {
      const auto time = run(reference_);
      if (!time) return time.error();
      if (i >= warmup) best = std::min(best, time->value());
    }
    last_reference_ = best;
    best_reference_ = std::min(best_reference_, best);
    return {};
  }
  static Result<Milliseconds> run(const TimedRun& thing) {
    auto time = thing();
    if (!time || (time->value() > 0 && std::isfinite(time->value()))) return time;
    return Error{Error::Code::bad_value,
                 fmt::format("measuring latency: got {}, expected a positive number of milliseconds", *time)};
  }

  [[nodiscard]] bool is_calm(const Turn& turn) const {
    return !reference_ || turn.reference <= best_reference_ * (1 + options_.max_drift);
  }
  [[nodiscard]] bool is_disturbed(std::size_t t) const {
    const auto calm =
        std::count_if(turns_[t].begin(), turns_[t].end(), [&](const Turn& turn) { return is_calm(turn); });
    return 2 * calm < options_.rounds;
  }
  // Of the calm turns, or of all where none was.
  [[nodiscard]] Measurement result(std::size_t t) const {
    const bool none = std::none_of(turns_[t].begin(), turns_[t].end(), [&](const Turn& turn) { return is_calm(turn); });
    std::vector<double> kept;
    for (const Turn& turn : turns_[t]) {
      if (none || is_calm(turn)) kept.insert(kept.end(), turn.milliseconds.begin(), turn.milliseconds.end());
    }
    Measurement measured = statistics_of(kept);
    measured.disturbed = is_disturbed(t);
    return measured;
  }

  std::vector<TimedRun> things_;
  TimedRun reference_;
  const MeasureOptions& options_;
  std::vector<std::vector<Turn>> turns_;
  std::vector<std::size_t> open_;  // things whose last turn awaits the reference's next run
  int done_ = 0;
  int total_ = 0;
  double last_reference_ = 0;  // 0: not run yet
  double best_reference_ = std::numeric_limits<double>::infinity();
};

}  // namespace hwnas
