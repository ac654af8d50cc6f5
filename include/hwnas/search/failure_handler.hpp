// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  FailureHandler: middleware that proposes failed trials again, and answers for those that keep failing.
///        Chain{Evolution<S>{...}, FailureHandler<S>{{.retries = 2, .answer = Metrics{{{"accuracy", 0.0}}}}}}
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Settings.
struct FailureOptions {
  int retries = 0;                   ///< how often a failed architecture is proposed again
  std::optional<Metrics> answer{};   ///< what the strategy is told afterwards; nothing: that it failed
};

/// Hides failures from a strategy.
template <class Space>
class FailureHandler {
 public:
  explicit FailureHandler(FailureOptions options = {}) : options_{std::move(options)} {}

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng& rng, auto&& next) {
    if (again_.empty()) return next(rng);
    auto a = std::move(again_.front());
    again_.pop_front();
    return a;
  }
  void tell(const Architecture<Space>& a, const Metrics& metrics, auto&& next) {
    failures_.erase(a);
    next(a, metrics);
  }
  void fail(const Architecture<Space>& a, auto&& next) {
    if (failures_[a]++ < options_.retries) return again_.push_back(a);
    failures_.erase(a);
    if (options_.answer) {
      next(a, *options_.answer);
    } else {
      next.fail(a);
    }
  }

  [[nodiscard]] std::string save() const {
    StateWriter out{"handling of failures", fingerprint<Space>()};
    out.architectures(again_);
    out.number(failures_.size());
    for (const auto& [a, times] : failures_) {
      out.architecture(a);
      out.number(static_cast<std::uint64_t>(times));
    }
    return out.text();
  }
  /// Errors  mismatch (see StateReader)
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "handling of failures", fingerprint<Space>()};
    FailureHandler read{options_};
    for (auto& a : in.template architectures<Space>()) read.again_.push_back(std::move(a));
    for (std::size_t n = in.count(); n > 0; --n) {
      const auto a = in.template architecture<Space>();
      read.failures_[a] = static_cast<int>(in.number());
    }
    if (auto ok = in.finish(); !ok) return ok;
    *this = std::move(read);
    return {};
  }

 private:
  FailureOptions options_;
  std::deque<Architecture<Space>> again_;  // to be proposed again
  std::unordered_map<Architecture<Space>, int> failures_;
};

}  // namespace hwnas
