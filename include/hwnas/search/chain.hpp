// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Chain: a strategy with middleware around it, composed as types.
///        Chain{Random<S>{}, Filter{[&](const auto& a) { return flops.profile(a) < 300_MFLOPs; }}, Deduplication<S>{}}
#pragma once

#include <optional>
#include <tuple>
#include <utility>

#include "hwnas/search/concepts.hpp"

namespace hwnas {

/// A strategy whose proposals pass through every middleware, the first written being the innermost.
///   A middleware has  ask(rng, next) -> optional<Architecture>, where next(rng) asks what it wraps
///                     tell(a, metrics, next), where next(a, metrics) tells what it wraps
template <class Inner, class... Middleware>
class Chain {
 public:
  using space = typename Inner::space;

  explicit Chain(Inner inner, Middleware... middleware)
      : inner_{std::move(inner)}, middleware_{std::move(middleware)...} {}

  [[nodiscard]] std::optional<Architecture<space>> ask(Rng& rng) { return ask_from<sizeof...(Middleware)>(rng); }
  void tell(const Architecture<space>& a, const Metrics& metrics) { tell_from<sizeof...(Middleware)>(a, metrics); }

  [[nodiscard]] Inner& inner() { return inner_; }

 private:
  // Level n is the strategy with its first n middlewares.
  template <std::size_t Level>
  std::optional<Architecture<space>> ask_from(Rng& rng) {
    if constexpr (Level == 0) {
      return inner_.ask(rng);
    } else {
      return std::get<Level - 1>(middleware_).ask(rng, [this](Rng& r) { return ask_from<Level - 1>(r); });
    }
  }
  template <std::size_t Level>
  void tell_from(const Architecture<space>& a, const Metrics& metrics) {
    if constexpr (Level == 0) {
      inner_.tell(a, metrics);
    } else {
      std::get<Level - 1>(middleware_).tell(a, metrics, [this](const Architecture<space>& b, const Metrics& m) {
        tell_from<Level - 1>(b, m);
      });
    }
  }

  Inner inner_;
  std::tuple<Middleware...> middleware_;
};

}  // namespace hwnas
