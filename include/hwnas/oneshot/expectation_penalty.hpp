// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  ExpectationPenalty: the expected cost under a search's probabilities, as a term of its loss.
///        ExpectationPenalty{latency, 65.0_ms, MulLog{.alpha = 0.2, .beta = 0.3}}
///        Expectation and gradient come from the profiler's table, exactly: no sampling, nothing is predicted again.
#pragma once

#include <utility>

#include "hwnas/oneshot/penalty.hpp"
#include "hwnas/profile/probabilities.hpp"
#include "hwnas/profile/table_profiler.hpp"

namespace hwnas {

/// The differentiable hardware term, for strategies that learn by gradients. Any table profiler, any loss. Constraints do not
/// enter: the expectation is that of the probabilities themselves, so that its gradient pulls on them near a budget, too.
template <class P, PenaltyLoss L = MulLog> class ExpectationPenalty {
 public:
  using profiler = P;
  using space = typename P::space;
  using unit = typename P::unit;
  using Cost = Quantity<typename unit::tag, double>;
  static constexpr bool differentiable = true;

  /// Errors   the constructor throws check_reference's; make() returns it
  ExpectationPenalty(P profiler, unit reference, L loss = {})
      : profiler_{std::move(profiler)}, reference_{reference}, loss_{loss} {
    require_table<P>();
    check_reference<L>(profiler_.range(), reference_, type_name<L>).value();
  }
  [[nodiscard]] static Result<ExpectationPenalty> make(P profiler, unit reference, L loss = {}) {
    try {
      return ExpectationPenalty{std::move(profiler), reference, loss};
    } catch (const Error& error) {
      return error;
    }
  }

  /// The penalised loss, with its derivatives by the loss and by the cost (per unit).
  [[nodiscard]] PenalisedLoss operator()(double loss, Cost cost) const {
    return loss_.values_of(loss, cost.value(), static_cast<double>(reference_.value()));
  }
  [[nodiscard]] Cost expected(const Probabilities<space>& p) const { return profiler_.expected(p); }
  /// d expected / d probability, per unit.
  [[nodiscard]] Probabilities<space> gradient(const Probabilities<space>& p) const {
    return profiler_.expected_gradient(p);
  }

  /// After an architecture step: DualAscent moves its multiplier, other losses have nothing to remember.
  void update(Cost cost) {
    if constexpr (requires { loss_.update(1.0, 1.0); }) {
      loss_.update(cost.value(), static_cast<double>(reference_.value()));
    }
  }

  [[nodiscard]] unit reference() const { return reference_; }
  [[nodiscard]] const L& loss() const { return loss_; }
  [[nodiscard]] L& loss() { return loss_; }

 private:
  P profiler_;
  unit reference_;
  L loss_;
};

}  // namespace hwnas
