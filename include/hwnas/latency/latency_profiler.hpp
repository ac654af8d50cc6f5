// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  LatencyProfiler: a predictor's answers as one more column of the trellis.
///        LatencyProfiler<OnImages, LookupTable> latency{table};
///        latency.range();  count_within(latency, 0_ms, 5_ms);  uniform_within(latency, 0_ms, 5_ms);
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/latency/concepts.hpp"
#include "hwnas/latency/kernel_trellis.hpp"
#include "hwnas/latency/listed_kernels.hpp"
#include "hwnas/latency/operator_key.hpp"
#include "hwnas/profile/table_profiler.hpp"

namespace hwnas {

namespace detail {

// One answer a key; all at once from predictors that can.
template <class P, class Keys>
[[nodiscard]] Result<std::vector<Milliseconds>> predictions(const P& predictor, const Keys& keys) {
  if constexpr (requires { predictor.predict_all(keys); }) {
    return predictor.predict_all(keys);
  } else {
    std::vector<Milliseconds> result;
    for (const auto& key : keys) {
      const Result<Milliseconds> latency = predictor.predict(key);
      if (!latency) return latency.error();
      result.push_back(*latency);
    }
    return result;
  }
}

// Latencies of keys in ticks.
template <class P, class Keys>
[[nodiscard]] Result<std::vector<std::int64_t>> predicted_ticks(const P& predictor, const Keys& keys) {
  std::vector<std::int64_t> ticks;
  const auto answer = predictions(predictor, keys);
  if (!answer) return answer.error();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& key = keys[i];
    const Milliseconds latency = (*answer)[i];
    if (!(latency.value() >= 0) || latency.value() > 1e9) {
      return Error{Error::Code::bad_value, fmt::format("predicted latency of {} is {}: expected a finite number of "
                                                       "milliseconds, 0 or more", key.text(), latency)};
    }
    ticks.push_back(latency.ticks());
  }
  return ticks;
}

// The column of edges where item f costs ticks[f].
[[nodiscard]] inline std::vector<std::int64_t> summed(const TrellisLists& lists, std::span<const std::int64_t> ticks) {
  std::vector<std::int64_t> result(lists.edges.size());
  sum_column(lists, ticks, result);
  return result;
}

// A latency column with its path table.
struct LatencyColumn {
  std::vector<std::int64_t> costs;
  std::vector<PathEdge> paths;

  LatencyColumn(const TrellisShape& shape, std::vector<std::int64_t> edge_costs)
      : costs{std::move(edge_costs)}, paths(costs.size()) {
    fill_path_table({shape, costs, Combine::sum}, paths);
  }
};

}  // namespace detail

/// Latency of an architecture: the sum of its operators', or kernels', predicted latencies. The predictor is asked once for
/// each distinct key of the space; afterwards a profile is one read a decision.
///   Errors  the constructor throws the predictor's Error; make() returns it
template <class Space, class P>
class LatencyProfiler : public TableProfiler<LatencyProfiler<Space, P>, Space, Milliseconds> {
 public:
  static_assert(Predictor<P>,
                "hwnas: a latency predictor must have a key type and predict(key) -> Result<Milliseconds>");

  explicit LatencyProfiler(const P& predictor) : LatencyProfiler{make(predictor).value()} {}

  /// Fills the column.
  ///   Errors  those of the predictor; bad_value where it answers a negative or infinite latency
  [[nodiscard]] static Result<LatencyProfiler> make(const P& predictor) {
    const TrellisLists lists = Compiled<Space>::lists();
    const auto ticks = detail::predicted_ticks(predictor, operator_keys(lists, program<Space>));
    if (!ticks) return ticks.error();
    return LatencyProfiler{std::make_shared<const detail::LatencyColumn>(lists, detail::summed(lists, *ticks))};
  }

  [[nodiscard]] TrellisView view() const { return {Compiled<Space>::shape(), column_->costs, Combine::sum}; }
  [[nodiscard]] std::span<const PathEdge> path_table() const { return column_->paths; }

 private:
  explicit LatencyProfiler(std::shared_ptr<const detail::LatencyColumn> column) : column_{std::move(column)} {}
  std::shared_ptr<const detail::LatencyColumn> column_;
};

/// The same for predictors of kernels. Kernels fuse as the predictor's rules() say; without any nothing fuses. The trellis is
/// the one rebuilt under these rules: it may have more states than the space's own.
///   Errors  those of kernel_trellis() as well
template <class Space, class P>
  requires std::same_as<typename P::key, KernelKey>
class LatencyProfiler<Space, P> : public TableProfiler<LatencyProfiler<Space, P>, Space, Milliseconds> {
 public:
  static_assert(Predictor<P>,
                "hwnas: a latency predictor must have a key type and predict(key) -> Result<Milliseconds>");
  using own_trellis = KernelTrellis;

  explicit LatencyProfiler(const P& predictor) : LatencyProfiler{make(predictor).value()} {}

  [[nodiscard]] static Result<LatencyProfiler> make(const P& predictor, FusionReach reach = FusionReach::network) {
    auto trellis = kernel_trellis<Space>(rules_of(predictor), reach);
    if (!trellis) return trellis.error();
    auto ticks = detail::predicted_ticks(predictor, trellis->kernels);
    if (!ticks) return ticks.error();
    auto costs = detail::summed(trellis->lists(), *ticks);
    return LatencyProfiler{std::make_shared<const Table>(std::move(*trellis), std::move(*ticks), std::move(costs))};
  }

  /// The same by the kernels that each network really runs (running_kernels): without those whose result nothing reads, and
  /// without what compilers of whole networks compute before, or once. Every network is looked at by itself, which takes seconds
  /// for some thousands (NAS-Bench-201) and is refused for more than a hundred thousand.
  ///   Errors   those of listed_kernels() and the predictor
  [[nodiscard]] static Result<LatencyProfiler> make_listed(const P& predictor) {
    auto listed = listed_kernels<Space>(rules_of(predictor));
    if (!listed) return listed.error();
    auto ticks = detail::predicted_ticks(predictor, listed->kernels());
    if (!ticks) return ticks.error();
    auto costs = listed->costs(*ticks);
    return LatencyProfiler{
        std::make_shared<const Table>(std::move(*listed).take_tree(), std::move(*ticks), std::move(costs))};
  }

  [[nodiscard]] TrellisView view() const { return {table_->trellis.shape(), table_->column.costs, Combine::sum}; }
  [[nodiscard]] std::span<const PathEdge> path_table() const { return table_->column.paths; }
  [[nodiscard]] bool own_trellis_is_layered() const { return table_->layered; }
  /// The distinct kernels of the whole space, and what was predicted for each.
  [[nodiscard]] std::span<const KernelKey> kernels() const { return table_->trellis.kernels; }
  [[nodiscard]] Milliseconds latency_of(std::size_t kernel) const {
    return Milliseconds::from_ticks(table_->ticks[kernel]);
  }

 private:
  struct Table {
    KernelTrellis trellis;
    std::vector<std::int64_t> ticks;
    detail::LatencyColumn column;
    bool layered;
    Table(KernelTrellis t, std::vector<std::int64_t> latencies, std::vector<std::int64_t> edge_costs)
        : trellis{std::move(t)},
          ticks{std::move(latencies)},
          column{trellis.shape(), std::move(edge_costs)},
          layered{is_layered(trellis.shape())} {}
  };
  static FusionRules rules_of(const P& predictor) {
    if constexpr (requires { predictor.rules(); }) {
      return predictor.rules();
    } else {
      return {};
    }
  }
  explicit LatencyProfiler(std::shared_ptr<const Table> table) : table_{std::move(table)} {}
  std::shared_ptr<const Table> table_;
};

/// A predictor of whole networks that is a sum over their choices: intercept() + weight(decision, value) + ..., in milliseconds.
template <class P>
concept AdditivePredictor = requires(const P& p) {
  { p.intercept() } -> std::same_as<double>;
  { p.weight(0, 0) } -> std::same_as<double>;
};

/// The same for additive predictors of whole networks: weights become a table, without negative costs in it.
///   Errors  bad_value where the least prediction of the space is negative
template <class Space, class P>
  requires std::same_as<typename P::key, Architecture<Space>> && AdditivePredictor<P>
class LatencyProfiler<Space, P> : public TableProfiler<LatencyProfiler<Space, P>, Space, Milliseconds> {
 public:
  explicit LatencyProfiler(const P& predictor) : LatencyProfiler{make(predictor).value()} {}

  [[nodiscard]] static Result<LatencyProfiler> make(const P& predictor) {
    const TrellisShape shape = Compiled<Space>::shape();
    std::vector<std::int64_t> costs(shape.edges.size());
    costs[0] = Milliseconds{predictor.intercept()}.ticks();
    for (const TrellisState& s : shape.states) {
      for (int v = 0; v < s.count; ++v) {
        costs[static_cast<std::size_t>(s.first_edge + v)] = Milliseconds{predictor.weight(s.decision, v)}.ticks();
      }
    }
    costs = detail::without_negatives(shape, std::move(costs));
    if (costs[0] < 0) {
      return Error{Error::Code::bad_value,
                   fmt::format("the fastest network of the space is predicted to take {}: expected 0 or "
                               "more; fit on more networks",
                               Milliseconds::from_ticks(costs[0]))};
    }
    return LatencyProfiler{std::make_shared<const detail::LatencyColumn>(shape, std::move(costs))};
  }

  [[nodiscard]] TrellisView view() const { return {Compiled<Space>::shape(), column_->costs, Combine::sum}; }
  [[nodiscard]] std::span<const PathEdge> path_table() const { return column_->paths; }

 private:
  explicit LatencyProfiler(std::shared_ptr<const detail::LatencyColumn> column) : column_{std::move(column)} {}
  std::shared_ptr<const detail::LatencyColumn> column_;
};

/// Any other predictor of whole networks: a profile is one inference, and there is no table.
///   Errors  profile() throws the predictor's
template <class Space, class P>
  requires std::same_as<typename P::key, Architecture<Space>>
class LatencyProfiler<Space, P> {
 public:
  using space = Space;
  using unit = Milliseconds;
  explicit LatencyProfiler(P predictor) : predictor_{std::move(predictor)} {}
  [[nodiscard]] Milliseconds profile(const Architecture<Space>& a) const { return predictor_.predict(a).value(); }

 private:
  P predictor_;
};

}  // namespace hwnas
