// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Filter and Deduplication: middleware that lets only some proposals through.
#pragma once

#include <unordered_set>
#include <utility>

#include "hwnas/search/concepts.hpp"

namespace hwnas {

/// How many proposals in a row may be refused before a strategy counts as finished (NNI's default).
inline constexpr int default_patience = 1000;

/// Lets through the architectures that a predicate accepts; refused ones are asked for again, `patience` times.
template <class Predicate>
class Filter {
 public:
  explicit Filter(Predicate accepts, int patience = default_patience)
      : accepts_{std::move(accepts)}, patience_{patience} {}

  [[nodiscard]] auto ask(Rng& rng, auto&& next) {
    auto a = next(rng);
    for (int refused = 0; a && !accepts_(*a); a = next(rng)) {
      if (++refused >= patience_) return decltype(a){};
    }
    return a;
  }
  void tell(const auto& a, const Metrics& metrics, auto&& next) { next(a, metrics); }

 private:
  Predicate accepts_;
  int patience_;
};

/// Lets each architecture through once.
template <class Space>
class Deduplication {
 public:
  explicit Deduplication(int patience = default_patience) : patience_{patience} {}

  [[nodiscard]] auto ask(Rng& rng, auto&& next) {
    auto a = next(rng);
    for (int refused = 0; a && !seen_.insert(*a).second; a = next(rng)) {
      if (++refused >= patience_) return decltype(a){};
    }
    return a;
  }
  void tell(const auto& a, const Metrics& metrics, auto&& next) { next(a, metrics); }

 private:
  std::unordered_set<Architecture<Space>> seen_;
  int patience_;
};

}  // namespace hwnas
