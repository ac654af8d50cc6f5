// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  AnyProfiler: a profiler of one space and unit whose kind is only known at run time.
///        AnyProfiler<S, Milliseconds> latency = kernels ? AnyProfiler<S, Milliseconds>{by_kernel} : by_operator;
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "hwnas/profile/concepts.hpp"
#include "hwnas/profile/path_table.hpp"
#include "hwnas/profile/table_profiler.hpp"

namespace hwnas {

/// Costs of any profiler that adds, with all that a table profiler can do; copies share the table. It keeps the
/// profiler, whose trellis need not be the space's own.
template <class Space, class Unit> class AnyProfiler : public TableProfiler<AnyProfiler<Space, Unit>, Space, Unit> {
 public:
  using own_trellis = TrellisView;

  template <TableProfilerType P>
    requires(!std::derived_from<P, AnyProfiler> && std::same_as<typename P::unit, Unit>)
  AnyProfiler(P profiler) : AnyProfiler{std::move(profiler), 1} {}  // NOLINT: a profiler is one of any kind
  /// Of another unit: `scale` ticks of Unit for each of its ticks.
  template <TableProfilerType P>
  AnyProfiler(P profiler, std::int64_t scale)
      : AnyProfiler{std::move(profiler), [scale](std::int64_t ticks) { return ticks * scale; }} {}
  /// Of other costs: what `cost` makes of the ticks of every edge, in ticks of Unit.
  template <TableProfilerType P, std::invocable<std::int64_t> Cost>
  AnyProfiler(P profiler, const Cost& cost) : table_{std::make_shared<const Table>(std::move(profiler), cost)} {
    static_assert(std::same_as<typename P::space, Space>,
                  "hwnas: the profiler is of another space than its AnyProfiler");
  }

  [[nodiscard]] TrellisView view() const { return {table_->shape, table_->costs, Combine::sum}; }
  [[nodiscard]] std::span<const PathEdge> path_table() const { return table_->paths; }
  [[nodiscard]] bool own_trellis_is_layered() const { return table_->layered; }

 private:
  struct Table {
    std::shared_ptr<const void> profiler;  // has the shape
    TrellisShape shape;
    std::vector<std::int64_t> costs;
    std::vector<PathEdge> paths;
    bool layered = false;

    template <class P, class Cost> Table(P given, const Cost& cost) {
      auto kept = std::make_shared<const P>(std::move(given));
      const TrellisView view = kept->view();
      shape = view;
      for (const std::int64_t ticks : view.costs) costs.push_back(cost(ticks));
      paths.resize(costs.size());
      fill_path_table({shape, costs, Combine::sum}, paths);
      layered = is_layered(shape);
      profiler = std::move(kept);
    }
  };
  std::shared_ptr<const Table> table_;
};

}  // namespace hwnas
