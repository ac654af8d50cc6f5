// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Chain: a strategy with middleware around it, composed as types.
///        Chain{Random<S>{}, Filter{[&](const auto& a) { return flops.profile(a) < 300_MFLOPs; }}, Deduplication<S>{}}
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// A strategy whose proposals pass through every middleware, the first written being the innermost.
///   A middleware has  ask(rng, next) -> optional<Architecture>
///                     tell(a, metrics, next)
///   and it may have   fail(a, next)               there will be no metrics (without it: next.fail(a))
///                     expect(a)                   see tell_expected
///                     report(a, step, metrics)    see report_to
///                     save(), load(text)          what has none has no state; see ResumableStrategy
///   where             next(rng) asks what it wraps, next(a, metrics) tells it, next.fail(a) tells it of a failure
template <class Inner, class... Middleware>
class Chain {
 public:
  using space = typename Inner::space;

  explicit Chain(Inner inner, Middleware... middleware)
      : inner_{std::move(inner)}, middleware_{std::move(middleware)...} {}

  [[nodiscard]] std::optional<Architecture<space>> ask(Rng& rng) { return Below<levels>{*this}(rng); }
  void tell(const Architecture<space>& a, const Metrics& metrics) { Below<levels>{*this}(a, metrics); }
  void fail(const Architecture<space>& a) { Below<levels>{*this}.fail(a); }
  void expect(const Architecture<space>& a) {
    tell_expected(inner_, a);
    std::apply([&](auto&... each) { (tell_expected(each, a), ...); }, middleware_);
  }
  [[nodiscard]] double fidelity(const Architecture<space>& a) const { return fidelity_of(inner_, a); }
  /// Ends an evaluation as soon as one of them all wants it to.
  [[nodiscard]] bool report(const Architecture<space>& a, std::size_t step, const Metrics& metrics) {
    bool goes_on = report_to(inner_, a, step, metrics);
    const auto look = [&](auto& each) { goes_on = report_to(each, a, step, metrics) && goes_on; };
    std::apply([&](auto&... each) { (look(each), ...); }, middleware_);
    return goes_on;
  }

  [[nodiscard]] Inner& inner() { return inner_; }

  [[nodiscard]] std::string save() const
    requires ResumableStrategy<Inner, space>
  {
    StateWriter out{"chain", fingerprint<space>()};
    out.number(levels);
    out.string(inner_.save());
    const auto write = [&](const auto& each) { out.string(state_of(each)); };
    std::apply([&](const auto&... each) { (write(each), ...); }, middleware_);
    return out.text();
  }
  /// Errors  mismatch: that of a part, or a chain of other parts
  [[nodiscard]] Result<void> load(std::string_view text)
    requires ResumableStrategy<Inner, space>
  {
    const std::string before = save();
    auto ok = read(text);
    if (!ok) read(before).value();  // parts may have been read already
    return ok;
  }

 private:
  static constexpr std::size_t levels = sizeof...(Middleware);

  // The strategy with its first Level middlewares.
  template <std::size_t Level>
  struct Below {
    Chain& chain;

    std::optional<Architecture<space>> operator()(Rng& rng) const {
      if constexpr (Level == 0) {
        return chain.inner_.ask(rng);
      } else {
        return top().ask(rng, next());
      }
    }
    void operator()(const Architecture<space>& a, const Metrics& metrics) const {
      if constexpr (Level == 0) {
        chain.inner_.tell(a, metrics);
      } else {
        top().tell(a, metrics, next());
      }
    }
    void fail(const Architecture<space>& a) const {
      if constexpr (Level == 0) {
        tell_failure(chain.inner_, a);
      } else if constexpr (requires { top().fail(a, next()); }) {
        top().fail(a, next());
      } else {
        next().fail(a);
      }
    }

   private:
    [[nodiscard]] auto& top() const { return std::get<Level - 1>(chain.middleware_); }
    [[nodiscard]] auto next() const { return Below<Level - 1>{chain}; }
  };

  template <class M>
  static std::string state_of(const M& middleware) {
    if constexpr (requires { { middleware.save() } -> std::same_as<std::string>; }) {
      return middleware.save();
    } else {
      return {};
    }
  }
  Result<void> read(std::string_view text) {
    StateReader in{text, "chain", fingerprint<space>()};
    if (in.number() != levels) in.fail("it has other parts");
    const std::string inner = in.string();
    std::array<std::string, levels> states;
    for (std::string& state : states) state = in.string();
    if (auto ok = in.finish(); !ok) return ok;
    if (auto ok = inner_.load(inner); !ok) return ok;
    return read_middleware(states, std::make_index_sequence<levels>{});
  }
  template <std::size_t... I>
  Result<void> read_middleware(const std::array<std::string, levels>& states, std::index_sequence<I...>) {
    Result<void> result;
    const auto one = [&](auto& middleware, const std::string& state) {
      if constexpr (requires {
                      { middleware.load(state) } -> std::same_as<Result<void>>;
                    })
        result = middleware.load(state);
      return result.has_value();
    };
    (void)(one(std::get<I>(middleware_), states[I]) && ...);
    return result;
  }

  Inner inner_;
  std::tuple<Middleware...> middleware_;
};

}  // namespace hwnas
