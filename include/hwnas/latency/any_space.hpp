// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  AnySpace: a space that a program chooses from its command line, as values. One template instantiation a space, no LibTorch.
///        AnySpace space = any_space<zoo::ProxylessNas>("proxylessnas", "MBConv blocks, 3x224x224");
///        space.draw(rng);   space.kernels(values);   space.range(table)
///        Needs nlohmann-json.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/latency/kernel_trellis.hpp"
#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/latency/lookup_table.hpp"
#include "hwnas/profile/count_within.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/space/fingerprint.hpp"
#include "hwnas/space/json.hpp"

namespace hwnas {

/// What a latency source says of a whole space before anything runs.
struct Reachable {
  Milliseconds least{};
  Milliseconds most{};
  std::string within{};  ///< how many networks keep the budget: a number, or "A to B"; empty without a budget
};

/// A space without its type. Networks are one index a decision.
struct AnySpace {
  using Values = std::vector<std::uint8_t>;

  std::string name;
  std::string about;
  std::string fingerprint;
  std::string size;               ///< number of networks
  ProgramView program{};          ///< what nn/layout.hpp needs, with
  TrellisLists lists{};           ///< these
  std::function<std::vector<OperatorKey>()> keys;
  std::function<Values(Rng&)> draw;
  std::function<Result<Values>(std::string_view json)> read;
  std::function<std::string(const Values&)> json;
  std::function<KernelGraph(const Values&)> kernels;
  std::function<Result<Reachable>(const LookupTable&, Milliseconds budget)> range;
  std::function<Result<Milliseconds>(const LookupTable&, const Values&)> predict;
};

namespace detail {

template <class Space>
[[nodiscard]] Architecture<Space> architecture_of(const AnySpace::Values& values) {
  typename Architecture<Space>::values_type array{};
  if constexpr (decision_total<Space> > 0) {  // one network has none
    std::copy_n(values.begin(), std::min(values.size(), array.size()), array.begin());
  }
  return Architecture<Space>::from_values(array);
}
template <class Space>
[[nodiscard]] AnySpace::Values values_of(const Architecture<Space>& a) {
  return {a.values().begin(), a.values().end()};
}

template <class Space>
[[nodiscard]] Result<Reachable> reachable(const LookupTable& table, Milliseconds budget) {
  const auto latency = LatencyProfiler<Space, LookupTable>::make(table);
  if (!latency) return latency.error();
  const auto range = latency->range();
  Reachable result{.least = range.min, .most = range.max};
  if (budget > Milliseconds{0}) {
    const Bounds count = count_within(*latency, Milliseconds{0}, budget);
    result.within =
        count.is_exact() ? to_string(count.lower) : to_string(count.lower) + " to " + to_string(count.upper);
  }
  return result;
}

}  // namespace detail

/// A space type as values.
template <class Space>
[[nodiscard]] AnySpace any_space(std::string name, std::string about) {
  AnySpace space{.name = std::move(name),
                 .about = std::move(about),
                 .fingerprint = fmt::format("{:016x}", fingerprint<Space>()),
                 .size = to_string(space_size<Space>),
                 .program = RunTimeProgram<Space>::view(),
                 .lists = Compiled<Space>::lists()};
  space.keys = [] { return operator_keys(Compiled<Space>::lists(), program<Space>); };
  space.draw = [](Rng& rng) { return detail::values_of(Uniform<Space>{}(rng)); };
  space.read = [](std::string_view text) -> Result<AnySpace::Values> {
    const auto a = from_json<Space>(text);
    if (!a) return a.error();
    return detail::values_of(*a);
  };
  space.json = [](const AnySpace::Values& values) { return to_json(detail::architecture_of<Space>(values)); };
  space.kernels = [](const AnySpace::Values& values) { return kernel_graph(detail::architecture_of<Space>(values)); };
  space.range = [](const LookupTable& table, Milliseconds budget) { return detail::reachable<Space>(table, budget); };
  space.predict = [](const LookupTable& table, const AnySpace::Values& values) -> Result<Milliseconds> {
    const auto latency = LatencyProfiler<Space, LookupTable>::make(table);
    if (!latency) return latency.error();
    return latency->profile(detail::architecture_of<Space>(values));
  };
  return space;
}

}  // namespace hwnas
