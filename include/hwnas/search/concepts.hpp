// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The Strategy concepts.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "hwnas/core/result.hpp"
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

/// A strategy whose run can go on later. The Rng is the caller's to keep (Rng::state), as are the options.
///   save()       the state as text
///   load(text)   into a strategy made with the same options; on an Error it is as before
///   Laws         stopping and going on proposes what not stopping does; tests/laws/strategy_laws.hpp
template <class S, class Space>
concept ResumableStrategy = Strategy<S, Space> && requires(S& s, const S& c, std::string_view text) {
  { c.save() } -> std::same_as<std::string>;
  { s.load(text) } -> std::same_as<Result<void>>;
};

/// How much of a full evaluation a strategy wants of what it just proposed, in (0, 1]: strategies of several fidelities
/// (Asha) have  fidelity(a) const -> double;  the others want all.
template <class S, class Space>
[[nodiscard]] double fidelity_of(const S& strategy, const Architecture<Space>& a) {
  if constexpr (requires { { strategy.fidelity(a) } -> std::convertible_to<double>; }) {
    return strategy.fidelity(a);
  } else {
    return 1;
  }
}

/// Tells a strategy that there will be no metrics of a proposal. Strategies that wait for results have  fail(a).
template <class S, class Space>
void tell_failure(S& strategy, const Architecture<Space>& a) {
  if constexpr (requires { strategy.fail(a); }) strategy.fail(a);
}

/// Tells a strategy that an architecture is being evaluated which it did not propose: a resumed search finds trials in its
/// store that were open when it stopped. Strategies and middleware that let each through once have  expect(a).
template <class S, class Space>
void tell_expected(S& strategy, const Architecture<Space>& a) {
  if constexpr (requires { strategy.expect(a); }) strategy.expect(a);
}

/// Shows a strategy what an evaluation has come to after some steps (epochs); false asks to end it early, with these
/// metrics as its result. Strategies and middleware that look have  report(a, step, metrics) -> bool.
template <class S, class Space>
[[nodiscard]] bool report_to(S& strategy, const Architecture<Space>& a, std::size_t step, const Metrics& metrics) {
  if constexpr (requires { { strategy.report(a, step, metrics) } -> std::convertible_to<bool>; }) {
    return strategy.report(a, step, metrics);
  } else {
    return true;
  }
}

}  // namespace hwnas
