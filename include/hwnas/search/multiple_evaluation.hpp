// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  MultipleEvaluation: middleware that has every proposal evaluated several times and tells the mean.
///        Chain{Tpe<S>{}, MultipleEvaluation<S>{3}}
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Proposes each architecture `times` times in a row. When as many results are in, in whatever order, the strategy is told
/// the mean of every metric over those that have it. Failed evaluations are left out; if all failed, so did the proposal.
template <class Space>
class MultipleEvaluation {
 public:
  explicit MultipleEvaluation(std::size_t times) : times_{times == 0 ? 1 : times} {}

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng& rng, auto&& next) {
    if (left_ == 0) {
      const auto a = next(rng);
      if (!a) return std::nullopt;
      current_ = *a;
      left_ = times_;
    }
    --left_;
    return current_;
  }
  void tell(const Architecture<Space>& a, const Metrics& metrics, auto&& next) {
    Results& results = open_[a];
    results.objective = metrics.objective;
    for (const auto& [name, value] : metrics.values) {
      auto& [sum, count] = results.sums[name];
      sum += value;
      count += 1;
    }
    close(a, results, next);
  }
  void fail(const Architecture<Space>& a, auto&& next) { close(a, open_[a], next); }

  [[nodiscard]] std::string save() const {
    StateWriter out{"multiple evaluation", fingerprint<Space>()};
    out.number(left_);
    out.architecture(current_);
    out.number(open_.size());
    for (const auto& [a, results] : open_) {
      out.architecture(a);
      out.number(results.told);
      out.string(results.objective);
      out.number(results.sums.size());
      for (const auto& [name, mean] : results.sums) {
        out.string(name);
        out.real(mean.first);
        out.real(mean.second);
      }
    }
    return out.text();
  }
  /// Errors  mismatch (see StateReader)
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "multiple evaluation", fingerprint<Space>()};
    MultipleEvaluation read{times_};
    read.left_ = static_cast<std::size_t>(in.number());
    read.current_ = in.template architecture<Space>();
    for (std::size_t n = in.count(); n > 0; --n) {
      Results& results = read.open_[in.template architecture<Space>()];
      results.told = static_cast<std::size_t>(in.number());
      results.objective = in.string();
      for (std::size_t m = in.count(); m > 0; --m) {
        auto& [sum, count] = results.sums[in.string()];
        sum = in.real();
        count = in.real();
      }
    }
    if (read.left_ > times_) in.fail("it is of more evaluations");
    if (auto ok = in.finish(); !ok) return ok;
    *this = std::move(read);
    return {};
  }

 private:
  struct Results {
    std::size_t told = 0;  // failed ones too
    std::string objective = Metrics{}.objective;
    std::map<std::string, std::pair<double, double>> sums{};  // sum and count
  };

  void close(const Architecture<Space>& a, Results& results, auto& next) {
    if (++results.told < times_) return;
    Metrics mean;
    mean.objective = results.objective;
    for (const auto& [name, of] : results.sums) mean.values[name] = of.first / of.second;
    open_.erase(a);
    if (mean.values.empty()) {
      next.fail(a);
    } else {
      next(a, mean);
    }
  }

  std::size_t times_;
  std::size_t left_ = 0;  // of the current proposal
  Architecture<Space> current_{};
  std::unordered_map<Architecture<Space>, Results> open_;
};

}  // namespace hwnas
