// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Hardware: the one cost that a search is aware of, chosen at run time among latency, FLOPs and parameters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "hwnas/core/quantity.hpp"
#include "hwnas/profile/any_profiler.hpp"

namespace proxyless {

/// Milliseconds, or millions of multiply-adds or parameters: the program's messages say which.
struct CostTag {
  using rep = double;
  static constexpr std::int64_t ticks = 1'000'000'000;
  static constexpr std::string_view unit = "of the hardware's unit";
};
using Cost = hwnas::Quantity<CostTag>;

/// The costs of any profiler that adds, in Cost.
template <class Space> class Hardware : public hwnas::AnyProfiler<Space, Cost> {
 public:
  /// `scale`: ticks of Cost for one tick of the profiler.
  template <class P>
  Hardware(const P& profiler, std::string unit, std::int64_t scale)
      : hwnas::AnyProfiler<Space, Cost>{profiler, scale}, unit_{std::move(unit)} {}

  [[nodiscard]] const std::string& unit_text() const { return unit_; }
  /// "0.972 ms"
  [[nodiscard]] std::string text(double value) const { return fmt::format("{:.4g} {}", value, unit_); }

 private:
  std::string unit_;
};

}  // namespace proxyless
