// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  PathWeights: how likely a path ends inside some windows, from every state and every amount of steps used; the
///        dynamic program behind conditioned draws. Weighted paths are what BudgetTable's counts are for equal ones.
///        PathWeights w{shape, grids};  w.fill(p);  w.total();  w.to_end(edge, used);
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "hwnas/profile/grid.hpp"

namespace hwnas {

/// Sums of path probabilities over the product of grids, backwards from the end. Cells are steps used so far, not steps
/// left: both ends of a window are terminal conditions then, and nothing is subtracted.
///   Range    long double: a product of 200 probabilities of 1e-20 is still a number
///   Memory   states x product of grid sizes x 16 bytes
class PathWeights {
 public:
  using Number = long double;
  /// Which paths count as inside: all whose rounded costs leave it open, or only those that certainly are.
  enum class Ends : std::uint8_t { possible, certain };

  /// `grids` must outlive it; none: every path is inside.
  PathWeights(const TrellisShape& shape, const std::vector<Grid>& grids) : shape_{shape}, grids_{&grids} {
    for (const Grid& grid : grids) cells_ *= grid.size();
    closed_.assign(shape_.edges.size(), 0);
    for (const Grid& grid : grids) {
      for (std::size_t e = 0; e < closed_.size(); ++e) closed_[e] = closed_[e] != 0 || grid.closed(e) ? 1 : 0;
    }
  }

  [[nodiscard]] std::int64_t at_start() const {
    std::int64_t cell = 0;
    for (const Grid& grid : *grids_) cell = cell * grid.size() + grid.used_at_start();
    return cell;
  }
  /// The cell after an edge, or -1 where nothing inside can follow.
  [[nodiscard]] std::int64_t after(std::int64_t cell, std::size_t edge) const {
    if (closed_[edge] != 0) return -1;
    std::int64_t result = 0, scale = 1;
    for (std::size_t g = grids_->size(); g-- > 0;) {
      const Grid& grid = (*grids_)[g];
      const std::int64_t used = cell % grid.size(), steps = grid.steps(edge);
      const std::int64_t now = grid.is_max() ? std::max(used, steps) : used + steps;
      if (now > grid.last()) return -1;
      result += now * scale;
      scale *= grid.size();
      cell /= grid.size();
    }
    return result;
  }

  /// The sums for these probabilities: p(decision, value).
  void fill(auto&& p, Ends ends = Ends::possible) {
    combine(ends, [&](Number& sum, int d, int v, Number rest) { sum += static_cast<Number>(p(d, v)) * rest; });
  }
  /// The largest probability of one path instead of the sum.
  void fill_largest(auto&& p) {
    combine(Ends::possible, [&](Number& best, int d, int v, Number rest) {
      best = std::max(best, static_cast<Number>(p(d, v)) * rest);
    });
  }

  /// From a state with these steps used to an end inside.
  [[nodiscard]] Number from(int state, std::int64_t cell) const {
    return state == TrellisData::end ? end_[index(cell)] : values_[index(state * cells_ + cell)];
  }
  /// What follows an edge; 0 where nothing inside does.
  [[nodiscard]] Number behind(std::size_t edge, std::int64_t cell) const {
    const std::int64_t next = after(cell, edge);
    return next < 0 ? Number{0} : from(shape_.edges[edge].target, next);
  }
  [[nodiscard]] Number total() const { return from(shape_.start(), at_start()); }

  /// Calls add(decision, value, probability) with how likely a path inside takes each edge.
  void for_each_edge(auto&& p, auto&& add) const {
    if (shape_.start() == TrellisData::end || total() <= 0) return;
    std::vector<Number> reach(values_.size(), 0);
    reach[index(shape_.start() * cells_ + at_start())] = 1 / total();
    for (std::size_t s = 0; s < shape_.states.size(); ++s) {
      const TrellisState& state = shape_.states[s];
      for (std::int64_t cell = 0; cell < cells_; ++cell) {
        const Number here = reach[s * index(cells_) + index(cell)];
        if (here == 0) continue;
        for (int v = 0; v < state.count; ++v) {
          const auto e = index(state.first_edge + v);
          const std::int64_t next = after(cell, e);
          if (next < 0) continue;
          const Number through = here * static_cast<Number>(p(state.decision, v));
          const int target = shape_.edges[e].target;
          add(state.decision, v, static_cast<double>(through * from(target, next)));
          if (target != TrellisData::end) reach[index(target * cells_ + next)] += through;
        }
      }
    }
  }

 private:
  static constexpr std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

  void combine(Ends ends, auto&& take) {
    fill_end(ends);
    values_.assign(shape_.states.size() * index(cells_), 0);
    for (std::size_t s = shape_.states.size(); s-- > 0;) {
      const TrellisState& state = shape_.states[s];
      Number* row = values_.data() + s * index(cells_);
      for (int v = 0; v < state.count; ++v) {
        const auto e = index(state.first_edge + v);
        if (closed_[e] != 0) continue;
        if (grids_->size() == 1 && !grids_->front().is_max()) {
          // The usual case, without looking for each cell's place in every dimension.
          const std::int64_t steps = grids_->front().steps(e);
          const int target = shape_.edges[e].target;
          const Number* rest = target == TrellisData::end ? end_.data() : values_.data() + index(target * cells_);
          for (std::int64_t cell = 0; cell + steps < cells_; ++cell) {
            take(row[cell], state.decision, v, rest[cell + steps]);
          }
        } else {
          for (std::int64_t cell = 0; cell < cells_; ++cell) take(row[cell], state.decision, v, behind(e, cell));
        }
      }
    }
  }
  void fill_end(Ends ends) {
    end_.assign(index(cells_), 1);
    for (std::int64_t cell = 0; cell < cells_; ++cell) {
      std::int64_t left = cell;
      for (std::size_t g = grids_->size(); g-- > 0;) {
        const Grid& grid = (*grids_)[g];
        const std::int64_t used = left % grid.size();
        left /= grid.size();
        const bool certain = ends == Ends::certain && !grid.is_max();
        const std::int64_t first = certain ? grid.certain_first() : grid.first();
        const std::int64_t last = certain ? grid.certain_last() : grid.last();
        if (used < first || used > last) end_[index(cell)] = 0;
      }
    }
  }

  TrellisShape shape_;
  const std::vector<Grid>* grids_;
  std::int64_t cells_ = 1;
  std::vector<std::uint8_t> closed_;
  std::vector<Number> values_, end_;
};

}  // namespace hwnas
