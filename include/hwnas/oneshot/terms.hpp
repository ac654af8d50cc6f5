// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Which terms may stand behind a search's strategy or policy, and a sentence where one may not.
///        OneShot search{supernet, Spos<S>{}, HardConstraint{latency, 3_ms}, SamplePenalty{params, 2_Mparams}};
#pragma once

#include "hwnas/oneshot/penalty.hpp"
#include "hwnas/profile/constraints.hpp"

namespace hwnas {

namespace error {
template <class Term> struct neither_penalty_nor_constraint {
  static constexpr bool value = Penalty<Term> || Constraint<Term>;
};
template <class Strategy, class Term> struct constraint_on_a_strategy_that_trains_outside {
  static constexpr bool value = requires(Strategy& strategy, const Term& term) { strategy.constrain(term); };
};
template <class Strategy, class Term> struct penalty_on_a_strategy_without_rewards {
  static constexpr bool value = requires(Strategy& strategy, const Term& term) { strategy.penalise(term); };
};
template <class Strategy, class P> struct multiplier_that_nothing_moves {
  static constexpr bool value = !requires(P& penalty) { penalty.loss().update(1.0, 1.0); };
};
}  // namespace error

/// Explains why a type is no term.
template <class Term> constexpr void require_term() {
  static_assert(error::neither_penalty_nor_constraint<Term>::value,
                "hwnas: what follows a search's policy must be a penalty (ExpectationPenalty, SamplePenalty) or a "
                "constraint (HardConstraint, RangeProfilerFilter)");
}

/// Gives a term to a strategy that has no architecture parameters: strategy.constrain(constraint), which draws inside
/// from then on, or strategy.penalise(penalty), which lowers what it chooses by.
///   Errors   compile errors where the strategy cannot take it; throws what constraints that nothing meets say
template <class Strategy, class Term> void give_term(Strategy& strategy, const Term& term) {
  require_term<Term>();
  if constexpr (Constraint<Term>) {
    using Fits = error::constraint_on_a_strategy_that_trains_outside<Strategy, Term>;
    static_assert(Fits::value,
                  "hwnas: this strategy cannot draw its training paths inside a constraint (FairNas runs every candidate "
                  "equally often, ProgressiveShrinking the largest network); use Budgets, its second argument, which "
                  "bind what it chooses, or Spos");
    if constexpr (Fits::value) strategy.constrain(term);
  } else if constexpr (Penalty<Term>) {
    using Fits = error::penalty_on_a_strategy_without_rewards<Strategy, Term>;
    static_assert(Fits::value,
                  "hwnas: this strategy has no reward that a penalty could lower; give it a member penalise(penalty), or "
                  "use HardConstraint");
    if constexpr (Fits::value) strategy.penalise(term);
  }
}

/// Explains why a penalty cannot lower the scores of an evolution.
template <class Strategy, class P> constexpr void require_penalises_scores() {
  require_penalty_fits<Strategy, P>();
  static_assert(error::multiplier_that_nothing_moves<Strategy, P>::value,
                "hwnas: DualAscent cannot be the formula of a penalty on evolution, which never moves its multiplier; use "
                "HardConstraint to keep a budget, or AbsoluteReward");
}

}  // namespace hwnas
