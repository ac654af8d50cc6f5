// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  AnyStrategy and AnyMoves: for programs that choose at run time, from their command line.
///        AnyStrategy<S> search{Tpe<S, AnyMoves<S>>{{}, AnyMoves<S>{inside}}};
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/search/concepts.hpp"
#include "hwnas/search/moves.hpp"

namespace hwnas {

/// Any Moves; what is wrapped is copied in, and shared by copies.
template <class Space>
class AnyMoves {
 public:
  template <Moves<Space> M>
  explicit AnyMoves(M moves) {
    const auto shared = std::make_shared<const M>(std::move(moves));
    draw_ = [shared](Rng& rng) { return (*shared)(rng); };
    contains_ = [shared](const Architecture<Space>& a) { return shared->contains(a); };
    if constexpr (requires { shared->shared_set(); }) set_ = shared->shared_set();
    if constexpr (requires(std::span<const std::uint8_t> first) { shared->count_beginning(first); }) {
      count_beginning_ = [shared](std::span<const std::uint8_t> first) { return shared->count_beginning(first); };
    }
  }
  [[nodiscard]] Architecture<Space> operator()(Rng& rng) const { return draw_(rng); }
  [[nodiscard]] bool contains(const Architecture<Space>& a) const { return contains_(a); }
  /// That of what is wrapped; null where it has none.
  [[nodiscard]] const std::shared_ptr<const FeasibleSet<Space>>& shared_set() const { return set_; }
  /// What the wrapped say; 1 where they cannot tell.
  [[nodiscard]] std::size_t count_beginning(std::span<const std::uint8_t> first) const {
    return count_beginning_ ? count_beginning_(first) : 1;
  }

 private:
  std::function<Architecture<Space>(Rng&)> draw_;
  std::function<bool(const Architecture<Space>&)> contains_;
  std::shared_ptr<const FeasibleSet<Space>> set_;
  std::function<std::size_t(std::span<const std::uint8_t>)> count_beginning_;
};

/// Any Strategy.
template <class Space>
class AnyStrategy {
 public:
  using space = Space;

  template <Strategy<Space> S>
    requires(!std::is_same_v<std::remove_cvref_t<S>, AnyStrategy>)
  explicit AnyStrategy(S strategy) : held_{std::make_unique<Held<S>>(std::move(strategy))} {}

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng& rng) { return held_->ask(rng); }
  void tell(const Architecture<Space>& a, const Metrics& metrics) { held_->tell(a, metrics); }
  void fail(const Architecture<Space>& a) { held_->fail(a); }
  void expect(const Architecture<Space>& a) { held_->expect(a); }
  [[nodiscard]] double fidelity(const Architecture<Space>& a) const { return held_->fidelity(a); }
  [[nodiscard]] bool report(const Architecture<Space>& a, std::size_t step, const Metrics& metrics) {
    return held_->report(a, step, metrics);
  }
  /// "" where what is wrapped cannot be saved.
  [[nodiscard]] std::string save() const { return held_->save(); }
  /// Errors  those of what is wrapped; unavailable where it cannot be loaded
  [[nodiscard]] Result<void> load(std::string_view text) { return held_->load(text); }

 private:
  struct Base {
    virtual ~Base() = default;
    virtual std::optional<Architecture<Space>> ask(Rng& rng) = 0;
    virtual void tell(const Architecture<Space>& a, const Metrics& metrics) = 0;
    virtual void fail(const Architecture<Space>& a) = 0;
    virtual void expect(const Architecture<Space>& a) = 0;
    [[nodiscard]] virtual double fidelity(const Architecture<Space>& a) const = 0;
    virtual bool report(const Architecture<Space>& a, std::size_t step, const Metrics& metrics) = 0;
    [[nodiscard]] virtual std::string save() const = 0;
    virtual Result<void> load(std::string_view text) = 0;
  };
  template <class S>
  struct Held final : Base {
    explicit Held(S given) : strategy{std::move(given)} {}
    std::optional<Architecture<Space>> ask(Rng& rng) override { return strategy.ask(rng); }
    void tell(const Architecture<Space>& a, const Metrics& metrics) override { strategy.tell(a, metrics); }
    void fail(const Architecture<Space>& a) override { tell_failure(strategy, a); }
    void expect(const Architecture<Space>& a) override { tell_expected(strategy, a); }
    [[nodiscard]] double fidelity(const Architecture<Space>& a) const override { return fidelity_of(strategy, a); }
    bool report(const Architecture<Space>& a, std::size_t step, const Metrics& metrics) override {
      return report_to(strategy, a, step, metrics);
    }
    [[nodiscard]] std::string save() const override {
      if constexpr (ResumableStrategy<S, Space>) return strategy.save();
      else return {};
    }
    Result<void> load(std::string_view text) override {
      if constexpr (ResumableStrategy<S, Space>) return strategy.load(text);
      else return Error{Error::Code::unavailable, "this strategy cannot be saved, so that there is nothing to load"};
    }
    S strategy;
  };

  std::unique_ptr<Base> held_;
};

}  // namespace hwnas
