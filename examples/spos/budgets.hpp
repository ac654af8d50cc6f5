// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  BudgetedSession: a session with the budgets of spos's command line.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "common/candidates.hpp"
#include "common/session.hpp"
#include "hwnas/oneshot/budgets.hpp"
#include "hwnas/profile/candidate_mask_json.hpp"
#include "hwnas/profile/candidate_scores.hpp"
#include "options.hpp"

namespace spos {

using namespace hwnas;

/// One run of spos. Its functions throw Error.
template <class Space> struct BudgetedSession : programs::Session<Space> {
  using programs::Session<Space>::outcome, programs::Session<Space>::bound, programs::Session<Space>::flops,
      programs::Session<Space>::params, programs::Session<Space>::memory;

  const Options& given;
  Budgets<Space> budgets{};     ///< of the search
  Budgets<Space> candidates{};  ///< of training, too: those that a first stage left
  typename Budgets<Space>::Draw draw{};

  BudgetedSession(std::string name, const Options& options)
      : programs::Session<Space>{std::move(name), options}, given{options} {}

  /// The first of two stages: what is left of the space.
  void choose_candidates() {
    CandidateMask<Space> mask;
    if (given.two_stage) mask = mask_of<Space>(score_candidates(*this->latency));
    if (!given.candidates.empty()) {
      auto read = candidate_mask_from_json<Space>(programs::read_text(given.candidates).value());
      if (!read) throw Error{read.error().code, given.candidates + ": " + read.error().message};
      mask = *read;
    }
    if (mask == CandidateMask<Space>{}) return;
    candidates.keep(mask);
    budgets.keep(mask);
    kept_ = to_json(mask);
    this->say("candidates: {}", programs::kept_text(mask));
  }
  void set_budgets() {
    const auto range = bound->range();
    constexpr double default_share = 0.35;  // of the range: cheap enough that the budget decides
    const bool any = given.max_latency || given.max_flops || given.max_params || given.max_memory;
    std::optional<double> most = given.max_latency;
    if (!any) {   // in whole microseconds, so that a person can say it
      const double share = range.min.value() + default_share * (range.max - range.min).value();
      most = std::ceil(share * 1000) / 1000;
    }
    outcome.budget_latency_ms = most.value_or(range.max.value());
    const auto whole = [](double x) { return static_cast<std::int64_t>(std::min(x, 9e18)); };
    const std::string what = outcome.confidence > 0 ? fmt::format("latency with probability {}", outcome.confidence)
                                                    : std::string{"latency"};
    if (most) budgets.add(what, *bound, Milliseconds{0}, Milliseconds{*most});
    if (given.max_flops) budgets.add("FLOPs", flops, Flops{0}, Flops{whole(*given.max_flops)});
    if (given.max_params) budgets.add("parameters", params, Params{0}, Params{whole(*given.max_params)});
    if (given.max_memory) budgets.add("activations", memory, Bytes{0}, Bytes{whole(*given.max_memory)});
    outcome.budgets = budgets.text();
    this->tell_range();
    draw = budgets.sampler().value();  // infeasible budgets are refused before anything is trained
    tell_budget(any);
  }
  void tell_budget(bool named) {
    const Bounds count = budgets.count();
    const auto text = [](u128 number) { return group_digits(to_string(number)); };
    outcome.feasible =
        count.is_exact() ? text(count.lower) : fmt::format("{} to {}", text(count.lower), text(count.upper));
    this->say("budget{}: {}; {} networks keep it", named ? "" : " (35 % of the range)", outcome.budgets,
              outcome.feasible);
  }

  [[nodiscard]] Architecture<Space> drawn() const {
    Rng draws = this->rng.split(programs::random_network);
    return draw(draws);
  }
  /// Which candidates were left.
  [[nodiscard]] std::string candidates_identity() const { return kept_.empty() ? "" : ", candidates " + kept_; }
  [[nodiscard]] std::string budget_identity() const {
    return fmt::format("{}, {}", outcome.budgets, this->latency_identity());
  }

 private:
  std::string kept_{};
};

}  // namespace spos
