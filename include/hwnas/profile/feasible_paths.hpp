// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  FeasiblePaths: which candidates of the next decision still lead inside budgets, one decision after another.
///        FeasiblePaths<S> paths{set};                   // of a FeasibleSet; none: every path is inside
///        auto place = paths.begin();  paths.open(place, v);  place = paths.after(place, v);  paths.at_end(place);
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/profile/path_weights.hpp"
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
  };

  explicit FeasiblePaths(std::shared_ptr<const FeasibleSet<Space>> set = nullptr) : set_{std::move(set)} {
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
  [[nodiscard]] bool open(const Place& place, int value) const {
    return set_ == nullptr || leads_inside(after(place, value));
  }
  [[nodiscard]] Place after(const Place& place, int value) const {
    const auto e = static_cast<std::size_t>(at(place).first_edge + value);
    Place next{.state = shape().edges[e].target, .costs = place.costs};
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
  [[nodiscard]] TrellisState at(const Place& place) const { return shape().states[static_cast<std::size_t>(place.state)]; }

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
  std::unique_ptr<PathWeights> possible_, certain_;  // the second where the first is not exact
  mutable std::map<std::pair<int, std::vector<std::int64_t>>, bool> border_;
};

}  // namespace hwnas
