// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  AnyLoss: the penalty that the command line chose.
#pragma once

#include "hwnas/search/penalty_losses.hpp"
#include "options.hpp"

namespace proxyless {

/// One of hwnas's penalty formulas, chosen at run time.
struct AnyLoss {
  Penalty penalty = Penalty::none;
  GradReg grad_reg = GradReg::none;
  double lambda = 0, alpha = 0, beta = 0;
  double absolute = 1;    ///< price of missing the reference by all of it
  double multiplier = 0;  ///< of dual ascent
  static constexpr bool uses_logarithm = false;  // checked by the program, in the chosen hardware's words

  [[nodiscard]] static AnyLoss of(const Options& o) {
    return {o.penalty, o.grad_reg, o.lambda, o.alpha, o.beta, o.absolute_beta, 0};
  }
  /// For SamplePenalty: only this one charges all samples of an update one price.
  [[nodiscard]] bool is_priced() const { return penalty == Penalty::dual_ascent; }
  [[nodiscard]] bool takes_logarithms() const { return penalty == Penalty::grad_reg && grad_reg == GradReg::mul_log; }

  [[nodiscard]] hwnas::PenalisedLoss values_of(double loss, double cost, double reference) const {
    switch (penalty) {
      case Penalty::dual_ascent: return dual().values_of(loss, cost, reference);
      case Penalty::absolute: return hwnas::AbsoluteReward{-absolute}.values_of(loss, cost, reference);
      case Penalty::grad_reg:
        if (grad_reg == GradReg::mul_log) return hwnas::MulLog{alpha, beta}.values_of(loss, cost, reference);
        if (grad_reg == GradReg::add_linear) return hwnas::AddLinear{lambda}.values_of(loss, cost, reference);
        break;
      case Penalty::none: break;
    }
    return {loss, 1, 0};
  }
  void update(double cost, double reference) {
    if (penalty != Penalty::dual_ascent) return;
    hwnas::DualAscent next = dual();
    next.update(cost, reference);
    multiplier = next.multiplier;
  }

 private:
  [[nodiscard]] hwnas::DualAscent dual() const { return {.multiplier = multiplier}; }
};

}  // namespace proxyless
