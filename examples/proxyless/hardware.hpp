// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Hardware: the one cost that a search is aware of, chosen at run time among latency, FLOPs and parameters.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/profile/table_profiler.hpp"

namespace proxyless {

/// Milliseconds, or millions of multiply-adds or parameters: the program's messages say which.
struct CostTag {
  using rep = double;
  static constexpr std::int64_t ticks = 1'000'000'000;
  static constexpr std::string_view unit = "of the hardware's unit";
};
using Cost = hwnas::Quantity<CostTag>;

/// A copy of any adding profiler's column, in Cost.
template <class Space> class Hardware : public hwnas::TableProfiler<Hardware<Space>, Space, Cost> {
 public:
  /// `scale`: ticks of Cost for one tick of the profiler.
  template <class P> Hardware(const P& profiler, std::string unit, std::int64_t scale) : unit_{std::move(unit)} {
    auto table = std::make_shared<Table>();
    const hwnas::TrellisView view = profiler.view();
    for (const std::int64_t cost : view.costs) table->costs.push_back(cost * scale);
    table->paths.resize(table->costs.size());
    hwnas::fill_path_table({hwnas::Compiled<Space>::shape(), table->costs, hwnas::Combine::sum}, table->paths);
    table_ = std::move(table);
  }
  [[nodiscard]] hwnas::TrellisView view() const {
    return {hwnas::Compiled<Space>::shape(), table_->costs, hwnas::Combine::sum};
  }
  [[nodiscard]] std::span<const hwnas::PathEdge> path_table() const { return table_->paths; }
  [[nodiscard]] const std::string& unit_text() const { return unit_; }
  /// "0.972 ms"
  [[nodiscard]] std::string text(double value) const { return fmt::format("{:.4g} {}", value, unit_); }

 private:
  struct Table {
    std::vector<std::int64_t> costs;
    std::vector<hwnas::PathEdge> paths;
  };
  std::string unit_;
  std::shared_ptr<const Table> table_;
};

}  // namespace proxyless
