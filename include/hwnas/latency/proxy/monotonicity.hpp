// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Latency monotonicity: do two devices put architectures in the same order?
///        RankMatrix rho = rank_matrix(latencies, spearman);        // a column a device, NaN: not measured
///        auto order = similarity_order(rho.value);                 // devices that resemble each other side by side
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/core/rng.hpp"
#include "hwnas/core/statistics.hpp"

namespace hwnas {

/// A rank correlation of every pair of devices, with how many architectures both have measured.
struct RankMatrix {
  Eigen::MatrixXd value = {};
  Eigen::MatrixXi common = {};
};

/// Latencies of two devices where both have measured.
struct CommonLatencies {
  std::vector<double> first = {}, second = {};
};
[[nodiscard]] inline CommonLatencies common_latencies(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  CommonLatencies out;
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    if (std::isnan(a(i)) || std::isnan(b(i))) continue;
    out.first.push_back(a(i)), out.second.push_back(b(i));
  }
  return out;
}

/// `correlation` (spearman, kendall_tau) of every pair of columns; NaN where fewer than two rows are common.
template <class Correlation>
[[nodiscard]] RankMatrix rank_matrix(const Eigen::MatrixXd& latencies, Correlation correlation) {
  const Eigen::Index devices = latencies.cols();
  RankMatrix out{Eigen::MatrixXd::Identity(devices, devices), Eigen::MatrixXi::Zero(devices, devices)};
  for (Eigen::Index a = 0; a < devices; ++a) {
    out.common(a, a) = static_cast<int>((latencies.col(a).array() == latencies.col(a).array()).count());
    for (Eigen::Index b = 0; b < a; ++b) {
      const CommonLatencies pair = common_latencies(latencies.col(a), latencies.col(b));
      out.common(a, b) = out.common(b, a) = static_cast<int>(pair.first.size());
      out.value(a, b) = out.value(b, a) = pair.first.size() < 2 ? std::numeric_limits<double>::quiet_NaN()
                                                                : correlation(pair.first, pair.second);
    }
  }
  return out;
}

/// 95 % bootstrap interval of one pair's correlation: architectures are drawn with replacement.
template <class Correlation>
[[nodiscard]] Interval rank_interval(const Eigen::VectorXd& a, const Eigen::VectorXd& b, Correlation correlation,
                                     Rng& rng, BootstrapOptions options = {}) {
  const CommonLatencies pair = common_latencies(a, b);
  return bootstrap_interval(std::span<const double>{pair.first}, std::span<const double>{pair.second}, correlation, rng,
                            options);
}

/// Devices in an order that brings alike ones together: the leaves of average-linkage clustering of 1 - correlation.
///   Complexity   O(devices^3)
[[nodiscard]] inline std::vector<std::size_t> similarity_order(const Eigen::MatrixXd& correlation) {
  std::vector<std::vector<std::size_t>> clusters;
  for (Eigen::Index i = 0; i < correlation.rows(); ++i) clusters.push_back({static_cast<std::size_t>(i)});
  const auto likeness = [&](const auto& a, const auto& b) {
    double sum = 0;
    for (const auto i : a) {
      for (const auto j : b) {
        const double value = correlation(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
        sum += std::isnan(value) ? 0 : value;
      }
    }
    return sum / static_cast<double>(a.size() * b.size());
  };
  while (clusters.size() > 1) {
    std::size_t first = 0, second = 1;
    double most = -std::numeric_limits<double>::infinity();
    for (std::size_t a = 0; a < clusters.size(); ++a) {
      for (std::size_t b = a + 1; b < clusters.size(); ++b) {
        if (const double value = likeness(clusters[a], clusters[b]); value > most) most = value, first = a, second = b;
      }
    }
    clusters[first].insert(clusters[first].end(), clusters[second].begin(), clusters[second].end());
    clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(second));
  }
  return clusters.empty() ? std::vector<std::size_t>{} : clusters.front();
}

}  // namespace hwnas
