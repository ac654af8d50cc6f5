// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  EnergyProfiler: the energy of an architecture from the predictors that latency has, filled with millijoules.
///        LookupTable joules = ...;   // latency_ms holds millijoules
///        EnergyProfiler<OnImages, LookupTable> energy{joules};   energy.range();   count_within(energy, 0_mJ, 20_mJ);
#pragma once

#include <utility>

#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/profile/any_profiler.hpp"

namespace hwnas {

/// The sum of the predicted energies of an architecture's operators or kernels. The predictor's numbers are millijoules.
///   Errors  the constructor throws the predictor's Error; make() returns it
template <class Space, class P>
class EnergyProfiler : public AnyProfiler<Space, Millijoules> {
 public:
  explicit EnergyProfiler(const P& predictor) : EnergyProfiler{LatencyProfiler<Space, P>{predictor}} {}
  [[nodiscard]] static Result<EnergyProfiler> make(const P& predictor) {
    auto column = LatencyProfiler<Space, P>::make(predictor);
    if (!column) return column.error();
    return EnergyProfiler{std::move(*column)};
  }

 private:
  // A tick is a billionth of the unit in both.
  static_assert(unit_tag::Milliseconds::ticks == unit_tag::Millijoules::ticks);
  explicit EnergyProfiler(LatencyProfiler<Space, P> column) : AnyProfiler<Space, Millijoules>{std::move(column), 1} {}
};

}  // namespace hwnas
