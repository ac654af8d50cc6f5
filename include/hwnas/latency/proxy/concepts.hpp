// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Adapter: predicts latency on a new device from few measurements on it and from devices known before.
///        Samples samples{{17, 5.2_ms}, {204, 9.1_ms}, ...};       // rows of the pool of architectures
///        adapter.fit(samples).value();
///        Prediction p = adapter.predict(3).value();               // mean and standard deviation of row 3
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>
#include <fmt/format.h>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/core/statistics.hpp"

namespace hwnas {

/// One measurement on the target: a row of the pool of architectures, and its latency.
struct Sample {
  Eigen::Index row = 0;
  Milliseconds latency{};
};
using Samples = std::vector<Sample>;

/// What an adapter believes a measurement of one architecture would give.
struct Prediction {
  Milliseconds mean{};
  Milliseconds deviation{};  ///< standard deviation, the measurement's own noise included
};

/// The same for every row of the pool, in milliseconds.
struct Predictions {
  Eigen::VectorXd mean = {};
  Eigen::VectorXd deviation = {};
  [[nodiscard]] Prediction at(Eigen::Index row) const {
    return {Milliseconds{mean(row)}, Milliseconds{deviation(row)}};
  }
};

/// Adapts what is known of other devices (or of the architectures alone) to one target device.
///   fit(samples)     forgets earlier samples; too few, repeated, negative or unknown rows are an Error
///   predict(row)     an Error before the first successful fit and for a row outside the pool
///   predict_all()    predict() of every row, cheaper
///   Laws             same samples, same answer; samples in another unit only scale it; tests/laws/adapter_laws.hpp
template <class A>
concept Adapter = requires(A adapter, const A& fitted, std::span<const Sample> samples, Eigen::Index row) {
  { adapter.fit(samples) } -> std::same_as<Result<void>>;
  { fitted.predict(row) } -> std::same_as<Result<Prediction>>;
  { fitted.predict_all() } -> std::same_as<Result<Predictions>>;
};

/// The samples as rows and numbers, or the Error that says what is wrong with them.
struct SampleTable {
  std::vector<Eigen::Index> rows = {};
  Eigen::VectorXd latency = {};

  [[nodiscard]] static Result<SampleTable> make(std::span<const Sample> samples, Eigen::Index pool,
                                                std::size_t at_least) {
    if (samples.size() < at_least) {
      return Error{Error::Code::bad_value,
                   fmt::format("this adapter needs at least {} measurements on the target, not {}", at_least,
                               samples.size())};
    }
    SampleTable table;
    table.latency.resize(static_cast<Eigen::Index>(samples.size()));
    std::vector<bool> seen(static_cast<std::size_t>(pool), false);
    for (const auto& [row, latency] : samples) {
      if (row < 0 || row >= pool) {
        return Error{Error::Code::mismatch, fmt::format("a sample names row {} of a pool of {}", row, pool)};
      }
      if (!std::isfinite(latency.value()) || latency.value() <= 0) {
        return Error{Error::Code::bad_value,
                     fmt::format("row {} has the latency {}, which must be positive", row, latency)};
      }
      if (seen[static_cast<std::size_t>(row)]) {
        return Error{Error::Code::bad_value, fmt::format("row {} is among the samples twice", row)};
      }
      seen[static_cast<std::size_t>(row)] = true;
      table.latency(static_cast<Eigen::Index>(table.rows.size())) = latency.value();
      table.rows.push_back(row);
    }
    return table;
  }
};

[[nodiscard]] inline Error not_fitted() {
  return {Error::Code::unavailable, "predict() needs a successful fit() first"};
}
[[nodiscard]] inline Error row_outside(Eigen::Index row, Eigen::Index rows) {
  return {Error::Code::mismatch, fmt::format("row {} is outside the pool of {}", row, rows)};
}
/// Spearman's rank correlation of two vectors; NaN where one has no spread.
[[nodiscard]] inline double rank_correlation(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  return spearman({a.data(), static_cast<std::size_t>(a.size())}, {b.data(), static_cast<std::size_t>(b.size())});
}

/// What an adapter keeps that predicts the whole pool when it is fitted.
class PoolPredictions {
 public:
  [[nodiscard]] Result<Predictions> predict_all() const {
    if (!predictions_) return not_fitted();
    return *predictions_;
  }
  [[nodiscard]] Result<Prediction> predict(Eigen::Index row) const {
    if (!predictions_) return not_fitted();
    if (row < 0 || row >= predictions_->mean.size()) return row_outside(row, predictions_->mean.size());
    return predictions_->at(row);
  }

 protected:
  std::optional<Predictions> predictions_;
};

}  // namespace hwnas
