// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  FeasiblePaths: which candidates of the next decision still lead inside budgets, and how many paths through them do.
///        FeasiblePaths<S> paths{set};                   // of a FeasibleSet; none: every path is inside
///        FeasiblePaths<S> paths{nullptr, beginnings};   // those of a list that says how its members begin
///        auto place = paths.begin();  paths.share(place, v);  place = paths.after(place, v);  paths.at_end(place);
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/profile/path_weights.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/space/compiled.hpp"

namespace hwnas {

/// For whoever decides step by step with a distribution of its own: a path that takes only open candidates ends inside,
/// always. The dynamic program answers at once except on its border, where the true costs are searched; answers are kept,
/// so that one object is not for several threads.
template <class Space> class FeasiblePaths {
 public:
  /// Where a path is.
  struct Place {
    int state = TrellisData::end;
    std::int64_t cell = 0;              ///< of the dynamic program; -1: outside
    std::vector<std::int64_t> costs{};  ///< so far, in ticks, one a budget
    typename Architecture<Space>::values_type values{};  ///< so far, 0 where not met
    int last = -1;                      ///< the latest decision that was met
  };
  /// How many members, of what is inside, have these values in their first decisions, 0 for inactive ones.
  using Beginnings = std::function<std::size_t(std::span<const std::uint8_t>)>;

  explicit FeasiblePaths(std::shared_ptr<const FeasibleSet<Space>> set = nullptr, Beginnings beginnings = {})
      : set_{std::move(set)}, beginnings_{std::move(beginnings)} {
    if (set_ == nullptr) return;
    const auto equal = [](int d, int) { return 1.0 / decisions<Space>[static_cast<std::size_t>(d)].count; };
    possible_ = std::make_unique<PathWeights>(shape(), set_->grids());
    possible_->fill(equal);
    if (set_->exact()) return;
    certain_ = std::make_unique<PathWeights>(shape(), set_->grids());
    certain_->fill(equal, PathWeights::Ends::certain);
  }

  [[nodiscard]] Place begin() const {
    Place place{.state = shape().start()};
    if (set_ == nullptr) return place;
    place.cell = possible_->at_start();
    for (const Window& window : set_->windows()) place.costs.push_back(window.view().base());
    return place;
  }
  [[nodiscard]] static bool at_end(const Place& place) { return place.state == TrellisData::end; }
  /// The decision that is next, and how many candidates it has; not at the end.
  [[nodiscard]] std::size_t decision(const Place& place) const { return static_cast<std::size_t>(at(place).decision); }
  [[nodiscard]] int count(const Place& place) const { return at(place).count; }

  /// Whether some path through this candidate ends inside.
  [[nodiscard]] bool open(const Place& place, int value) const { return share(place, value) > 0; }
  /// How much of what follows this candidate is inside; 0 exactly where nothing is. Budgets: the probability that a path
  /// which goes on with all candidates equally likely ends inside (where rounding leaves it open, it counts). Lists: how many
  /// members begin so.
  [[nodiscard]] double share(const Place& place, int value) const {
    const Place next = after(place, value);
    const double members = members_beginning(place, next);
    if (set_ == nullptr || !(members > 0)) return members;
    return leads_inside(next) ? members * static_cast<double>(possible_->from(next.state, next.cell)) : 0;
  }
  [[nodiscard]] Place after(const Place& place, int value) const {
    const auto e = static_cast<std::size_t>(at(place).first_edge + value);
    Place next{.state = shape().edges[e].target, .costs = place.costs, .values = place.values};
    next.values[decision(place)] = static_cast<std::uint8_t>(value);
    next.last = std::max(place.last, static_cast<int>(decision(place)));
    if (set_ == nullptr) return next;
    next.cell = place.cell < 0 ? -1 : possible_->after(place.cell, e);
    for (std::size_t w = 0; w < next.costs.size(); ++w) {
      const TrellisView& view = set_->windows()[w].view();
      next.costs[w] = view.combine(next.costs[w], view.costs[e]);
    }
    return next;
  }

 private:
  // The budgets' trellis, which may have more states than the space's own.
  [[nodiscard]] TrellisShape shape() const {
    if (set_ == nullptr) return Compiled<Space>::shape();
    return set_->windows().front().view();
  }
  [[nodiscard]] TrellisState at(const Place& place) const {
    return shape().states[static_cast<std::size_t>(place.state)];
  }

  // A decision that is met after later ones tells nothing new: members are asked about all values up to the latest.
  [[nodiscard]] double members_beginning(const Place& before, const Place& after) const {
    if (!beginnings_ || after.last == before.last) return 1;
    return static_cast<double>(beginnings_({after.values.data(), static_cast<std::size_t>(after.last) + 1}));
  }
  [[nodiscard]] bool leads_inside(const Place& place) const {
    if (place.cell < 0 || !(possible_->from(place.state, place.cell) > 0)) return false;
    if (certain_ == nullptr || certain_->from(place.state, place.cell) > 0) return true;
    for (std::size_t w = 0; w < place.costs.size(); ++w) {
      if (!set_->windows()[w].may_end_inside(place.costs[w], place.state)) return false;
    }
    if (at_end(place)) return true;
    const auto [known, is_new] = border_.try_emplace({place.state, place.costs}, false);
    for (int v = 0; is_new && !known->second && v < count(place); ++v) known->second = leads_inside(after(place, v));
    return known->second;
  }

  std::shared_ptr<const FeasibleSet<Space>> set_;
  Beginnings beginnings_;
  std::unique_ptr<PathWeights> possible_, certain_;  // the second where the first is not exact
  mutable std::map<std::pair<int, std::vector<std::int64_t>>, bool> border_;
};

}  // namespace hwnas
