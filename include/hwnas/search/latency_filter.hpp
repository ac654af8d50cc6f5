// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  LatencyFilter: middleware that lets only fast enough proposals through, under NNI's name.
///        Chain{Random<S>{}, LatencyFilter{65_ms, LookupTable::load("pixel1.csv").value()}}
#pragma once

#include <any>
#include <optional>
#include <utility>

#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/search/filter.hpp"

namespace hwnas {

/// Whether a predicted latency is at most a threshold. `P` predicts kernels or operators, or is a profiler of latency.
template <class P>
class WithinLatency {
 public:
  WithinLatency(Milliseconds threshold, P predictor) : threshold_{threshold}, predictor_{std::move(predictor)} {}

  /// Errors  throws the predictor's Error when it cannot tell of the space
  template <class Space>
  [[nodiscard]] bool operator()(const Architecture<Space>& a) {
    if constexpr (Profiler<P, Space>) {
      return predictor_.profile(a) <= threshold_;
    } else {
      using Table = LatencyProfiler<Space, P>;
      // Made for the space that is asked for: the filter's type need not name it.
      if (std::any_cast<Table>(&table_) == nullptr) table_ = Table{predictor_};
      return std::any_cast<Table>(&table_)->profile(a) <= threshold_;
    }
  }

 private:
  Milliseconds threshold_;
  P predictor_;
  std::any table_;
};

/// Filter by latency. Where the budget is tight, Feasible draws inside it instead of refusing.
template <class P>
class LatencyFilter : public Filter<WithinLatency<P>> {
 public:
  LatencyFilter(Milliseconds threshold, P predictor, int patience = default_patience,
                std::optional<Metrics> answer = {})
      : Filter<WithinLatency<P>>{WithinLatency<P>{threshold, std::move(predictor)}, patience, std::move(answer)} {}
};

}  // namespace hwnas
