// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The Strategy concept.
#pragma once

#include <concepts>
#include <optional>

#include "hwnas/core/rng.hpp"
#include "hwnas/search/metrics.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// A search strategy: proposes architectures and learns from their metrics (higher objective is better).
///   ask(rng)     next architecture, or nullopt when it has no more to try or waits for results
///   tell(a, m)   may come late and out of order
///   Laws         same seed => same proposals; never proposes an invalid architecture; tests/laws/strategy_laws.hpp
template <class S, class Space>
concept Strategy = requires(S& s, Rng& rng, const Architecture<Space>& a, const Metrics& m) {
  { s.ask(rng) } -> std::same_as<std::optional<Architecture<Space>>>;
  s.tell(a, m);
};

}  // namespace hwnas
