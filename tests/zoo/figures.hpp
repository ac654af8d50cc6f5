// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Cost of one architecture of a space, and its choices by place: for comparison with published figures.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <ostream>

#include <fmt/format.h>

#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/space/counting.hpp"

namespace hwnas::zoo_test {

struct Costs {
  std::int64_t flops = 0;
  std::int64_t params = 0;
  friend constexpr bool operator==(const Costs&, const Costs&) = default;
};
inline void PrintTo(const Costs& c, std::ostream* out) {
  *out << fmt::format("{} multiply-adds, {} parameters", c.flops, c.params);
}

/// One choice a decision, in the order of the decisions.
template <class Space>
Architecture<Space> chosen(std::initializer_list<int> choices) {
  typename Architecture<Space>::values_type values{};
  std::size_t d = 0;
  for (int choice : choices) values.at(d++) = static_cast<std::uint8_t>(choice);
  return Architecture<Space>::from_values(values);
}

template <class Space>
Costs costs_of(const Architecture<Space>& a) {
  return {FlopsProfiler<Space>{}.profile(a).value(), ParamsProfiler<Space>{}.profile(a).value()};
}
template <class Space>
constexpr Costs smallest() {
  return {FlopsProfiler<Space>{}.range().min.value(), ParamsProfiler<Space>{}.range().min.value()};
}
template <class Space>
constexpr Costs largest() {
  return {FlopsProfiler<Space>{}.range().max.value(), ParamsProfiler<Space>{}.range().max.value()};
}

}  // namespace hwnas::zoo_test
