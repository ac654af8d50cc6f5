// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  AdaptiveSampler: which kernels to measure next, as nn-Meter's builder (Zhang et al., MobiSys 2021, section 4.2): first a
///        prior sample of the kernels that occur, then around those that a predictor of the others gets wrong.
///        AdaptiveSampler sampler{pool, {.target = 0.95}};
///        while (!deadline()) { auto batch = sampler.ask(measured); if (batch.empty()) break; ...measure, append to measured... }
#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "hwnas/core/rng.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/latency/kernel_pool.hpp"
#include "hwnas/latency/kernel_predictor.hpp"
#include "hwnas/latency/kernel_variant.hpp"

namespace hwnas {

/// A measured kernel and how it came about.
struct MeasuredVariant {
  KernelVariant variant;
  Milliseconds latency{};
};

struct SamplingOptions {
  std::size_t prior = 400;     ///< kernels of the pool before the first training; the more a type occurs, the more of it
  std::size_t batch = 32;      ///< kernels measured together
  std::size_t around = 6;      ///< new ones around a bad one: half from the pool, half with 0.5 to 1.2 times its channels
  std::size_t bad_ones = 40;   ///< bad kernels that are looked at before training again, the worst first
  double bad = 0.1;            ///< relative error that makes a kernel bad
  double target = 0.99;        ///< share of kernels that are not bad, at which sampling ends
  int folds = 4;               ///< of the cross-validation
  TreeOptions trees{.rounds = 150};
  std::uint64_t seed = 1;
};

/// One sample a kernel: the median of its measurements.
[[nodiscard]] inline std::vector<KernelSample> distinct_samples(std::span<const MeasuredVariant> measured) {
  std::map<std::string, std::pair<const KernelKey*, std::vector<double>>> of_text;
  for (const MeasuredVariant& m : measured) {
    auto& [kernel, latencies] = of_text[m.variant.kernel.text()];
    kernel = &m.variant.kernel;
    latencies.push_back(m.latency.value());
  }
  std::vector<KernelSample> samples;
  for (const auto& [text, found] : of_text) samples.push_back({*found.first, Milliseconds{median(found.second)}});
  return samples;
}

/// What a predictor says of each sample that learnt from the other folds only; NaN where those know nothing like it.
///   Errors  those of fit()
[[nodiscard]] inline Result<std::vector<double>> cross_validated(std::span<const KernelSample> samples, int folds,
                                                                 const TreeOptions& trees) {
  std::vector<double> predicted(samples.size(), std::numeric_limits<double>::quiet_NaN());
  // Folds within each type, so that no fold takes the whole of a rare one.
  std::map<std::string, int> next;
  std::vector<int> fold_of;
  for (const KernelSample& sample : samples) fold_of.push_back(next[sample.kernel.type()]++ % folds);
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<KernelSample> others;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (fold_of[i] != fold) others.push_back(samples[i]);
    }
    if (others.empty()) continue;
    KernelPredictor predictor;
    if (auto fitted = predictor.fit(others, trees); !fitted) return fitted.error();
    std::vector<KernelKey> keys;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (fold_of[i] != fold || !predictor.knows(samples[i].kernel)) continue;
      keys.push_back(samples[i].kernel);
      places.push_back(i);
    }
    const auto answers = predictor.predict_all(keys);
    if (!answers) return answers.error();
    for (std::size_t k = 0; k < places.size(); ++k) predicted[places[k]] = (*answers)[k].value();
  }
  return predicted;
}

/// Errors on kernels that the predictor had not learnt from, for each type and, under "all", for all; what no other
/// sample tells counts as predicted 0.
[[nodiscard]] inline Result<std::map<std::string, ErrorStatistics>> kernel_errors(std::span<const KernelSample> samples,
                                                                                  int folds, const TreeOptions& trees) {
  const auto predicted = cross_validated(samples, folds, trees);
  if (!predicted) return predicted.error();
  std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> lists;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    for (const std::string& name : {samples[i].kernel.type(), std::string{"all"}}) {
      lists[name].first.push_back(std::isnan((*predicted)[i]) ? 0 : (*predicted)[i]);
      lists[name].second.push_back(samples[i].latency.value());
    }
  }
  std::map<std::string, ErrorStatistics> result;
  for (const auto& [name, pair] : lists) result[name] = error_statistics(pair.first, pair.second);
  return result;
}

/// Proposes batches of kernels. It keeps no measurements: a building that is resumed asks with those of before.
class AdaptiveSampler {
 public:
  AdaptiveSampler(const KernelPool& pool, SamplingOptions options)
      : pool_{pool}, options_{options}, rng_{options.seed} {
    draw_prior();
  }

  /// The next batch; empty: the target is reached, or nothing is left to try.
  ///   Errors  those of training
  [[nodiscard]] Result<std::vector<KernelVariant>> ask(std::span<const MeasuredVariant> measured) {
    std::map<std::string, int> times;
    for (const MeasuredVariant& m : measured) ++times[m.variant.kernel.text()];
    std::vector<KernelVariant> batch;
    for (const PooledKernel* pooled : prior_) {
      if (batch.size() < options_.batch && !times.contains(pooled->kernel.text())) {
        batch.push_back({pooled->kernel, pooled->kernel.text()});
      }
    }
    if (!batch.empty()) return batch;
    if (queue_.empty()) {
      if (auto done = look_for_bad(measured, times); !done) return done.error();
    }
    while (!queue_.empty() && batch.size() < options_.batch) {
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    return batch;
  }

  /// Kernels of the first phase.
  [[nodiscard]] std::size_t prior() const { return prior_.size(); }
  /// Share of kernels that were not bad when it last trained; NaN before.
  [[nodiscard]] double good_share() const { return good_share_; }

 private:
  // Kernels take turns by type, the most frequent kernel of a type first; a type's turns go with the root of its occurrences, so
  // that rare types are not left out.
  void draw_prior() {
    std::map<std::string, std::vector<const PooledKernel*>> of_type;
    std::map<std::string, double> weight;
    for (const PooledKernel& pooled : pool_.all()) {
      of_type[pooled.kernel.type()].push_back(&pooled);
      weight[pooled.kernel.type()] += static_cast<double>(pooled.count);
    }
    const std::size_t wanted = std::min(options_.prior, pool_.all().size());
    for (auto& [type, kernels] : of_type) shuffle(kernels);
    std::map<std::string, std::size_t> taken;
    while (prior_.size() < wanted) {
      const std::string* next = nullptr;
      double least = std::numeric_limits<double>::infinity();
      for (const auto& [type, kernels] : of_type) {
        const double turn = static_cast<double>(taken[type]) / std::sqrt(weight[type]);
        if (taken[type] < kernels.size() && turn < least) least = turn, next = &type;
      }
      prior_.push_back(of_type[*next][taken[*next]++]);
    }
  }
  void shuffle(auto& list) {
    for (std::size_t i = 0; i + 1 < list.size(); ++i) std::swap(list[i], list[i + rng_.below(list.size() - i)]);
  }

  Result<void> look_for_bad(std::span<const MeasuredVariant> measured, const std::map<std::string, int>& times) {
    const std::vector<KernelSample> samples = distinct_samples(measured);
    const auto predicted = cross_validated(samples, options_.folds, options_.trees);
    if (!predicted) return predicted.error();
    std::vector<std::pair<double, std::size_t>> bad;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double latency = samples[i].latency.value();
      const double error = std::isnan((*predicted)[i]) ? 1 : std::abs((*predicted)[i] / latency - 1);
      if (error > options_.bad) bad.emplace_back(error, i);
    }
    good_share_ = 1 - static_cast<double>(bad.size()) / static_cast<double>(std::max<std::size_t>(1, samples.size()));
    if (good_share_ >= options_.target) return {};
    std::sort(bad.rbegin(), bad.rend());
    bad.resize(std::min(bad.size(), options_.bad_ones));
    std::map<std::string, const KernelVariant*> variant_of_text;
    for (const MeasuredVariant& m : measured) variant_of_text[m.variant.kernel.text()] = &m.variant;
    std::set<std::string> queued;
    for (const auto& [error, i] : bad) {
      const std::string text = samples[i].kernel.text();
      // Noise looks like error: what was measured once is measured again.
      if (times.at(text) < 2 && queued.insert(text).second) queue_.push_back(*variant_of_text.at(text));
      propose_around(*variant_of_text.at(text), times, queued);
    }
    return {};
  }
  void propose_around(const KernelVariant& bad, const std::map<std::string, int>& times,
                      std::set<std::string>& queued) {
    const auto propose = [&](KernelVariant variant) {
      const std::string text = variant.kernel.text();
      if (!times.contains(text) && queued.insert(text).second) queue_.push_back(std::move(variant));
    };
    for (const PooledKernel* near : nearest(bad.kernel, times, queued)) propose({near->kernel, near->kernel.text()});
    const PooledKernel* base = pool_.find(bad.base);
    if (base == nullptr) return;
    const KernelFeatures f = bad.kernel.features();
    for (std::size_t k = 0; k < options_.around - options_.around / 2; ++k) {
      auto made = variant_of(base->kernel, near_channels(f.cin), near_channels(f.cout));
      if (made) propose(std::move(*made));
    }
  }
  int near_channels(std::int64_t channels) {
    // nn-Meter draws channels from 0.5 to 1.2 times those of the bad configuration.
    return std::max(2, static_cast<int>(std::lround(static_cast<double>(channels) * (0.5 + 0.7 * rng_.uniform()))));
  }
  // Kernels of the pool not measured yet, of the same type, the nearest in the logarithms of their features.
  std::vector<const PooledKernel*> nearest(const KernelKey& kernel, const std::map<std::string, int>& times,
                                           const std::set<std::string>& queued) const {
    const std::string type = kernel.type();
    const auto at = kernel.features().values();
    std::vector<std::pair<double, const PooledKernel*>> found;
    for (const PooledKernel& pooled : pool_.all()) {
      if (pooled.kernel.type() != type || times.contains(pooled.kernel.text()) || queued.contains(pooled.kernel.text())) {
        continue;
      }
      const auto values = pooled.kernel.features().values();
      double distance = 0;
      for (std::size_t i = 0; i < at.size(); ++i) distance += std::pow(std::log((values[i] + 1) / (at[i] + 1)), 2);
      found.emplace_back(distance, &pooled);
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<const PooledKernel*> result;
    for (std::size_t i = 0; i < std::min(found.size(), options_.around / 2); ++i) result.push_back(found[i].second);
    return result;
  }

  const KernelPool& pool_;
  SamplingOptions options_;
  Rng rng_;
  std::vector<const PooledKernel*> prior_;
  std::deque<KernelVariant> queue_;
  double good_share_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace hwnas
