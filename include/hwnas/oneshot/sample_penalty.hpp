// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  SamplePenalty: the cost of a sampled architecture, as a term of its reward.
///        SamplePenalty{latency, 65.0_ms, AbsoluteReward{}}(accuracy, latency.profile(a))
#pragma once

#include <utility>

#include <fmt/format.h>

#include "hwnas/oneshot/penalty.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// The hardware term for strategies that sample architectures and learn from rewards, where more is better. Any profiler with a
/// member type `space` will do: one without a table has no range, so its reference and costs are checked as they come. Dearer
/// never pays, whatever the loss: see penalised_reward(). Under DualAscent all samples of an update pay one price a unit, that of
/// the mean cost of the update before: a price of each sample's own cost would charge what is above and not pay for what
/// is below, so that the mean would end under the reference. A loss with update() is priced so; where a loss is one of several
/// at run time, its is_priced() says whether it is DualAscent now.
///   Formula  DualAscent: reward - price (cost - reference), price = max(0, multiplier + damping x) / reference
template <class P, PenaltyLoss L = MulPower> class SamplePenalty {
 public:
  using profiler = P;
  using space = typename P::space;
  using unit = typename P::unit;
  using Cost = Quantity<typename unit::tag, double>;
  static constexpr bool differentiable = false;

  /// Errors   the constructor throws check_reference's; make() returns it. Without a table: bad_value for a reference that is
  ///          not above 0, and from operator() for the cost of a sample whose logarithm a formula cannot take
  SamplePenalty(P profiler, unit reference, L loss = {})
      : profiler_{std::move(profiler)}, reference_{reference}, loss_{loss} {
    if constexpr (has_range) {
      check_reference<L>(profiler_.range(), reference_, type_name<L>).value();
    } else if (!(static_cast<double>(reference.value()) > (L::uses_logarithm ? 1 : 0))) {
      throw Error{Error::Code::bad_value, fmt::format("a reference of {}: {} needs one above {} {}", reference,
                                                      type_name<L>, L::uses_logarithm ? 1 : 0, unit::unit())};
    }
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
    if (is_priced()) return reward - price_ * (cost.value() - static_cast<double>(reference_.value()));
    if constexpr (!has_range && L::uses_logarithm) {
      if (!(cost.value() > 1)) {
        throw Error{Error::Code::bad_value,
                    fmt::format("{} takes logarithms, and must get costs above 1 {}; a sample has {}: use AddLinear or "
                                "DualAscent, which do not depend on the unit",
                                type_name<L>, unit::unit(), cost)};
      }
    }
    return penalised_reward(loss_, reward, cost.value(), static_cast<double>(reference_.value()));
  }
  [[nodiscard]] Cost cost(const Architecture<space>& a) const { return Cost{profiler_.profile(a)}; }

  /// After an update from architectures of this mean cost; DualAscent moves its multiplier.
  void update(Cost mean) {
    if constexpr (has_price) {
      loss_.update(mean.value(), static_cast<double>(reference_.value()));
      price_ = price_at(mean.value());
    }
  }
  /// Of a unit of cost, in units of reward: what a checkpoint must remember beside the multiplier.
  [[nodiscard]] double price() const { return price_; }
  void set_price(double price) { price_ = price; }

  [[nodiscard]] unit reference() const { return reference_; }
  [[nodiscard]] const L& loss() const { return loss_; }
  [[nodiscard]] L& loss() { return loss_; }

 private:
  static constexpr bool has_range = TableProfilerType<P>;
  static constexpr bool has_price = requires(L& loss) { loss.update(1.0, 1.0); };
  [[nodiscard]] bool is_priced() const {
    if constexpr (requires { loss_.is_priced(); }) return loss_.is_priced();
    return has_price;
  }
  [[nodiscard]] double price_at(double cost) const {
    return loss_.values_of(0, cost, static_cast<double>(reference_.value())).by_cost;
  }

  P profiler_;
  unit reference_;
  L loss_;
  double price_ = has_price ? price_at(static_cast<double>(reference_.value())) : 0;
};

}  // namespace hwnas
