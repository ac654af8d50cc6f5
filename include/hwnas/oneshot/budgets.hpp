// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Budgets<Space>: any number of limits on any profilers, known only at run time (a command line's).
///        Budgets<S> budgets;  budgets.add("latency", latency, 0_ms, 3_ms);  budgets.add("FLOPs", flops, ...);
///        budgets.keep(mask);
///        auto draw = budgets.sampler().value();  draw(rng);  budgets.allows(a);  budgets.count();
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/profile/candidate_mask.hpp"
#include "hwnas/profile/common_trellis.hpp"
#include "hwnas/profile/count_within.hpp"
#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/space/enumerate.hpp"

namespace hwnas {

/// Limits on costs of one space. Copies share the profilers' tables.
template <class Space> class Budgets {
 public:
  using Draw = std::function<Architecture<Space>(Rng&)>;

  /// Limits a table profiler's cost to [lo, hi]. `name` stands in messages.
  template <class P> void add(std::string name, const P& profiler, typename P::unit lo, typename P::unit hi) {
    static_assert(std::is_same_v<typename P::space, Space>, "hwnas: a budget must be about the space of its Budgets");
    const Within<P> within{profiler, lo, hi};
    const auto range = profiler.range();
    limits_.push_back({.window = window_of(within),
                       .ticks = [profiler](const Architecture<Space>& a) { return profiler.ticks(a); },
                       .text = [](std::int64_t ticks) { return detail::in_units<typename P::unit>(ticks); },
                       .range = fmt::format("{} from {} to {}", name, range.min, range.max)});
    limits_.back().name = std::move(name);
  }

  /// Only what takes kept candidates alone.
  void keep(const CandidateMask<Space>& mask) {
    add("dropped candidates", mask.dropped(), Quality{0}, Quality{0});
    limits_.back().text = [](std::int64_t ticks) { return fmt::format("{}", Quality::from_ticks(ticks).value()); };
  }

  [[nodiscard]] bool empty() const { return limits_.empty(); }
  /// The limits in words: "latency at most 3 ms"; "FLOPs from 1 to 2 MFLOPs" where the lower end binds, too.
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const Limit& limit : limits_) {
      const bool open = limit.window.lo() <= limit.window.range().min;
      const std::string ends = open ? "at most" : fmt::format("from {} to", limit.text(limit.window.lo()));
      all += fmt::format("{}{} {} {}", all.empty() ? "" : ", ", limit.name, ends, limit.text(limit.window.hi()));
    }
    return all.empty() ? "no limit" : all;
  }

  /// Whether an architecture keeps all limits.
  [[nodiscard]] bool allows(const Architecture<Space>& a) const {
    for (const Limit& limit : limits_) {
      if (!limit.window.contains(limit.ticks(a))) return false;
    }
    return true;
  }

  /// Guaranteed bounds of how many architectures keep all limits.
  [[nodiscard]] Bounds count(const CountOptions& options = {.memory = std::int64_t{64} << 20}) const {
    if (empty()) return {space_size<Space>, space_size<Space>};
    std::vector<Window> all = windows();
    CommonTrellis<> common;
    common.share(all);
    const BudgetTable table{grids_within(all, options.memory, std::int64_t{1} << 40)};
    return {table.certain(), table.possible()};
  }

  /// Draws uniformly from exactly the architectures that keep all limits; without limits from all.
  ///   Errors   infeasible: with the range of the space, and for each limit the least that the others allow
  [[nodiscard]] Result<Draw> sampler(const DrawOptions& options = {}) const {
    if (empty()) return Draw{Uniform<Space>{}};
    const auto set = std::make_shared<const FeasibleSet<Space>>(windows(), options.memory);
    if (set->undecided()) {
      return Error{Error::Code::infeasible,
                   fmt::format("whether any network has {} could not be decided; widen the limits", text())};
    }
    if (set->empty()) return infeasible();
    // The copy keeps alive what the windows look at.
    return Draw{[set, keep = limits_](Rng& rng) { return set->draw(rng); }};
  }

 private:
  struct Limit {
    Window window;
    std::function<std::int64_t(const Architecture<Space>&)> ticks;  // holds the profiler
    std::function<std::string(std::int64_t)> text;
    std::string range;
    std::string name{};
  };

  [[nodiscard]] std::vector<Window> windows() const {
    std::vector<Window> all;
    for (const Limit& limit : limits_) all.push_back(limit.window);
    return all;
  }

  [[nodiscard]] Error infeasible() const {
    std::string message = fmt::format("no network has {}; the space has ", text());
    for (std::size_t i = 0; i < limits_.size(); ++i) message += (i == 0 ? "" : ", ") + limits_[i].range;
    for (std::size_t i = 0; limits_.size() > 1 && i < limits_.size(); ++i) {
      std::vector<Window> others = windows();
      others[i] = {limits_[i].window.view(), 0, limits_[i].window.range().max};
      CommonTrellis<> common;
      common.share(others);
      const auto least = PathSearch{others, 2'000'000}.smallest(i);
      message += least ? fmt::format("; the other limits allow {} from {}", limits_[i].name, limits_[i].text(*least))
                       : fmt::format("; without the limit on {} there is none either", limits_[i].name);
    }
    return Error{Error::Code::infeasible, message};
  }

  std::vector<Limit> limits_;
};

}  // namespace hwnas
