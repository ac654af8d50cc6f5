// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The hypotheses that AutoAdapter weighs: how near a new device may be to the known ones, and which view of the
///        architectures explains where it differs. Nothing here names a device or a search space.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <Eigen/Core>

#include "hwnas/latency/proxy/evidence_mixture.hpp"

namespace hwnas {

namespace detail {
inline Eigen::VectorXd steps(double first, double last, Eigen::Index n) {
  return Eigen::VectorXd::LinSpaced(n, first, last);
}
inline Eigen::VectorXd log_normal_weights(const Eigen::VectorXd& grid, double center, double spread) {
  Eigen::ArrayXd w = -0.5 * ((grid.array() - center) / spread).square();
  return (w - log_sum_exp(w)).matrix();
}
}  // namespace detail

/// Equal weights on all hypotheses and broad priors on noise and scale: what is assumed of a device before known devices
/// have taught anything. Blocks as ProxyPool::prior lays them out.
[[nodiscard]] inline MixturePrior default_mixture(std::size_t views) {
  constexpr double absent = -40, rest = -3;
  std::vector<std::vector<double>> rows;
  std::vector<int> kinds;
  const auto add = [&](int kind, double factors, auto coarse, auto fine) {
    std::vector<double> row{factors, rest};
    for (std::size_t v = 0; v < views; ++v) row.push_back(coarse(v)), row.push_back(fine(v));
    rows.push_back(row);
    kinds.push_back(kind);
  };
  const auto everywhere = [](double value) { return [value](std::size_t) { return value; }; };
  const auto only = [](std::size_t view, double value) {
    return [view, value](std::size_t v) { return v == view ? value : absent; };
  };
  add(0, 0, everywhere(-6), everywhere(absent));  // a mixture of the known devices, and hardly more
  for (std::size_t v = 0; v < views; ++v) {
    add(1, 0, only(v, -2), only(v, -4));   // near them, with some costs of its own
    add(2, 0, only(v, 0), only(v, -4));    // as much its own as theirs
    add(3, -2, only(v, 0), only(v, -3));   // another kind of device
  }
  if (views > 1) add(4, 0, everywhere(-1), everywhere(-4));  // part of its runtime drops dead branches
  MixturePrior prior;
  prior.hypotheses.resize(Eigen::Index(rows.size()), Eigen::Index(2 + 2 * views));
  for (std::size_t h = 0; h < rows.size(); ++h) {
    for (std::size_t b = 0; b < rows[h].size(); ++b) prior.hypotheses(Eigen::Index(h), Eigen::Index(b)) = rows[h][b];
  }
  kinds.push_back(5);  // the twin of one of them
  const auto all = Eigen::Index(kinds.size());
  prior.kind = Eigen::Map<const Eigen::VectorXi>(kinds.data(), all);
  prior.log_weight = Eigen::VectorXd::Constant(all, -std::log(double(all)));
  prior.log_noise = detail::steps(-9, 3, 13);
  prior.noise_weight = detail::log_normal_weights(prior.log_noise, -4, 2.5);
  prior.log_scale = detail::steps(std::log(0.1), std::log(3.0), 14);
  prior.scale_weight = detail::log_normal_weights(prior.log_scale, 0, 0.7);
  return prior;
}

}  // namespace hwnas
