// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a penalty is, and what all of them check: a hardware term of a one-shot search. No LibTorch in here.
///        static_assert(Penalty<ExpectationPenalty<FlopsProfiler<S>, AddLinear>>);
#pragma once

#include <concepts>
#include <string>

#include <fmt/format.h>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/meta/type_name.hpp"
#include "hwnas/profile/concepts.hpp"
#include "hwnas/profile/range.hpp"
#include "hwnas/search/penalty_losses.hpp"

namespace hwnas {

/// A hardware term.
///   unit             of its cost
///   differentiable   true: takes a loss and an expected cost, gives a PenalisedLoss with derivatives;
///                    false: takes the reward of a sampled architecture and its cost, gives a reward
template <class P>
concept Penalty = requires(const P& p, double x, Quantity<typename P::unit::tag, double> cost) {
  typename P::unit;
  { P::differentiable } -> std::convertible_to<bool>;
  p(x, cost);
};

/// What penalties make of their reference before anything is trained.
///   Errors   bad_value: a reference outside the range (which the message gives), one of 0, which formulas divide by, or a
///            formula with logarithms where the space has costs of 1 or less in their unit
template <PenaltyLoss L, class Unit>
[[nodiscard]] Result<void> check_reference(const Range<Unit>& range, Unit reference, std::string_view formula) {
  if (!range.contains(reference)) {
    return Error{Error::Code::bad_value,
                 fmt::format("a reference of {} cannot be met: the space's networks have {} to {}", reference,
                             range.min, range.max)};
  }
  if (!(static_cast<double>(reference.value()) > 0)) {
    return Error{Error::Code::bad_value,
                 fmt::format("a reference of {}: {} divides by it, and must get one above 0", reference, formula)};
  }
  if (L::uses_logarithm && !(static_cast<double>(range.min.value()) > 1)) {
    return Error{
        Error::Code::bad_value,
        fmt::format("{} takes logarithms, and must get costs above 1 {}; the space's networks have {} to {}: use "
                    "AddLinear or DualAscent, which do not depend on the unit",
                    formula, Unit::unit(), range.min, range.max)};
  }
  return {};
}

namespace error {
template <class Strategy, class P>
struct differentiable_penalty_on_a_sampling_strategy {
  static constexpr bool value = Strategy::differentiable || !P::differentiable;
};
template <class Strategy, class P>
struct sample_penalty_on_a_differentiable_strategy {
  static constexpr bool value = !Strategy::differentiable || P::differentiable;
};
template <class Strategy, class P>
struct penalty_of_another_space {
  static constexpr bool value = std::is_same_v<typename Strategy::space, typename P::space>;
};
}  // namespace error

/// Explains why a penalty does not go with a strategy.
template <class Strategy, class P>
constexpr void require_penalty_fits() {
  static_assert(error::differentiable_penalty_on_a_sampling_strategy<Strategy, P>::value,
                "hwnas: a strategy that samples architectures and learns from their rewards cannot use an "
                "ExpectationPenalty, whose gradient it never takes; use SamplePenalty");
  static_assert(error::sample_penalty_on_a_differentiable_strategy<Strategy, P>::value,
                "hwnas: a strategy that learns by gradients cannot use a SamplePenalty, which has none; use "
                "ExpectationPenalty");
  static_assert(error::penalty_of_another_space<Strategy, P>::value,
                "hwnas: a penalty must be about the space that is searched; give its profiler the same space");
}

}  // namespace hwnas
