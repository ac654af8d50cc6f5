// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Sort: middleware that evaluates the most promising of several proposals first, or only those.
///        Chain{Random<S>{}, Sort<S>{[&](const auto& a) { return accuracy_predictor(a); }, {.batch = 100, .keep = 10}}}
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Settings.
struct SortOptions {
  std::size_t batch = 20;                                      ///< proposals that are put in order together
  std::size_t keep = std::numeric_limits<std::size_t>::max();  ///< how many of them are evaluated; the others count as failed
};

/// Asks for a batch of proposals and gives them on in order of a promise (higher is better), equals as they came. A
/// strategy that waits for results makes the batch shorter.
template <class Space>
class Sort {
 public:
  using Promise = std::function<double(const Architecture<Space>&)>;

  explicit Sort(Promise promise, SortOptions options = {}) : promise_{std::move(promise)}, options_{options} {}

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng& rng, auto&& next) {
    if (open_.empty()) gather(rng, next);
    if (open_.empty()) return std::nullopt;
    auto best = std::move(open_.back());
    open_.pop_back();
    return best;
  }
  void tell(const Architecture<Space>& a, const Metrics& metrics, auto&& next) { next(a, metrics); }

  [[nodiscard]] std::string save() const {
    StateWriter out{"sorting", fingerprint<Space>()};
    out.architectures(open_);
    return out.text();
  }
  /// Errors  mismatch (see StateReader)
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "sorting", fingerprint<Space>()};
    auto open = in.template architectures<Space>();
    if (auto ok = in.finish(); !ok) return ok;
    open_ = std::move(open);
    return {};
  }

 private:
  void gather(Rng& rng, auto& next) {
    std::vector<std::pair<double, Architecture<Space>>> batch;
    while (batch.size() < options_.batch) {
      const auto a = next(rng);
      if (!a) break;
      batch.emplace_back(promise_(*a), *a);
    }
    std::stable_sort(batch.begin(), batch.end(), [](const auto& x, const auto& y) { return x.first > y.first; });
    for (std::size_t i = options_.keep; i < batch.size(); ++i) next.fail(batch[i].second);
    batch.resize(std::min(batch.size(), options_.keep));
    for (auto at = batch.rbegin(); at != batch.rend(); ++at) open_.push_back(std::move(at->second));
  }

  Promise promise_;
  SortOptions options_;
  std::vector<Architecture<Space>> open_;  // best last
};

}  // namespace hwnas
