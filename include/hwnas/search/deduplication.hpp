// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Deduplication: middleware that lets each architecture through once.
///        Chain{Random<S>{}, Deduplication<S>{}}
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/filter.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Repetitions are asked for again, `patience` times in a row; to a strategy they count as failed.
template <class Space>
class Deduplication {
 public:
  explicit Deduplication(int patience = default_patience) : patience_{patience} {}

  [[nodiscard]] auto ask(Rng& rng, auto&& next) {
    auto a = next(rng);
    for (int refused = 0; a && !seen_.insert(*a).second; a = next(rng)) {
      next.fail(*a);
      if (++refused >= patience_) return decltype(a){};
    }
    return a;
  }
  void tell(const auto& a, const Metrics& metrics, auto&& next) { next(a, metrics); }

  [[nodiscard]] std::string save() const {
    StateWriter out{"deduplication", fingerprint<Space>()};
    out.architectures(seen_);
    return out.text();
  }
  /// Errors  mismatch (see StateReader)
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "deduplication", fingerprint<Space>()};
    auto seen = in.template architectures<Space>();
    if (auto ok = in.finish(); !ok) return ok;
    seen_ = {seen.begin(), seen.end()};
    return {};
  }

 private:
  std::unordered_set<Architecture<Space>> seen_;
  int patience_;
};

}  // namespace hwnas
