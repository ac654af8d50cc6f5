// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  EnergyProfiler: the energy of an architecture from the predictors that latency has, filled with millijoules.
///        LookupTable joules = ...;   // latency_ms holds millijoules
///        EnergyProfiler<OnImages, LookupTable> energy{joules};   energy.range();   count_within(energy, 0_mJ, 20_mJ);
#pragma once

#include <span>
#include <utility>

#include "hwnas/latency/latency_profiler.hpp"

namespace hwnas {
namespace detail {
template <class Column>
struct OwnTrellisOf {};
template <class Column>
  requires requires { typename Column::own_trellis; }
struct OwnTrellisOf<Column> {
  using own_trellis = typename Column::own_trellis;
};
}  // namespace detail

/// The sum of the predicted energies of an architecture's operators or kernels. The predictor's numbers are millijoules.
///   Errors  the constructor throws the predictor's Error; make() returns it
template <class Space, class P>
class EnergyProfiler : public TableProfiler<EnergyProfiler<Space, P>, Space, Millijoules>,
                       public detail::OwnTrellisOf<LatencyProfiler<Space, P>> {
 public:
  explicit EnergyProfiler(const P& predictor) : column_{predictor} {}
  [[nodiscard]] static Result<EnergyProfiler> make(const P& predictor) {
    auto column = LatencyProfiler<Space, P>::make(predictor);
    if (!column) return column.error();
    return EnergyProfiler{std::move(*column)};
  }

  [[nodiscard]] TrellisView view() const { return column_.view(); }
  [[nodiscard]] std::span<const PathEdge> path_table() const { return column_.path_table(); }

 private:
  // A tick is a billionth of the unit in both.
  static_assert(unit_tag::Milliseconds::ticks == unit_tag::Millijoules::ticks);
  explicit EnergyProfiler(LatencyProfiler<Space, P> column) : column_{std::move(column)} {}
  LatencyProfiler<Space, P> column_;
};

}  // namespace hwnas
