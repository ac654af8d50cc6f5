// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  FeasibleSet and uniform_within: uniform draws from exactly the architectures that meet budgets.
///        auto draw = uniform_within(flops, 0_FLOPs, 300_MFLOPs).value();  auto a = draw(rng);
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/core/shared.hpp"
#include "hwnas/profile/branch_and_bound.hpp"
#include "hwnas/profile/budget_table.hpp"
#include "hwnas/profile/common_trellis.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// The architectures inside some windows, as something to draw from. A draw is one random rank over the paths that may
/// lie inside, unranked; the few whose rounded cost deceived are drawn again, so that what remains is exactly uniform.
template <class Space>
class FeasibleSet {
 public:
  /// Up to this many candidates are listed once and the feasible ones kept, instead of drawn again and again.
  static constexpr std::uint64_t listed = 200'000;

  constexpr FeasibleSet(std::vector<Window> windows, std::int64_t memory)
      : windows_{(common_.share(windows), std::move(windows))},
        grids_{grids_within(windows_, memory, steps_per_edge)},
        table_{table_for_draws(memory)},
        total_{table_.possible()} {
    if (total_ == 0) {
      empty_ = true;
    } else if (table_.certain() == 0 && !found_by_drawing()) {
      PathSearch search{windows_};
      empty_ = !search.any();
      undecided_ = empty_ && !search.finished();
    }
    if (!empty_ && !exact() && total_ <= listed) list_all();
    if (!empty_ && table_.is_single() && total_ <= std::numeric_limits<std::uint64_t>::max()) {
      compact_ = table_.compacted();
    }
  }
  FeasibleSet(const FeasibleSet&) = delete;  // the table's grids refer to the windows
  FeasibleSet& operator=(const FeasibleSet&) = delete;

  [[nodiscard]] constexpr bool empty() const { return empty_; }
  /// The search for a member gave up before it had looked everywhere.
  [[nodiscard]] constexpr bool undecided() const { return undecided_; }
  [[nodiscard]] constexpr const std::vector<Window>& windows() const { return windows_; }
  /// The architectures inside where few came into question and rounding could not tell; empty otherwise.
  [[nodiscard]] constexpr const std::vector<Architecture<Space>>& members() const { return members_; }
  /// The windows' costs in steps, and whether steps alone decide what is inside.
  [[nodiscard]] constexpr const std::vector<Grid>& grids() const { return grids_; }
  [[nodiscard]] constexpr bool exact() const {
    for (const Grid& grid : grids()) {
      if (!grid.exact()) return false;
    }
    return true;
  }

  /// A uniform draw; only where the set is not empty.
  [[nodiscard]] constexpr Architecture<Space> draw(Rng& rng) const {
    if (!members_.empty()) return members_[static_cast<std::size_t>(rng.below(members_.size()))];
    Architecture<Space> result;
    const auto until_inside = [&](const auto& unranked) {
      while (!unranked(rng.below(total_))) {
      }
    };
    if (!compact_.empty()) {
      until_inside(
          [&](u128 rank) { return unrank_single(compact_, static_cast<std::uint64_t>(rank.count()), result); });
    } else if (table_.is_single()) {
      until_inside([&](u128 rank) { return unrank_single(BudgetTable::Single{table_}, rank.count(), result); });
    } else {
      until_inside([&](u128 rank) { return unrank(rank, result); });
    }
    return result;
  }

 private:
  static constexpr std::int64_t steps_per_edge = 32;
  using Values = typename Architecture<Space>::values_type;

  // A small table is made at once and stays in a core's cache: it is preferred where it is sure of half its paths, of which
  // then three in four are inside, as a rule.
  constexpr BudgetTable table_for_draws(std::int64_t memory) const {
    for (std::int64_t bytes = cache_bytes / 8; bytes < memory; bytes *= 8) {
      BudgetTable small{grids_within(windows_, bytes, steps_per_edge)};
      if (small.certain().count() >= small.possible().count() / 2) return small;
    }
    return BudgetTable{grids_};
  }

  // The path with a rank among those that may lie inside; false where its true costs do not.
  constexpr bool unrank(u128 rank, Architecture<Space>& out) const {
    auto left = rank.count();
    Values values{};
    StepsUsed used = table_.at_start();
    StepsUsed next = used;
    std::array<std::int64_t, max_budgets> costs{};
    for (std::size_t w = 0; w < windows_.size(); ++w) costs[w] = windows_[w].view().base();
    const TrellisView& shape = windows_.front().view();
    for (int s = shape.start(); s != TrellisData::end;) {
      const TrellisState& state = shape.states[static_cast<std::size_t>(s)];
      for (int v = 0;; ++v) {
        const auto e = static_cast<std::size_t>(state.first_edge + v);
        if (table_.closed(e)) continue;
        advance(e, used, next);
        const auto ways = table_.ways(shape.edges[e].target, next);
        if (left >= ways) {
          left -= ways;
          continue;
        }
        values[static_cast<std::size_t>(state.decision)] = static_cast<std::uint8_t>(v);
        for (std::size_t w = 0; w < windows_.size(); ++w) {
          const TrellisView& view = windows_[w].view();
          costs[w] = view.combine(costs[w], view.costs[e]);
        }
        used = next;
        s = shape.edges[e].target;
        break;
      }
    }
    out = Architecture<Space>::from_canonical(values);
    for (std::size_t w = 0; w < windows_.size(); ++w) {
      if (!windows_[w].contains(costs[w])) return false;
    }
    return true;
  }
  // The same for one budget on a cost that adds.
  template <class Table, class Count>
  constexpr bool unrank_single(const Table& table, Count left, Architecture<Space>& out) const {
    Values values{};
    const Grid& grid = table_.grids().front();
    const TrellisView& view = windows_.front().view();
    std::int64_t used = 0;
    std::int64_t cost = view.base();
    for (int s = view.start(); s != TrellisData::end;) {
      const TrellisState& state = view.states[static_cast<std::size_t>(s)];
      auto e = static_cast<std::size_t>(state.first_edge);
      for (;; ++e) {
        if (grid.closed(e)) continue;
        const auto ways = table.ways(view.edges[e].target, used + grid.steps(e));
        if (left < ways) break;
        left -= ways;
      }
      values[static_cast<std::size_t>(state.decision)] =
          static_cast<std::uint8_t>(static_cast<int>(e) - state.first_edge);
      used += grid.steps(e);
      cost += view.costs[e];
      s = view.edges[e].target;
    }
    out = Architecture<Space>::from_canonical(values);
    return windows_.front().contains(cost);
  }
  constexpr void advance(std::size_t edge, const StepsUsed& used, StepsUsed& next) const {
    for (std::size_t g = 0; g < table_.grids().size(); ++g) {
      const Grid& grid = table_.grids()[g];
      next[g] = grid.is_max() ? std::max<std::int64_t>(used[g], grid.steps(edge)) : used[g] + grid.steps(edge);
    }
  }

  // Where a fair share of the paths that may lie inside does, a few draws tell sooner than a search.
  [[nodiscard]] constexpr bool found_by_drawing() const {
    if (std::is_constant_evaluated()) return false;
    constexpr int draws = 20'000;
    Rng rng{1};
    Architecture<Space> drawn;
    for (int i = 0; i < draws; ++i) {
      if (unrank(rng.below(total_), drawn)) return true;
    }
    return false;
  }
  constexpr void list_all() {
    Architecture<Space> candidate;
    for (u128 rank = 0; rank < total_; rank += 1) {
      if (unrank(rank, candidate)) members_.push_back(candidate);
    }
  }

  CommonTrellis<> common_;
  std::vector<Window> windows_;
  std::vector<Grid> grids_;
  BudgetTable table_;  // of these or of coarser ones
  BudgetTable::Compact compact_;  // instead of the table's counts, where they fit
  u128 total_;
  std::vector<Architecture<Space>> members_;
  bool empty_ = false;
  bool undecided_ = false;
};

/// Draws uniformly from the architectures inside the windows it was made for. Copies share the table; drawing from
/// several threads is safe, each with its own Rng.
template <class Space, class... P>
class FeasibleSampler {
 public:
  constexpr explicit FeasibleSampler(Shared<FeasibleSet<Space>> set, std::tuple<P...> profilers)
      : set_{std::move(set)}, profilers_{std::move(profilers)} {}
  [[nodiscard]] constexpr Architecture<Space> operator()(Rng& rng) const { return set_->draw(rng); }
  /// What is drawn from, with the profilers that it refers to.
  [[nodiscard]] std::shared_ptr<const FeasibleSet<Space>> shared_set() const {
    const auto kept = std::make_shared<const FeasibleSampler>(*this);
    return {kept, &*kept->set_};
  }

 private:
  Shared<FeasibleSet<Space>> set_;
  std::tuple<P...> profilers_;  // keep alive what the windows look at
};

/// Memory a sampler may use for its table, in bytes.
struct DrawOptions {
  std::int64_t memory = std::int64_t{64} << 20;
};

namespace detail {

// What a message may cost; where the search does not end within, the message says "found" and promises no less.
inline constexpr std::int64_t message_nodes = 2'000'000;

template <class Unit>
std::string in_units(std::int64_t ticks) {
  return fmt::format("{}", Unit::from_ticks(ticks));
}

// One budget: the nearest reachable values on either side.
template <class P>
std::string nearest(const Within<P>& budget, const Window& window) {
  using Unit = typename P::unit;
  const auto range = window.range();
  std::string text;
  bool proved = true;
  if (window.lo() > range.min) {
    const std::vector<Window> below{{window.view(), range.min, std::min(window.lo() - 1, range.max)}};
    PathSearch search{below, message_nodes};
    if (const auto value = search.largest(0)) text += " below " + in_units<Unit>(*value);
    proved = proved && search.finished();
  }
  if (window.hi() < range.max) {
    const std::vector<Window> above{{window.view(), std::max(window.hi() + 1, range.min), range.max}};
    PathSearch search{above, message_nodes};
    if (const auto value = search.smallest(0)) {
      text += (text.empty() ? " above " : " and above ") + in_units<Unit>(*value);
    }
    proved = proved && search.finished();
  }
  return fmt::format("no architecture has {} to {}; nearest {}:{}", budget.lo, budget.hi,
                     proved ? "reachable" : "found", text);
}

// Several budgets: for each, the smallest value that the others allow.
template <class... P>
std::string conflicts(const std::vector<Window>& windows, const Within<P>&... budgets) {
  std::string text = "no architecture meets all budgets";
  std::size_t index = 0;
  const auto one = [&](const auto& budget) {
    using Unit = typename std::remove_cvref_t<decltype(budget)>::unit_type;
    std::vector<Window> others = windows;
    others[index] = {windows[index].view(), 0, windows[index].range().max};
    PathSearch search{others, message_nodes};
    const auto value = search.smallest(index);
    const std::string least =
        search.finished() ? "the others allow no less than " : "the least found under the others is ";
    const std::string none =
        search.finished() ? "the others alone allow nothing" : "nothing was found under the others";
    text += fmt::format("; {} to {}: {}", budget.lo, budget.hi, value ? least + in_units<Unit>(*value) : none);
    ++index;
  };
  (one(budgets), ...);
  return text;
}

}  // namespace detail

/// A sampler that is exactly uniform over the architectures inside all windows.
///   Errors  infeasible: nothing lies inside; with one budget the message gives the nearest reachable values, with several
///           for each the smallest value that the others allow
template <class First, class... Rest>
[[nodiscard]] constexpr auto uniform_within(const DrawOptions& options, const Within<First>& first,
                                            const Within<Rest>&... rest)
    -> Result<FeasibleSampler<typename First::space, First, Rest...>> {
  using Space = typename First::space;
  require_one_space<First, Rest...>();
  std::vector<Window> windows{window_of(first), window_of(rest)...};
  auto set = Shared<FeasibleSet<Space>>::make(windows, options.memory);
  if (set->undecided()) {
    return Error{Error::Code::infeasible,
                 "whether any architecture meets the budgets could not be decided; widen them"};
  }
  if (set->empty()) {
    if constexpr (sizeof...(Rest) == 0) {
      return Error{Error::Code::infeasible, detail::nearest(first, set->windows().front())};
    } else {
      return Error{Error::Code::infeasible, detail::conflicts(set->windows(), first, rest...)};
    }
  }
  return FeasibleSampler<Space, First, Rest...>{std::move(set), {first.profiler, rest.profiler...}};
}
template <class First, class... Rest>
[[nodiscard]] constexpr auto uniform_within(const Within<First>& first, const Within<Rest>&... rest) {
  return uniform_within(DrawOptions{}, first, rest...);
}
template <class P>
[[nodiscard]] constexpr auto uniform_within(const P& profiler, typename P::unit lo, typename P::unit hi) {
  return uniform_within(DrawOptions{}, Within<P>{profiler, lo, hi});
}

}  // namespace hwnas
