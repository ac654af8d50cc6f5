// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  BudgetTable: for every state and every amount of steps left, how many ways on there are. Counts and draws under
///        one or several budgets read it.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "hwnas/core/u128.hpp"
#include "hwnas/profile/grid.hpp"

namespace hwnas {

/// How many budgets can be combined.
inline constexpr std::size_t max_budgets = 6;

/// Steps used so far in each dimension of a BudgetTable.
using StepsUsed = std::array<std::int64_t, max_budgets>;

/// Counts of path suffixes over the product of several grids, cumulative in each: cell (q1, q2, ...) of a state counts
/// suffixes of at most q1, q2, ... steps.
///   Memory  states x product of grid sizes x 16 bytes
class BudgetTable {
 public:
  using Count = detail::uint128;  // never more than the space's size, which is checked

  constexpr explicit BudgetTable(std::vector<Grid> grids) : grids_{std::move(grids)} {
    if (grids_.size() > max_budgets) throw std::invalid_argument{"hwnas: at most six budgets can be combined"};
    for (const Grid& grid : grids_) empty_ = empty_ || grid.empty();
    if (empty_) return;
    for (const Grid& grid : grids_) cells_ *= static_cast<std::size_t>(grid.size());
    const TrellisView& view = grids_.front().window().view();
    closed_.assign(view.edges.size(), 0);
    for (std::size_t e = 0; e < closed_.size(); ++e) {
      for (const Grid& grid : grids_) closed_[e] = closed_[e] != 0 || grid.closed(e) ? 1 : 0;
    }
    counts_.assign(view.states.size() * cells_, 0);
    for (std::size_t s = view.states.size(); s-- > 0;) fill(view, s);
  }

  [[nodiscard]] constexpr const std::vector<Grid>& grids() const { return grids_; }

  /// Paths that may lie inside: all that do, and those whose rounded cost leaves it open.
  [[nodiscard]] constexpr u128 possible() const {
    if (empty_) return 0;
    const StepsUsed used = at_start();
    return u128::from_count(ways(grids_.front().window().view().start(), used));
  }
  /// Paths that certainly lie inside.
  [[nodiscard]] constexpr u128 certain() const {
    if (empty_) return 0;
    for (const Grid& grid : grids_) {
      if (grid.certain_last() < grid.certain_first()) return 0;
    }
    const StepsUsed used = at_start();
    return u128::from_count(part(Ends::certain, grids_.front().window().view().start(), used, 0, 0));
  }

  [[nodiscard]] constexpr StepsUsed at_start() const {
    StepsUsed used{};
    for (std::size_t g = 0; g < grids_.size(); ++g) used[g] = grids_[g].used_at_start();
    return used;
  }
  [[nodiscard]] constexpr bool closed(std::size_t edge) const { return closed_[edge] != 0; }

  /// The table of one budget on a cost that adds, the usual case: ways() without the general machinery.
  class Single {
   public:
    constexpr explicit Single(const BudgetTable& table)
        : counts_{table.counts_.data()}, cells_{table.cells_}, first_{table.grids_.front().first()},
          last_{table.grids_.front().last()} {}
    [[nodiscard]] constexpr Count ways(int state, std::int64_t used) const {
      if (used > last_) return 0;
      const std::int64_t low = first_ - used - 1;
      if (state == TrellisData::end) return low < 0 ? 1 : 0;
      const Count* row = counts_ + static_cast<std::size_t>(state) * cells_;
      return low < 0 ? row[last_ - used] : row[last_ - used] - row[low];
    }

   private:
    const Count* counts_;
    std::size_t cells_;
    std::int64_t first_;
    std::int64_t last_;
  };
  [[nodiscard]] constexpr bool is_single() const { return grids_.size() == 1 && !grids_.front().is_max(); }

  /// The same answers by steps used, in a quarter of the memory that draws touch.
  class Compact {
   public:
    constexpr Compact() = default;
    constexpr Compact(std::vector<std::uint64_t> ways, const Grid& grid)
        : ways_{std::move(ways)},
          cells_{static_cast<std::size_t>(grid.size())},
          first_{grid.first()},
          last_{grid.last()} {}
    [[nodiscard]] constexpr bool empty() const { return ways_.empty(); }
    [[nodiscard]] constexpr std::uint64_t ways(int state, std::int64_t used) const {
      if (used > last_) return 0;
      if (state == TrellisData::end) return used < first_ ? 0 : 1;
      return ways_[static_cast<std::size_t>(state) * cells_ + static_cast<std::size_t>(used)];
    }

   private:
    std::vector<std::uint64_t> ways_;
    std::size_t cells_ = 0;
    std::int64_t first_ = 0;
    std::int64_t last_ = 0;
  };
  /// Turns an is_single() table whose possible() is below 2^64 into a compact one: cells that a path can reach hold no more
  /// than that, others are never read. Of this table only the grids remain.
  [[nodiscard]] constexpr Compact compacted() {
    const Single single{*this};
    const std::size_t states = counts_.size() / cells_;
    std::vector<std::uint64_t> ways;
    ways.assign(counts_.size(), 0);
    for (std::size_t s = 0; s < states; ++s) {
      for (std::size_t used = 0; used < cells_; ++used) {
        ways[s * cells_ + used] =
            static_cast<std::uint64_t>(single.ways(static_cast<int>(s), static_cast<std::int64_t>(used)));
      }
    }
    counts_ = {};
    return {std::move(ways), grids_.front()};
  }

  /// Ways from a state on that may end inside, after the steps already used in each dimension.
  [[nodiscard]] constexpr Count ways(int state, const StepsUsed& used) const {
    return part(Ends::possible, state, used, 0, 0);
  }

 private:
  // Which ends of the windows are meant: those that leave a path possible, or those that make it certain.
  enum class Ends : std::uint8_t { possible, certain };

  // Inclusion and exclusion over the lower ends; a dimension whose lower end is open needs no second read.
  [[nodiscard]] constexpr Count part(Ends ends, int state, const StepsUsed& used,
                                     std::size_t dimension, std::size_t cell) const {
    if (dimension == grids_.size()) {
      return state == TrellisData::end ? Count{1} : counts_[static_cast<std::size_t>(state) * cells_ + cell];
    }
    const Grid& grid = grids_[dimension];
    const std::size_t base = cell * static_cast<std::size_t>(grid.size());
    if (grid.is_max()) {
      const Count all = part(ends, state, used, dimension + 1, base + 1);
      if (used[dimension] > 0) return all;
      return all - (state == TrellisData::end ? all : part(ends, state, used, dimension + 1, base));
    }
    const std::int64_t high = (ends == Ends::possible ? grid.last() : grid.certain_last()) - used[dimension];
    if (high < 0) return 0;
    const Count all = part(ends, state, used, dimension + 1, base + static_cast<std::size_t>(high));
    const std::int64_t low = (ends == Ends::possible ? grid.first() : grid.certain_first()) - used[dimension] - 1;
    if (low < 0) return all;
    return all - part(ends, state, used, dimension + 1, base + static_cast<std::size_t>(low));
  }

  constexpr void fill(const TrellisView& view, std::size_t s) {
    const TrellisState& state = view.states[s];
    for (int v = 0; v < state.count; ++v) {
      const auto e = static_cast<std::size_t>(state.first_edge + v);
      if (closed_[e] == 0) add_edge(s, e, view.edges[e].target, 0, 0, 0);
    }
  }
  // Adds what an edge leads to, shifted by the edge's steps in every dimension.
  constexpr void add_edge(std::size_t s, std::size_t e, int target, std::size_t dimension, std::size_t to,
                          std::size_t from) {
    const Grid& grid = grids_[dimension];
    const auto size = static_cast<std::size_t>(grid.size());
    const auto shift = static_cast<std::size_t>(grid.steps(e));
    if (grid.is_max()) {
      if (shift == 0) next(s, e, target, dimension, to * size, from * size);
      next(s, e, target, dimension, to * size + 1, from * size + 1);
      return;
    }
    if (dimension + 1 == grids_.size()) {
      Count* out = counts_.data() + s * cells_ + to * size;
      const Count* in = target == TrellisData::end
                            ? nullptr
                            : counts_.data() + static_cast<std::size_t>(target) * cells_ + from * size;
      for (std::size_t q = shift; q < size; ++q) out[q] += in == nullptr ? Count{1} : in[q - shift];
      return;
    }
    for (std::size_t q = shift; q < size; ++q) {
      next(s, e, target, dimension, to * size + q, from * size + q - shift);
    }
  }
  constexpr void next(std::size_t s, std::size_t e, int target, std::size_t dimension, std::size_t to,
                      std::size_t from) {
    if (dimension + 1 < grids_.size()) return add_edge(s, e, target, dimension + 1, to, from);
    counts_[s * cells_ + to] +=
        target == TrellisData::end ? Count{1} : counts_[static_cast<std::size_t>(target) * cells_ + from];
  }

  std::vector<Grid> grids_;
  std::vector<Count> counts_;
  std::vector<std::uint8_t> closed_;
  std::size_t cells_ = 1;
  bool empty_ = false;
};

// A table up to this size stays in a core's cache while it is drawn from.
inline constexpr std::int64_t cache_bytes = std::int64_t{1} << 20;
// Steps an edge below which too many draws fall on the border.
inline constexpr double coarsest = 4;

/// Grids for some windows such that their table stays below a number of bytes: exact where that fits, otherwise as fine as
/// the cap allows.
[[nodiscard]] constexpr std::vector<Grid> grids_within(const std::vector<Window>& windows, std::int64_t bytes,
                                                       std::int64_t finest) {
  std::vector<Grid> exact;
  for (const Window& window : windows) exact.emplace_back(window, 0);
  const auto states = static_cast<double>(std::max<std::size_t>(1, windows.front().view().states.size()));
  double cells = static_cast<double>(bytes) / (states * sizeof(BudgetTable::Count));
  int open = 0;
  double needed = 1;
  for (const Grid& grid : exact) {
    if (grid.empty()) return exact;
    open += grid.is_max() ? 0 : 1;
    cells /= grid.is_max() ? 2 : 1;
    needed *= grid.is_max() ? 1 : static_cast<double>(grid.exact_size());
  }
  if (needed <= cells || open == 0) return exact;
  // The same share of the cap for every dimension: the largest side whose power fits.
  std::int64_t side = 1;
  const auto fits = [&](std::int64_t n) {
    double product = 1;
    for (int i = 0; i < open; ++i) product *= static_cast<double>(n);
    return product <= cells;
  };
  while (fits(side * 2)) side *= 2;
  for (std::int64_t add = side / 2; add > 0; add /= 2) side += fits(side + add) ? add : 0;
  std::vector<Grid> result;
  for (const Grid& grid : exact) {
    // More steps an edge over the window's width mean fewer draws on the border; a table that fits the cache is faster.
    const double an_edge =
        static_cast<double>(grid.longest()) *
        (static_cast<double>(grid.upper()) / static_cast<double>(std::max<std::int64_t>(1, grid.width())));
    const double cached = static_cast<double>(cache_bytes) / (states * sizeof(BudgetTable::Count));
    const double enough = std::max(coarsest * an_edge, std::min(static_cast<double>(finest) * an_edge, cached));
    const std::int64_t limit = enough < static_cast<double>(side) ? static_cast<std::int64_t>(enough) + 1 : side;
    result.emplace_back(grid.window(), grid.is_max() ? 0 : std::max<std::int64_t>(1, std::min(limit, side - 1)));
  }
  return result;
}

}  // namespace hwnas
