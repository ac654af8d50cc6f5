// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  SamplePenalty: the cost of a sampled architecture, as a term of its reward.
///        SamplePenalty{latency, 65.0_ms, AbsoluteReward{}}(accuracy, latency.profile(a))
#pragma once

#include <utility>

#include "hwnas/oneshot/penalty.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// The hardware term for strategies that sample architectures and learn from rewards, where more is better. Dearer
/// never pays, whatever the loss: see penalised_reward().
template <class P, PenaltyLoss L = MulPower> class SamplePenalty {
 public:
  using profiler = P;
  using space = typename P::space;
  using unit = typename P::unit;
  using Cost = Quantity<typename unit::tag, double>;
  static constexpr bool differentiable = false;

  /// Errors   the constructor throws check_reference's; make() returns it
  SamplePenalty(P profiler, unit reference, L loss = {})
      : profiler_{std::move(profiler)}, reference_{reference}, loss_{loss} {
    require_table<P>();
    check_reference<L>(profiler_.range(), reference_, type_name<L>).value();
  }
  [[nodiscard]] static Result<SamplePenalty> make(P profiler, unit reference, L loss = {}) {
    try {
      return SamplePenalty{std::move(profiler), reference, loss};
    } catch (const Error& error) {
      return error;
    }
  }

  /// The penalised reward.
  [[nodiscard]] double operator()(double reward, Cost cost) const {
    return penalised_reward(loss_, reward, cost.value(), static_cast<double>(reference_.value()));
  }
  [[nodiscard]] Cost cost(const Architecture<space>& a) const { return Cost{profiler_.profile(a)}; }

  /// After an update from architectures of this mean cost; DualAscent moves its multiplier.
  void update(Cost mean) {
    if constexpr (requires { loss_.update(1.0, 1.0); }) {
      loss_.update(mean.value(), static_cast<double>(reference_.value()));
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
