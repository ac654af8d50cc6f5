// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  best_within: the optimum of an additive quality under one or two budgets, exactly.
///        auto best = best_within(quality, HardConstraint{latency, 5_ms}).value();
///        best.gap_of(quality, found);      // how far a search's result is from it
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/profile/constraints.hpp"
#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/profile/window.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// What a search for the optimum may take.
struct BestOptions {
  std::size_t labels = 2'000'000;  ///< partial architectures kept, up to 200 bytes each
};

/// An architecture of the largest quality inside the budgets.
template <class Q>
struct Best {
  Architecture<typename Q::space> architecture{};
  typename Q::unit quality{};

  /// What another architecture lacks.
  [[nodiscard]] typename Q::unit gap_of(const Q& profiler, const Architecture<typename Q::space>& a) const {
    return quality - profiler.profile(a);
  }
};

/// The Lagrangian bound of a quality under upper budgets: for prices >= 0,
///   max { q(a) : c(a) <= hi }  <=  max { q(a) - prices (c(a) - hi) },
/// the right side by one pass over the trellis, from every state. Prices are those of (nearly) the least right side
/// (Geoffrion 1974, "Lagrangean relaxation for integer programming").
class PricedBound {
 public:
  PricedBound(const TrellisView& quality, std::span<const Window> budgets)
      : quality_{quality}, budgets_{budgets}, to_end_(quality.states.size()) {
    minimise(0);
    price();
  }

  /// No completion from the state has more quality and keeps the budgets; in ticks.
  [[nodiscard]] long double operator()(int state, std::int64_t quality, std::span<const std::int64_t> costs) const {
    long double bound = static_cast<long double>(quality) + rest(state);
    for (std::size_t w = 0; w < budgets_.size(); ++w) {
      bound -= prices_[w] * (static_cast<long double>(costs[w]) - static_cast<long double>(budgets_[w].hi()));
    }
    return bound;
  }

 private:
  static constexpr int thirds = 40;

  [[nodiscard]] long double rest(int state) const {
    return state == TrellisData::end ? 0 : to_end_[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] long double gain(std::size_t edge) const {
    auto value = static_cast<long double>(quality_.costs[edge]);
    for (std::size_t w = 0; w < budgets_.size(); ++w) {
      value -= prices_[w] * static_cast<long double>(budgets_[w].view().costs[edge]);
    }
    return value;
  }
  // Bound of the whole space at these prices.
  long double price() {
    for (std::size_t s = to_end_.size(); s-- > 0;) {
      const TrellisState& state = quality_.states[s];
      for (int v = 0; v < state.count; ++v) {
        const long double through =
            gain(static_cast<std::size_t>(state.first_edge + v)) + rest(quality_.target(state, v));
        if (v == 0 || through > to_end_[s]) to_end_[s] = through;
      }
    }
    long double bound = gain(0) + rest(quality_.start());
    for (std::size_t w = 0; w < budgets_.size(); ++w) bound += prices_[w] * static_cast<long double>(budgets_[w].hi());
    return bound;
  }
  // Least bound over the prices from `w` on: convex in each, so that thirds are left out one after another.
  long double minimise(std::size_t w) {
    if (w == budgets_.size()) return price();
    const auto at = [&](long double x) {
      prices_[w] = x;
      return minimise(w + 1);
    };
    long double lo = 0, hi = steepest(w);
    for (int i = 0; i < thirds && hi > lo; ++i) {
      const long double a = lo + (hi - lo) / 3, b = hi - (hi - lo) / 3;
      if (at(a) <= at(b)) {
        hi = b;
      } else {
        lo = a;
      }
    }
    return at(at(lo) < at(hi) ? lo : hi);
  }
  // No price is higher where the bound is least: there the cheapest path alone already bounds the whole range of quality.
  [[nodiscard]] long double steepest(std::size_t w) const {
    const Window& budget = budgets_[w];
    if (budget.view().rule == Combine::max) return 0;  // not a sum: only keeps paths out
    const auto quality = range_of(quality_);
    const auto slack = std::max<std::int64_t>(1, budget.hi() - budget.range().min);
    return static_cast<long double>(quality.max - quality.min) / static_cast<long double>(slack);
  }

  TrellisView quality_;
  std::span<const Window> budgets_;
  std::array<long double, 2> prices_{};
  std::vector<long double> to_end_;
};

/// Best-first search by the priced bound; of two partial architectures at one state, one that is nowhere worse displaces
/// the other. The first whole architecture that comes up is the optimum.
class BestSearch {
 public:
  BestSearch(const TrellisView& quality, const std::vector<Window>& budgets, std::size_t limit)
      : quality_{quality}, budgets_{budgets}, bound_{quality, budgets}, limit_{limit}, closed_(quality.states.size()) {
    Label first{.state = quality.start(), .quality = quality.base()};
    for (std::size_t w = 0; w < budgets_.size(); ++w) first.costs[w] = budgets_[w].view().base();
    if (possible(first)) open(first);
  }

  /// Candidates of the decisions met, last first, as (decision, candidate); nullopt where nothing keeps the budgets or the
  /// limit came first: see finished().
  [[nodiscard]] std::optional<std::vector<std::pair<int, int>>> run() {
    while (!queue_.empty()) {
      std::pop_heap(queue_.begin(), queue_.end());
      const std::size_t index = queue_.back().label;
      least_bound_ = queue_.back().bound;
      queue_.pop_back();
      if (labels_[index].state == TrellisData::end) return path(index);
      if (!dominated(labels_[index]) && !expand(index)) return std::nullopt;
    }
    finished_ = true;
    return std::nullopt;
  }
  /// Everything was looked at.
  [[nodiscard]] bool finished() const { return finished_; }
  /// No architecture inside has more, in ticks.
  [[nodiscard]] std::int64_t proved() const { return static_cast<std::int64_t>(std::ceil(least_bound_)); }

 private:
  using Costs = std::array<std::int64_t, 2>;
  struct Label {
    int state = TrellisData::end;
    std::int64_t quality = 0;
    Costs costs{};
    std::uint32_t parent = 0;
    std::uint8_t value = 0;
  };
  struct Entry {
    long double bound;
    std::uint32_t label;
    // Of equal bounds the younger: it is further on.
    bool operator<(const Entry& other) const {
      return bound != other.bound ? bound < other.bound : label < other.label;
    }
  };
  struct Point {
    std::int64_t quality;
    Costs costs;
  };

  [[nodiscard]] bool possible(const Label& label) const {
    for (std::size_t w = 0; w < budgets_.size(); ++w) {
      if (!budgets_[w].may_end_inside(label.costs[w], label.state)) return false;
    }
    return true;
  }
  void open(const Label& label) {
    // A whole architecture is worth its quality, not what its unspent budget would bring.
    const long double bound = label.state == TrellisData::end ? static_cast<long double>(label.quality)
                                                              : bound_(label.state, label.quality, label.costs);
    queue_.push_back({bound, static_cast<std::uint32_t>(labels_.size())});
    std::push_heap(queue_.begin(), queue_.end());
    labels_.push_back(label);
  }
  // False beyond the limit.
  bool expand(std::size_t index) {
    const Label from = labels_[index];
    const TrellisState& state = quality_.states[static_cast<std::size_t>(from.state)];
    for (int v = 0; v < state.count; ++v) {
      Label next{.state = quality_.target(state, v), .quality = from.quality + quality_.cost(state, v),
                 .parent = static_cast<std::uint32_t>(index), .value = static_cast<std::uint8_t>(v)};
      for (std::size_t w = 0; w < budgets_.size(); ++w) {
        next.costs[w] = budgets_[w].view().combine(from.costs[w], budgets_[w].view().cost(state, v));
      }
      if (!possible(next)) continue;
      if (labels_.size() >= limit_) return false;
      open(next);
    }
    return true;
  }
  // Remembers the label where nothing before it was as good. One budget: quality by cost, both ascending.
  bool dominated(const Label& label) {
    auto& closed = closed_[static_cast<std::size_t>(label.state)];
    const auto no_worse = [](const Point& a, const Point& b) {
      return a.quality >= b.quality && a.costs[0] <= b.costs[0] && a.costs[1] <= b.costs[1];
    };
    const Point point{label.quality, label.costs};
    auto end = closed.upper_bound(label.costs[0]);
    // With one budget the dearest of the cheaper ones has the most quality.
    for (auto at = budgets_.size() < 2 && end != closed.begin() ? std::prev(end) : closed.begin(); at != end; ++at) {
      if (no_worse(at->second, point)) return true;
    }
    while (end != closed.end() && no_worse(point, end->second)) end = closed.erase(end);
    closed.emplace_hint(end, label.costs[0], point);
    return false;
  }
  [[nodiscard]] std::vector<std::pair<int, int>> path(std::size_t index) const {
    std::vector<std::pair<int, int>> result;
    for (; index != 0; index = labels_[index].parent) {
      const Label& parent = labels_[labels_[index].parent];
      result.emplace_back(quality_.states[static_cast<std::size_t>(parent.state)].decision, labels_[index].value);
    }
    return result;
  }

  TrellisView quality_;
  const std::vector<Window>& budgets_;
  PricedBound bound_;
  std::size_t limit_;
  std::vector<std::multimap<std::int64_t, Point>> closed_;  // by the first cost
  std::vector<Label> labels_;
  std::vector<Entry> queue_;
  long double least_bound_ = 0;
  bool finished_ = false;
};

/// An architecture of the largest quality among those that keep all budgets, exactly to the tick (see Quantity).
///   Q        a table profiler of which more is better and whose values add: QualityTable, or any other
///   Errors   infeasible, as uniform_within; unavailable: more labels than the options allow, with what is proved
template <class Q, class... P>
  requires(sizeof...(P) >= 1 && sizeof...(P) <= 2)
[[nodiscard]] Result<Best<Q>> best_within(const BestOptions& options, const Q& quality,
                                          const HardConstraint<P>&... budgets) {
  require_table<Q>();
  require_one_space<Q, P...>();
  const std::vector<Window> windows{window_of(budgets.within())...};
  const std::size_t limit = std::min<std::size_t>(options.labels, std::numeric_limits<std::uint32_t>::max());
  BestSearch search{quality.view(), windows, limit};
  const auto path = search.run();
  if (!path && search.finished()) {
    if constexpr (sizeof...(P) == 1) {
      return Error{Error::Code::infeasible, detail::nearest(budgets.within()..., windows.front())};
    } else {
      return Error{Error::Code::infeasible, detail::conflicts(windows, budgets.within()...)};
    }
  }
  if (!path) {
    return Error{Error::Code::unavailable,
                 fmt::format("the optimum under the budgets needs more than {} labels; it is proved to be at most {}",
                             limit, Q::unit::from_ticks(search.proved()))};
  }
  typename Architecture<typename Q::space>::values_type values{};
  for (const auto& [decision, value] : *path) {
    values[static_cast<std::size_t>(decision)] = static_cast<std::uint8_t>(value);
  }
  const auto a = Architecture<typename Q::space>::from_canonical(values);
  return Best<Q>{a, quality.profile(a)};
}
template <class Q, class... P>
[[nodiscard]] Result<Best<Q>> best_within(const Q& quality, const HardConstraint<P>&... budgets) {
  return best_within(BestOptions{}, quality, budgets...);
}

}  // namespace hwnas
