// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  TableProfiler: what every profiler with a trellis column can do. A metric adds its column.
#pragma once

#include <array>
#include <cstdint>

#include "hwnas/core/quantity.hpp"
#include "hwnas/profile/concepts.hpp"
#include "hwnas/profile/expectation.hpp"
#include "hwnas/profile/path_table.hpp"
#include "hwnas/profile/probabilities.hpp"
#include "hwnas/profile/range.hpp"
#include "hwnas/space/compiled.hpp"

namespace hwnas {

/// Base of profilers over a table. Self gives view() and path_table(); and a type own_trellis and
/// own_trellis_is_layered() where the view's trellis is not the space's own.
template <class Self, class Space, class Unit, Combine Rule = Combine::sum>
class TableProfiler {
 public:
  using space = Space;
  using unit = Unit;

  /// Cost of one architecture.
  ///   Complexity  one read a decision, no allocation
  [[nodiscard]] constexpr Unit profile(const Architecture<Space>& a) const { return Unit::from_ticks(ticks(a)); }

  /// The same in ticks (see Quantity).
  [[nodiscard]] constexpr std::int64_t ticks(const Architecture<Space>& a) const {
    if constexpr (!Compiled<Space>::has_automaton && requires { self().walked_ticks(a); }) {
      return self().walked_ticks(a);
    } else if constexpr (requires { typename Self::own_trellis; }) {
      if (self().own_trellis_is_layered()) return layered_path_cost<Rule>(self().path_table(), a.values());
      return path_cost<Rule, false>(self().path_table(), a.values(), {});
    } else {
      constexpr bool chain = is_chain(Compiled<Space>::shape());
      return path_cost<Rule, chain>(self().path_table(), a.values(), Compiled<Space>::shape().states);
    }
  }

  /// Exact smallest and largest cost over all architectures.
  [[nodiscard]] constexpr Range<Unit> range() const {
    const auto ticks = range_of(self().view());
    return {Unit::from_ticks(ticks.min), Unit::from_ticks(ticks.max)};
  }

  /// Exact expected cost when every decision that is met draws a candidate from its probabilities.
  [[nodiscard]] constexpr Quantity<typename Unit::tag, double> expected(const Probabilities<Space>& p) const {
    const double ticks = expected_cost(self().view(), [&](int d, int v) {
      return p[static_cast<std::size_t>(d)][static_cast<std::size_t>(v)];
    });
    return Quantity<typename Unit::tag, double>{ticks / static_cast<double>(Unit::tag::ticks)};
  }

  /// Exact derivative of expected() by every probability, in units; each taken by itself, without their sum being 1.
  [[nodiscard]] constexpr Probabilities<Space> expected_gradient(const Probabilities<Space>& p) const {
    Probabilities<Space> gradient;
    expected_cost_gradient(
        self().view(), [&](int d, int v) { return p[static_cast<std::size_t>(d)][static_cast<std::size_t>(v)]; },
        [&](int d, int v, double by) {
          gradient[static_cast<std::size_t>(d)][static_cast<std::size_t>(v)] +=
              by / static_cast<double>(Unit::tag::ticks);
        });
    return gradient;
  }

 private:
  [[nodiscard]] constexpr const Self& self() const { return static_cast<const Self&>(*this); }
};

namespace detail {

/// Constant column and path table of a metric whose costs the type alone decides. Column::fill(lists, span).
template <class Space, class Column>
struct ConstantTable {
  static constexpr std::size_t edges = Compiled<Space>::edge_count;
  static constexpr auto costs = [] {
    std::array<std::int64_t, edges> out{};
    Column::fill(Compiled<Space>::lists(), out);
    return out;
  }();
  static constexpr TrellisView view() { return {Compiled<Space>::shape(), costs, Column::rule}; }
  static constexpr auto path_table = [] {
    std::array<PathEdge, edges> out{};
    fill_path_table(view(), out);
    return out;
  }();
};

}  // namespace detail

/// A profiler whose column is a constant of the space type.
template <class Self, class Space, class Unit, class Column>
struct ConstantProfiler : TableProfiler<Self, Space, Unit, Column::rule> {
  [[nodiscard]] static constexpr TrellisView view() { return detail::ConstantTable<Space, Column>::view(); }
  [[nodiscard]] static constexpr std::span<const PathEdge> path_table() {
    return detail::ConstantTable<Space, Column>::path_table;
  }
  /// The cost by walking the one architecture: for spaces whose shared labels leave no automaton.
  [[nodiscard]] static constexpr std::int64_t walked_ticks(const Architecture<Space>& a) {
    static_assert(
        error::space_without_input<Space>::value,
        "hwnas: a profiler must know the image's shape; wrap the space, as in Input<Space, Shape{3, 224, 224}>");
    static_assert(Compiled<Space>::promoted);
    const TrellisData path = Walk{program<Space>}.path(a.values());
    const TrellisShape shape{path.states, path.edges, static_cast<int>(decision_total<Space>)};
    std::array<std::int64_t, 1> costs{};
    Column::fill({shape, path.items, path.fragments, path.nodes, path.choices}, costs);
    return costs[0];
  }
};

}  // namespace hwnas
