// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  LatencyProfiler: a predictor's answers as one more column of the trellis.
///        LatencyProfiler<OnImages, LookupTable> latency{table};
///        latency.range();  count_within(latency, 0_ms, 5_ms);  uniform_within(latency, 0_ms, 5_ms);
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/latency/concepts.hpp"
#include "hwnas/latency/operator_key.hpp"
#include "hwnas/profile/table_profiler.hpp"

namespace hwnas {

/// Latency of an architecture: the sum of its operators' predicted latencies. The predictor is asked once for each
/// distinct key of the space; afterwards a profile is one read a decision.
///   Errors  the constructor throws the predictor's Error; make() returns it
template <class Space, class P>
class LatencyProfiler : public TableProfiler<LatencyProfiler<Space, P>, Space, Milliseconds> {
 public:
  static_assert(Predictor<P>, "hwnas: a latency predictor must have a key type and predict(key) -> Result<Milliseconds>");

  explicit LatencyProfiler(const P& predictor) : LatencyProfiler{make(predictor).value()} {}

  /// Fills the column.
  ///   Errors  those of the predictor; bad_value where it answers a negative or infinite latency
  [[nodiscard]] static Result<LatencyProfiler> make(const P& predictor) {
    const TrellisLists lists = Compiled<Space>::lists();
    std::vector<std::int64_t> ticks;
    for (const OperatorKey& key : operator_keys(lists, program<Space>)) {
      const Result<Milliseconds> latency = predictor.predict(key);
      if (!latency) return latency.error();
      if (!(latency->value() >= 0) || latency->value() > 1e9) {
        return Error{Error::Code::bad_value, fmt::format("predicted latency of {} is {}: expected a finite number of "
                                                         "milliseconds, 0 or more", key.text(), *latency)};
      }
      ticks.push_back(latency->ticks());
    }
    auto table = std::make_shared<Table>();
    table->costs.resize(lists.edges.size());
    sum_column(lists, ticks, table->costs);
    table->paths.resize(lists.edges.size());
    fill_path_table({Compiled<Space>::shape(), table->costs, Combine::sum}, table->paths);
    return LatencyProfiler{std::move(table)};
  }

  [[nodiscard]] TrellisView view() const { return {Compiled<Space>::shape(), table_->costs, Combine::sum}; }
  [[nodiscard]] std::span<const PathEdge> path_table() const { return table_->paths; }

 private:
  struct Table {
    std::vector<std::int64_t> costs;
    std::vector<PathEdge> paths;
  };
  explicit LatencyProfiler(std::shared_ptr<const Table> table) : table_{std::move(table)} {}
  std::shared_ptr<const Table> table_;
};

}  // namespace hwnas
