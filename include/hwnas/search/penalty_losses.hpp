// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How a cost on hardware enters what a search minimises: a formula, and its two derivatives, as plain numbers.
///        MulLog{.alpha = 0.2, .beta = 0.3}(loss, 70_ms, 65_ms).value        // loss: cross entropy, in nats
///        Adding one: a struct with values_of(loss, cost, reference); as `uses_logarithm` say whether the unit matters.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>

namespace hwnas {

/// What a term makes of a loss: the number to minimise, and how it moves with the loss and with the cost (per unit).
struct PenalisedLoss {
  double value = 0;
  double by_loss = 1;
  double by_cost = 0;
};

/// A formula of a hardware term, to be minimised. Plain numbers in the cost's unit.
///   values_of(loss, cost, reference)   PenalisedLoss, affine in the loss: a(cost) + b(cost) loss
///   uses_logarithm                     whether it takes logarithms of costs, which forbids numbers up to 1
///   Laws                               by_loss and by_cost are the derivatives; tests/search/penalty_losses_test.cpp
template <class L>
concept PenaltyLoss = requires(const L& l, double x) {
  { l.values_of(x, x, x) } -> std::same_as<PenalisedLoss>;
  { L::uses_logarithm } -> std::convertible_to<bool>;
};

/// mul#log of ProxylessNAS's official code: no target is in it. With a scale-free optimiser (Adam) neither alpha nor the
/// reference changes anything but the balance between loss and cost; to meet a budget use DualAscent or a constraint.
///   Formula   alpha * loss * (log cost / log reference)^beta
///   Defaults  the command line's; the code's own, where it gets none, are 1 and 0.6
///   Errors    cost and reference must be above 1 in their unit (checked by the penalties): a logarithm of up to 1 is
///             no positive base of a power
struct MulLog {
  double alpha = 0.2;
  double beta = 0.3;
  static constexpr bool uses_logarithm = true;

  [[nodiscard]] PenalisedLoss values_of(double loss, double cost, double reference) const {
    const double ratio = std::log(cost) / std::log(reference);
    const double factor = alpha * std::pow(ratio, beta);
    return {loss * factor, factor, loss * factor * beta / (cost * std::log(cost))};
  }
};

/// add#linear of ProxylessNAS's official code; the reference only scales lambda and is no target either.
///   Formula   loss + lambda * (cost - reference) / reference
///   Default   the command line's 0.1; the code's own, where it gets none, is 0.2
struct AddLinear {
  double lambda = 0.1;
  static constexpr bool uses_logarithm = false;

  [[nodiscard]] PenalisedLoss values_of(double loss, double cost, double reference) const {
    return {loss + lambda * (cost - reference) / reference, 1, lambda / reference};
  }
};

/// A power of the relative cost: as a reward, that of ProxylessNAS's official REINFORCE, acc * (reference / cost)^0.1.
///   Formula   loss * (cost / reference)^exponent
struct MulPower {
  double exponent = 0.1;
  static constexpr bool uses_logarithm = false;

  [[nodiscard]] PenalisedLoss values_of(double loss, double cost, double reference) const {
    const double factor = std::pow(cost / reference, exponent);
    return {loss * factor, factor, loss * factor * exponent / cost};
  }
};

/// NNI 3's penalty: a nonlinear function of the relative excess x = cost / reference - 1, added or multiplied.
///   Formula   add: loss + scale * f(x);   mul: loss * (1 + f(x))^scale;   both to be minimised
///             f(x): linear x, positive max(x, 0), negative min(x, 0), absolute |x|
///   Defaults  NNI's: scale 1, linear, add
struct NniPenalty {
  enum class Nonlinear { linear, positive, negative, absolute };
  enum class Aggregate { add, mul };
  double scale = 1;
  Nonlinear nonlinear = Nonlinear::linear;
  Aggregate aggregate = Aggregate::add;
  static constexpr bool uses_logarithm = false;

  [[nodiscard]] PenalisedLoss values_of(double loss, double cost, double reference) const {
    const auto [f, slope] = shaped(cost / reference - 1);
    const double by_cost = slope / reference;
    if (aggregate == Aggregate::add) return {loss + scale * f, 1, scale * by_cost};
    const double factor = std::pow(1 + f, scale);
    // 0 at 1 + f = 0, where the power has no slope to give.
    const double steepness = 1 + f > 0 ? scale * std::pow(1 + f, scale - 1) : 0;
    return {loss * factor, factor, loss * steepness * by_cost};
  }

 private:
  struct Shaped {
    double value;
    double slope;
  };
  [[nodiscard]] Shaped shaped(double x) const {
    switch (nonlinear) {
      case Nonlinear::linear: return {x, 1};
      case Nonlinear::positive: return {std::max(x, 0.0), x > 0 ? 1.0 : 0.0};
      case Nonlinear::negative: return {std::min(x, 0.0), x < 0 ? 1.0 : 0.0};
      case Nonlinear::absolute: return {std::abs(x), x < 0 ? -1.0 : 1.0};
    }
    return {x, 1};
  }
};

/// TuNAS's absolute reward (Bender et al. 2020): the same price for missing the reference on either side, so that the
/// search ends at it.
///   Formula  reward + beta |cost / reference - 1| with beta < 0; here, to be minimised, loss - beta |...|
///   Default  ours: a tenth of the relative miss
struct AbsoluteReward {
  double beta = -0.1;
  static constexpr bool uses_logarithm = false;

  [[nodiscard]] PenalisedLoss values_of(double loss, double cost, double reference) const {
    const double x = cost / reference - 1;
    return {loss - beta * std::abs(x), 1, (x < 0 ? beta : -beta) / reference};
  }
};

/// A Lagrange multiplier for "cost at most reference", raised while the cost is above and lowered while it is below.
/// `damping` acts at once, where the multiplier remembers: without it, both circle around the reference.
///   Formula  loss + m x, x = cost / reference - 1, m = max(0, multiplier + damping x);
///            after each architecture step multiplier <- max(0, multiplier + rate x)
struct DualAscent {
  double rate = 0.05;
  double damping = 1;
  double multiplier = 0;  ///< to begin with; the present one afterwards
  static constexpr bool uses_logarithm = false;

  /// The derivative is m's share: what the multiplier's update must not be differentiated for.
  [[nodiscard]] PenalisedLoss values_of(double loss, double cost, double reference) const {
    const double x = cost / reference - 1;
    const double pressure = std::max(0.0, multiplier + damping * x);
    return {loss + augmented(x, pressure), 1, pressure / reference};
  }
  void update(double cost, double reference) {
    multiplier = std::max(0.0, multiplier + rate * (cost / reference - 1));
  }

 private:
  // The augmented Lagrangian, whose derivative by x is the pressure.
  [[nodiscard]] double augmented(double x, double pressure) const {
    if (damping <= 0) return pressure * x;
    return (pressure * pressure - multiplier * multiplier) / (2 * damping);
  }
};

/// The same formula on a reward, where more is better: what the formula adds to a loss is taken off, and what it
/// multiplies a loss with, the reward is divided by. (Applied as it stands, it would favour dear networks.)
template <PenaltyLoss L>
[[nodiscard]] double penalised_reward(const L& loss, double reward, double cost, double reference) {
  const PenalisedLoss at_zero = loss.values_of(0, cost, reference);
  return (reward - at_zero.value) / at_zero.by_loss;
}

}  // namespace hwnas
