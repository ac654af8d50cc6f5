// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  pareto_front: the whole front of two costs over a space, each point with an architecture.
///        const auto front = pareto_front(flops, params).value();
///        for (const auto& [a, f, p] : front) ...
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/profile/window.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// What a front may take.
struct FrontOptions {
  std::size_t labels = 20'000'000;  ///< kept over all states, 24 bytes each; at most 2^32 - 1
};

/// One point of a front.
template <class First, class Second>
struct FrontPoint {
  Architecture<typename First::space> architecture{};
  typename First::unit first{};
  typename Second::unit second{};
};

/// Labels of the states of a trellis: the undominated pairs of costs from a state to the end, ascending by the first.
/// What is dominated after a state is dominated after whatever leads to it, since sums and maxima are monotone.
class FrontLabels {
 public:
  struct Label {
    std::int64_t first = 0;
    std::int64_t second = 0;
    std::uint32_t next = 0;  // label of the state that the candidate leads to
    std::uint8_t value = 0;  // candidate
  };

  /// Two columns of one trellis. Where more than `limit` labels are needed, it stops: see complete().
  FrontLabels(const TrellisView& first, const TrellisView& second, std::size_t limit)
      : first_{first}, second_{second}, of_state_(first.states.size()), left_{limit} {
    for (std::size_t s = of_state_.size(); s-- > 0 && complete_;) complete_ = merge(s);
  }

  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] std::span<const Label> of(int state) const {
    static const std::vector<Label> nothing_more(1);
    return state == TrellisData::end ? nothing_more : of_state_[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] const TrellisView& first() const { return first_; }
  [[nodiscard]] const TrellisView& second() const { return second_; }

 private:
  // The labels behind one candidate, with its own costs.
  struct Source {
    std::span<const Label> labels;
    std::int64_t first, second;  // of the candidate
    std::size_t at = 0;
    Label head{};
  };
  bool read(Source& source) const {
    if (source.at == source.labels.size()) return false;
    const Label& label = source.labels[source.at];
    source.head.first = first_.combine(source.first, label.first);
    source.head.second = second_.combine(source.second, label.second);
    source.head.next = static_cast<std::uint32_t>(source.at++);
    return true;
  }

  bool merge(std::size_t s) {
    const TrellisState& state = first_.states[s];
    std::vector<Source> open;
    for (int v = 0; v < state.count; ++v) {
      Source source{of(first_.target(state, v)), first_.cost(state, v), second_.cost(state, v)};
      source.head.value = static_cast<std::uint8_t>(v);
      if (read(source)) open.push_back(source);
    }
    std::vector<Label>& kept = of_state_[s];
    while (!open.empty()) {
      const auto least = std::min_element(open.begin(), open.end(), [](const Source& a, const Source& b) {
        return a.head.first != b.head.first ? a.head.first < b.head.first : a.head.second < b.head.second;
      });
      if (!keep(least->head, kept)) return false;
      if (!read(*least)) open.erase(least);
    }
    kept.shrink_to_fit();
    return true;
  }
  // False beyond the limit.
  bool keep(const Label& label, std::vector<Label>& kept) {
    if (!kept.empty() && label.second >= kept.back().second) return true;
    // Under a maximum several labels of one source may have equal first costs: the last is the best.
    if (!kept.empty() && label.first == kept.back().first) return kept.back() = label, true;
    if (left_ == 0) return false;
    --left_;
    kept.push_back(label);
    return true;
  }

  TrellisView first_;
  TrellisView second_;
  std::vector<std::vector<Label>> of_state_;
  std::size_t left_;
  bool complete_ = true;
};

namespace detail {

template <class Space>
Architecture<Space> architecture_of(const FrontLabels& labels, std::size_t index) {
  typename Architecture<Space>::values_type values{};
  for (int s = labels.first().start(); s != TrellisData::end;) {
    const TrellisState& state = labels.first().states[static_cast<std::size_t>(s)];
    const FrontLabels::Label& label = labels.of(s)[index];
    values[static_cast<std::size_t>(state.decision)] = label.value;
    s = labels.first().target(state, label.value);
    index = label.next;
  }
  return Architecture<Space>::from_canonical(values);
}

}  // namespace detail

/// Every pair of costs that no architecture betters in one cost without worsening the other, ascending by the first, each
/// with one of its architectures. Exact to the tick (see Quantity): nothing is rounded, whatever adds or is a maximum.
///   Errors      unavailable: more labels than the options allow
///   Complexity  labels x candidates; labels x 24 bytes
template <class First, class Second>
[[nodiscard]] auto pareto_front(const First& first, const Second& second, const FrontOptions& options = {})
    -> Result<std::vector<FrontPoint<First, Second>>> {
  require_table<First>();
  require_table<Second>();
  require_one_space<First, Second>();
  const std::size_t limit = std::min<std::size_t>(options.labels, std::numeric_limits<std::uint32_t>::max());
  const FrontLabels labels{first.view(), second.view(), limit};
  if (!labels.complete()) {
    return Error{Error::Code::unavailable,
                 fmt::format("the front of {} and {} needs more than {} labels ({} MiB); allow more, or ask for the "
                             "cheapest within budgets instead",
                             First::unit::unit(), Second::unit::unit(), limit,
                             limit * sizeof(FrontLabels::Label) >> 20U)};
  }
  std::vector<FrontPoint<First, Second>> front;
  std::size_t index = 0;
  for (const FrontLabels::Label& label : labels.of(labels.first().start())) {
    const std::int64_t x = labels.first().combine(labels.first().base(), label.first);
    const std::int64_t y = labels.second().combine(labels.second().base(), label.second);
    const auto a = detail::architecture_of<typename First::space>(labels, index++);
    // What every architecture pays may make costs under a maximum equal.
    if (!front.empty() && y >= front.back().second.ticks()) continue;
    if (!front.empty() && x == front.back().first.ticks()) front.pop_back();
    front.push_back({a, First::unit::from_ticks(x), Second::unit::from_ticks(y)});
  }
  return front;
}

}  // namespace hwnas
