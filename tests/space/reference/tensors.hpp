// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A network as an explicit list of events on tensors, and its peak memory by definition: at every primitive, the
///        sum of all storages that exist by then and are still needed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "hwnas/core/shape.hpp"

namespace reference {

/// fresh: writes a storage of its own; view: writes none; in_place: over its input where nobody else needs that;
/// keep: no primitive, only says that tensors are still needed here; begin: a buffer comes to life.
enum class Effect { fresh, view, in_place, keep, begin };

struct Event {
  Effect effect = Effect::fresh;
  std::vector<int> reads;
  std::vector<int> writes;
};

class Tensors {
 public:
  int add(hwnas::Shape shape) {
    shapes_.push_back(shape);
    return static_cast<int>(shapes_.size()) - 1;
  }
  [[nodiscard]] hwnas::Shape shape(int tensor) const { return shapes_[static_cast<std::size_t>(tensor)]; }
  void set_shape(int tensor, hwnas::Shape shape) { shapes_[static_cast<std::size_t>(tensor)] = shape; }
  void happen(Event event) { events_.push_back(std::move(event)); }

  /// Peak of live elements over all primitives.
  [[nodiscard]] std::int64_t peak() const {
    std::vector<int> storage(shapes_.size(), -1);
    std::vector<std::int64_t> size;
    std::vector<int> born;
    const auto create = [&](int tensor, int when) {
      storage[static_cast<std::size_t>(tensor)] = static_cast<int>(size.size());
      size.push_back(shape(tensor).elements());
      born.push_back(when);
    };
    create(0, -1);
    for (int i = 0; i < static_cast<int>(events_.size()); ++i) {
      const Event& event = events_[static_cast<std::size_t>(i)];
      for (const int made : event.writes) {
        const bool shares =
            event.effect == Effect::view || (event.effect == Effect::in_place && !needed(event.reads[0], i, storage));
        if (shares) storage[static_cast<std::size_t>(made)] = storage[static_cast<std::size_t>(event.reads[0])];
        else create(made, i);
      }
    }
    return most_at_once(storage, size, born);
  }

 private:
  [[nodiscard]] bool reads(int event, int tensor) const {
    const auto& list = events_[static_cast<std::size_t>(event)].reads;
    return std::find(list.begin(), list.end(), tensor) != list.end();
  }
  // Whether somebody reads the storage of a tensor after event `when`.
  [[nodiscard]] bool needed(int tensor, int when, const std::vector<int>& storage) const {
    const int wanted = storage[static_cast<std::size_t>(tensor)];
    for (std::size_t t = 0; t < storage.size(); ++t) {
      if (storage[t] != wanted) continue;
      for (int i = when + 1; i < static_cast<int>(events_.size()); ++i) {
        if (reads(i, static_cast<int>(t))) return true;
      }
    }
    return false;
  }
  [[nodiscard]] std::int64_t most_at_once(const std::vector<int>& storage, const std::vector<std::int64_t>& size,
                                          const std::vector<int>& born) const {
    std::vector<int> last = born;
    for (int i = 0; i < static_cast<int>(events_.size()); ++i) {
      for (const int t : events_[static_cast<std::size_t>(i)].reads) {
        last[static_cast<std::size_t>(storage[static_cast<std::size_t>(t)])] = i;
      }
      for (const int t : events_[static_cast<std::size_t>(i)].writes) {
        auto& end = last[static_cast<std::size_t>(storage[static_cast<std::size_t>(t)])];
        end = std::max(end, i);
      }
    }
    std::int64_t most = 0;
    for (int i = 0; i < static_cast<int>(events_.size()); ++i) {
      const Effect effect = events_[static_cast<std::size_t>(i)].effect;
      if (effect == Effect::keep || effect == Effect::begin) continue;
      std::int64_t live = 0;
      for (std::size_t s = 0; s < size.size(); ++s) live += born[s] <= i && i <= last[s] ? size[s] : 0;
      most = std::max(most, live);
    }
    return most;
  }

  std::vector<hwnas::Shape> shapes_;
  std::vector<Event> events_;
};

}  // namespace reference
