// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Architecture<Space>: one network of a space, as the choices of its decisions.
///        Architecture<OnImages> a;  a.set("b1", 2).value();  int kernel = a.choice("3/0/kernel").value();
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/space/activity.hpp"
#include "hwnas/space/decisions.hpp"

namespace hwnas {

/// Whether every architecture of a space meets every decision: then nothing has to be looked up.
template <class Space>
inline constexpr bool meets_all_decisions = always_active(program<Space>);

/// A canonical value, one byte a decision: inactive decisions are 0, so that equal networks are equal values.
///   Default  the first candidate everywhere
///   Order    lexicographic in the order of decisions<Space>
template <class Space>
class Architecture {
 public:
  using space = Space;
  using values_type = std::array<std::uint8_t, decision_total<Space>>;

  constexpr Architecture() = default;

  /// From one index a decision; what is inactive is ignored. Values must be in range.
  [[nodiscard]] static constexpr Architecture from_values(const values_type& values) {
    if constexpr (meets_all_decisions<Space>) return from_canonical(values);
    Architecture result;
    result.values_ = canonical(program<Space>, values);
    return result;
  }
  /// From values that are canonical already (a sampler's).
  [[nodiscard]] static constexpr Architecture from_canonical(const values_type& values) {
    Architecture result;
    result.values_ = values;
    return result;
  }

  /// Index of the candidate chosen for a label; 0 where it is inactive.
  ///   Errors  unknown_name
  [[nodiscard]] constexpr Result<int> choice(std::string_view label) const {
    const int d = find_decision<Space>(label);
    if (d < 0) return unknown(label);
    return int{values_[static_cast<std::size_t>(d)]};
  }

  /// Whether the decision is met by this architecture; false for a label the space does not have.
  [[nodiscard]] constexpr bool is_active(std::string_view label) const {
    const int d = find_decision<Space>(label);
    return d >= 0 && is_active(static_cast<std::size_t>(d));
  }
  [[nodiscard]] constexpr bool is_active(std::size_t decision) const {
    if constexpr (meets_all_decisions<Space>) return decision < values_.size();
    bool found = false;
    for_each_active(program<Space>, values_, [&](int d) { found = found || d == static_cast<int>(decision); });
    return found;
  }

  /// Chooses a candidate; decisions that this deactivates become 0.
  ///   Errors  unknown_name; bad_value: an index out of range, or a decision that is inactive here
  constexpr Result<void> set(std::string_view label, int index) {
    const int d = find_decision<Space>(label);
    if (d < 0) return unknown(label);
    const auto at = static_cast<std::size_t>(d);
    const int count = decisions<Space>[at].count;
    if (index < 0 || index >= count) {
      return Error{Error::Code::bad_value, fmt::format("choice {} of \"{}\": expected an index from 0 to {}", index,
                                                       label, count - 1)};
    }
    if (!is_active(at)) {
      return Error{
          Error::Code::bad_value,
          fmt::format("\"{}\" is inactive in this architecture: set the decision that leads to it first", label)};
    }
    values_[at] = static_cast<std::uint8_t>(index);
    values_ = canonical(program<Space>, values_);
    return {};
  }

  /// One index a decision, in the order of decisions<Space>.
  [[nodiscard]] constexpr const values_type& values() const { return values_; }
  [[nodiscard]] constexpr int operator[](std::size_t decision) const { return values_[decision]; }

  friend constexpr bool operator==(const Architecture&, const Architecture&) = default;
  friend constexpr std::strong_ordering operator<=>(const Architecture& a, const Architecture& b) {
    for (std::size_t d = 0; d < a.values_.size(); ++d) {
      if (a.values_[d] != b.values_[d]) return a.values_[d] <=> b.values_[d];
    }
    return std::strong_ordering::equal;
  }

 private:
  static Error unknown(std::string_view label) {
    std::string known;
    for (const Decision& d : decisions<Space>.first(std::min<std::size_t>(8, decisions<Space>.size()))) {
      known += fmt::format("{}{}", known.empty() ? "" : ", ", d.label);
    }
    return {Error::Code::unknown_name, fmt::format("no decision is called \"{}\"; expected one of: {}{}", label, known,
                                                   decisions<Space>.size() > 8 ? ", ..." : "")};
  }

  values_type values_{};
};

/// Calls f(decision index, value) for every active decision, each once, in the order of decisions<Space>.
template <class Space>
constexpr void for_each_active_choice(const Architecture<Space>& a, auto&& f) {
  std::array<bool, decision_total<Space>> active{};
  if constexpr (!meets_all_decisions<Space>) {
    for_each_active(program<Space>, a.values(), [&](int d) { active[static_cast<std::size_t>(d)] = true; });
  }
  for (std::size_t d = 0; d < active.size(); ++d) {
    if (meets_all_decisions<Space> || active[d]) f(d, int{a.values()[d]});
  }
}

/// What a decision's choice is written as: the number it stands for, or the index of the candidate.
[[nodiscard]] constexpr int written_choice(const Decision& decision, int index) {
  return decision.values.empty() ? index : decision.values[static_cast<std::size_t>(index)];
}

}  // namespace hwnas

template <class Space>
struct std::hash<hwnas::Architecture<Space>> {
  std::size_t operator()(const hwnas::Architecture<Space>& a) const noexcept {
    const auto& v = a.values();
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(v.data()), v.size()});
  }
};

/// Prints active choices: "b1=2 b2=0 3/0/kernel=5", numbers as in JSON.
template <class Space>
struct fmt::formatter<hwnas::Architecture<Space>> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const hwnas::Architecture<Space>& a, Context& context) const {
    auto out = context.out();
    bool first = true;
    hwnas::for_each_active_choice(a, [&](std::size_t d, int choice) {
      const hwnas::Decision& decision = hwnas::decisions<Space>[d];
      out = fmt::format_to(out, "{}{}={}", first ? "" : " ", decision.label, hwnas::written_choice(decision, choice));
      first = false;
    });
    return out;
  }
};
