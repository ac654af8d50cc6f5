// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A made-up search space and made-up devices for the tests of proxy adaptation: six places with four operators,
///        latencies that add up, devices whose operator costs are drawn around common ones.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/core/rng.hpp"
#include "hwnas/latency/proxy/concepts.hpp"
#include "hwnas/latency/proxy/proxy_pool.hpp"

namespace hwnas::testing {

inline double normal(Rng& rng) {  // Box and Muller 1958
  return std::sqrt(-2 * std::log(1 - rng.uniform())) * std::cos(6.283185307179586 * rng.uniform());
}

struct World {
  static constexpr int places = 6, operators = 4;
  Eigen::MatrixXd one_hot, counts;
  Eigen::MatrixXd latency;  ///< a column a device

  World(Eigen::Index rows, Eigen::Index devices, double noise, std::uint64_t seed = 5) {
    Rng rng{seed};
    one_hot = Eigen::MatrixXd::Zero(rows, places * operators), counts = Eigen::MatrixXd::Zero(rows, operators);
    for (Eigen::Index i = 0; i < rows; ++i) {
      for (int p = 0; p < places; ++p) {
        const auto op = Eigen::Index(rng.below(std::uint64_t{operators}));
        one_hot(i, p * operators + op) = 1, counts(i, op) += 1;
      }
    }
    latency.resize(rows, devices);
    for (Eigen::Index d = 0; d < devices; ++d) {
      Eigen::VectorXd cost(places * operators);
      const double scale = std::exp(normal(rng));
      Eigen::Vector4d operator_cost{0.2, 1 * std::exp(0.4 * normal(rng)), 2 * std::exp(0.4 * normal(rng)),
                                    4 * std::exp(0.4 * normal(rng))};
      for (Eigen::Index c = 0; c < cost.size(); ++c) {
        cost(c) = operator_cost(c % operators) * std::exp(0.15 * normal(rng));
      }
      for (Eigen::Index i = 0; i < rows; ++i) {
        latency(i, d) = scale * (2 + one_hot.row(i).dot(cost)) * std::exp(noise * normal(rng));
      }
    }
  }

  [[nodiscard]] ProxyPool pool(Eigen::Index known) const {
    return ProxyPool::make({{"as written", counts, one_hot}}, latency.leftCols(known)).value();
  }
  [[nodiscard]] Samples samples(Eigen::Index device, const std::vector<Eigen::Index>& rows) const {
    Samples out;
    for (const auto row : rows) out.push_back({row, Milliseconds{latency(row, device)}});
    return out;
  }
  [[nodiscard]] Samples first(Eigen::Index device, Eigen::Index n) const {
    std::vector<Eigen::Index> rows;
    for (Eigen::Index i = 0; i < n; ++i) rows.push_back(7 * i);
    return samples(device, rows);
  }
};

}  // namespace hwnas::testing
