// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  CommonTrellis: one trellis for windows whose profilers have different ones of the same space, such as a latency whose
///        kernels fuse across blocks beside FLOPs. Paths stay the same; states are those in which all of them are.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "hwnas/profile/window.hpp"

namespace hwnas {

/// The product of several trellises. Nothing is built where the windows share one already. (A template, so that what uses
/// it is constexpr where nothing is built.)
template <class = void>
class CommonTrellis {
 public:
  constexpr CommonTrellis() = default;
  CommonTrellis(const CommonTrellis&) = delete;  // windows look at it
  CommonTrellis& operator=(const CommonTrellis&) = delete;

  /// Puts the windows on one trellis; they look at this object from then on.
  constexpr void share(std::vector<Window>& windows) {
    bool common = true;
    for (const Window& w : windows) common = common && same(w.view(), windows.front().view());
    if (!common) build(windows);
  }

 private:
  using Key = std::vector<int>;  // a state of each view
  struct Found {
    std::vector<Key> keys;  // each after those it leads to
    std::map<Key, int> number;
  };
  static constexpr bool same(const TrellisShape& a, const TrellisShape& b) {
    return a.edges.data() == b.edges.data() && a.edges.size() == b.edges.size();
  }

  void build(std::vector<Window>& windows) {
    std::vector<TrellisView> views;
    for (const Window& w : windows) views.push_back(w.view());
    Key start;
    for (const TrellisView& view : views) start.push_back(view.start());
    Found found;
    visit(views, start, found);
    // Found from the ends backwards: the other way round is topological.
    const auto place = [&](const Key& key) {
      return key.front() == TrellisData::end ? TrellisData::end
                                             : static_cast<int>(found.keys.size()) - 1 - found.number.at(key);
    };
    columns_.resize(views.size());
    add_edge(views, Key(views.size(), 0), place(start));
    for (std::size_t i = found.keys.size(); i-- > 0;) {
      const Key& key = found.keys[i];
      const TrellisState& front = state(views.front(), key.front());
      states_.push_back({front.decision, static_cast<int>(edges_.size()), front.count});
      for (int v = 0; v < front.count; ++v) add_edge(views, edges_after(views, key, v), place(targets(views, key, v)));
    }
    for (std::size_t w = 0; w < windows.size(); ++w) {
      const TrellisView view{{states_, edges_, views[w].decisions}, columns_[w], views[w].rule};
      windows[w] = Window{view, windows[w].lo(), windows[w].hi()};
    }
  }

  // All views walked one program: on one path they are always at the same decision.
  static void visit(const std::vector<TrellisView>& views, const Key& key, Found& found) {
    if (key.front() == TrellisData::end || found.number.contains(key)) return;
    const int count = state(views.front(), key.front()).count;
    for (int v = 0; v < count; ++v) visit(views, targets(views, key, v), found);
    found.number.emplace(key, static_cast<int>(found.keys.size()));
    found.keys.push_back(key);
  }
  static const TrellisState& state(const TrellisView& view, int s) { return view.states[static_cast<std::size_t>(s)]; }
  static Key edges_after(const std::vector<TrellisView>& views, const Key& key, int value) {
    Key result;
    for (std::size_t i = 0; i < views.size(); ++i) result.push_back(state(views[i], key[i]).first_edge + value);
    return result;
  }
  static Key targets(const std::vector<TrellisView>& views, const Key& key, int value) {
    Key result;
    for (std::size_t i = 0; i < views.size(); ++i) result.push_back(views[i].target(state(views[i], key[i]), value));
    return result;
  }
  void add_edge(const std::vector<TrellisView>& views, const Key& edges, int target) {
    edges_.push_back({target, -1});
    for (std::size_t i = 0; i < views.size(); ++i) {
      columns_[i].push_back(views[i].costs[static_cast<std::size_t>(edges[i])]);
    }
  }

  std::vector<TrellisState> states_;
  std::vector<TrellisEdge> edges_;
  std::vector<std::vector<std::int64_t>> columns_;
};

}  // namespace hwnas
