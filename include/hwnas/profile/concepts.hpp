// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The Profiler concepts.
#pragma once

#include <concepts>

#include "hwnas/space/architecture.hpp"
#include "hwnas/space/trellis_view.hpp"

namespace hwnas {

/// Gives an architecture a cost. Anything with a unit and profile() is one: a table, a lambda in a struct, a device.
///   unit             the quantity it returns: Flops, Params, Bytes, Milliseconds, ...
///   profile(a)       the cost of one architecture
///   Laws             the same architecture gives the same cost; tests/laws/profiler_laws.hpp
template <class P, class Space>
concept Profiler = requires(const P& p, const Architecture<Space>& a) {
  typename P::unit;
  { p.profile(a) } -> std::convertible_to<typename P::unit>;
};

/// A profiler whose costs are a column of its space's trellis, so that ranges, expectations, counts and exact draws exist.
///   space            the space type
///   view()           TrellisView; what it refers to lives as long as any copy of the profiler
template <class P>
concept TableProfilerType = requires(const P& p) {
  typename P::space;
  typename P::unit;
  { p.view() } -> std::same_as<TrellisView>;
};

namespace error {
template <class P>
struct profiler_has_no_table {
  static constexpr bool value = TableProfilerType<P>;
};
}  // namespace error

/// Explains, in a compile error, what a black-box profiler cannot offer.
template <class P>
constexpr void require_table() {
  static_assert(
      error::profiler_has_no_table<P>::value,
      "hwnas: a profiler without a table cannot give ranges, expectations, counts or exact draws; use one whose "
      "costs are a table, such as FlopsProfiler or LatencyProfiler, or filter drawn architectures instead");
}

}  // namespace hwnas
