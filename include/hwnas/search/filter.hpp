// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Filter: middleware that lets only some proposals through.
///        Filter{[&](const auto& a) { return flops.profile(a) < 300_MFLOPs; }}
///        Filter{inside, default_patience, Metrics{{{"accuracy", 0.0}}}}      // the strategy learns what is refused
#pragma once

#include <optional>
#include <utility>

#include "hwnas/search/concepts.hpp"

namespace hwnas {

/// How many proposals in a row may be refused before a strategy counts as finished (NNI's default).
inline constexpr int default_patience = 1000;

/// Lets through the architectures that a predicate accepts; refused ones are asked for again, `patience` times. A strategy
/// gets an answer to what was refused: bad metrics where some are given, otherwise that there are none.
template <class Predicate>
class Filter {
 public:
  explicit Filter(Predicate accepts, int patience = default_patience, std::optional<Metrics> answer = {})
      : accepts_{std::move(accepts)}, patience_{patience}, answer_{std::move(answer)} {}

  [[nodiscard]] auto ask(Rng& rng, auto&& next) {
    auto a = next(rng);
    for (int refused = 0; a && !accepts_(*a); a = next(rng)) {
      if (answer_) {
        next(*a, *answer_);
      } else {
        next.fail(*a);
      }
      if (++refused >= patience_) return decltype(a){};
    }
    return a;
  }
  void tell(const auto& a, const Metrics& metrics, auto&& next) { next(a, metrics); }

 private:
  Predicate accepts_;
  int patience_;
  std::optional<Metrics> answer_;
};

}  // namespace hwnas
