// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  MedianStop: middleware that ends evaluations which fall behind the others (the median stopping rule, Golovin et
///        al. 2017, "Google Vizier: A Service for Black-Box Optimization", section 3.2.1).
///        Chain{Random<S>{}, MedianStop<S>{{.first_step = 5}}}
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Settings.
struct MedianStopOptions {
  std::size_t first_step = 1;  ///< nothing ends before
  std::size_t evaluations = 5; ///< finished ones that must have got as far before anything is compared with them
};

/// An evaluation ends at a step when its best objective so far is below the median of the others' mean objectives up to
/// that step. The others are those that finished, early or not. Steps count from 1, each is reported once, in order.
template <class Space>
class MedianStop {
 public:
  explicit MedianStop(MedianStopOptions options = {}) : options_{options} {}

  [[nodiscard]] auto ask(Rng& rng, auto&& next) { return next(rng); }
  void tell(const Architecture<Space>& a, const Metrics& metrics, auto&& next) {
    finish(a);
    next(a, metrics);
  }
  void fail(const Architecture<Space>& a, auto&& next) {
    running_.erase(a);
    next.fail(a);
  }
  /// False: end the evaluation.
  [[nodiscard]] bool report(const Architecture<Space>& a, std::size_t step, const Metrics& metrics) {
    auto& curve = running_[a];
    curve.push_back(metrics.score());
    if (step < options_.first_step) return true;
    std::vector<double> others;
    for (const auto& means : finished_) {
      if (means.size() >= curve.size()) others.push_back(means[curve.size() - 1]);
    }
    if (others.size() < options_.evaluations || others.empty()) return true;
    const auto middle = others.begin() + static_cast<std::ptrdiff_t>(others.size() / 2);
    std::nth_element(others.begin(), middle, others.end());
    const double median = others.size() % 2 == 1 ? *middle : (*middle + *std::max_element(others.begin(), middle)) / 2;
    return *std::max_element(curve.begin(), curve.end()) >= median;
  }

  [[nodiscard]] std::string save() const {
    StateWriter out{"median stopping", fingerprint<Space>()};
    out.number(finished_.size());
    for (const auto& means : finished_) out.reals(means);
    out.number(running_.size());
    for (const auto& [a, curve] : running_) {
      out.architecture(a);
      out.reals(curve);
    }
    return out.text();
  }
  /// Errors  mismatch (see StateReader)
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "median stopping", fingerprint<Space>()};
    MedianStop read{options_};
    for (std::size_t n = in.count(); n > 0; --n) read.finished_.push_back(in.reals());
    for (std::size_t n = in.count(); n > 0; --n) {
      const auto a = in.template architecture<Space>();
      read.running_[a] = in.reals();
    }
    if (auto ok = in.finish(); !ok) return ok;
    *this = std::move(read);
    return {};
  }

 private:
  void finish(const Architecture<Space>& a) {
    const auto found = running_.find(a);
    if (found == running_.end()) return;  // it reported nothing
    std::vector<double> means = std::move(found->second);
    double sum = 0;
    for (std::size_t i = 0; i < means.size(); ++i) {
      sum += means[i];
      means[i] = sum / static_cast<double>(i + 1);
    }
    finished_.push_back(std::move(means));
    running_.erase(found);
  }

  MedianStopOptions options_;
  std::vector<std::vector<double>> finished_;  // mean objective up to each step
  std::unordered_map<Architecture<Space>, std::vector<double>> running_;
};

}  // namespace hwnas
