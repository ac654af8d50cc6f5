// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  KernelCorrection: what kernels cost inside networks, where they were measured alone. Kernels measured alone find their
///        weights and inputs in the caches, each type to another degree; whole networks that were measured tell how much.
///        auto corrections = fit_corrections(networks).value();   corrections.at("conv").apply(alone, weights)
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/latency/proxy/ridge_path.hpp"

namespace hwnas {

/// latency inside a network = factor alone + start + weight (trainable numbers); additive over a network's kernels.
struct KernelCorrection {
  double factor = 1;
  double start = 0;   ///< milliseconds a kernel
  double weight = 0;  ///< milliseconds a trainable number

  /// Never less than a tenth of what was measured alone, which no cache explains.
  [[nodiscard]] double apply(double alone, double weights) const {
    return std::max(factor * alone + start + weight * weights, 0.1 * alone);
  }
};
/// One a type of kernel; "" for types that no network had.
using KernelCorrections = std::map<std::string, KernelCorrection>;

/// What the kernels of one type add up to in a network.
struct TypeSum {
  double alone = 0;    ///< milliseconds, as predicted for kernels measured alone
  double count = 0;
  double weights = 0;  ///< trainable numbers
};
/// A measured network as the correction sees it.
struct NetworkSum {
  std::map<std::string, TypeSum> types;
  double latency = 0;
};

namespace detail {

// The columns of the regression: for each type its milliseconds, kernels and weights, in units of what the type costs, so that one
// penalty suits all.
struct CorrectionColumns {
  std::map<std::string, TypeSum> total;

  explicit CorrectionColumns(std::span<const NetworkSum> networks) {
    for (const NetworkSum& network : networks) {
      for (const auto& [type, sum] : network.types) {
        TypeSum& all = total[type];
        all.alone += sum.alone;
        all.count += sum.count;
        all.weights += sum.weights;
      }
    }
  }
  [[nodiscard]] double start_unit(const TypeSum& all) const { return all.count > 0 ? all.alone / all.count : 0; }
  [[nodiscard]] double weight_unit(const TypeSum& all) const { return all.weights > 0 ? all.alone / all.weights : 0; }

  [[nodiscard]] Eigen::VectorXd row(const NetworkSum& network) const {
    Eigen::VectorXd result = Eigen::VectorXd::Zero(3 * static_cast<Eigen::Index>(total.size()));
    Eigen::Index at = 0;
    for (const auto& [type, all] : total) {
      if (const auto found = network.types.find(type); found != network.types.end()) {
        const TypeSum& sum = found->second;
        result.segment<3>(at) << sum.alone, start_unit(all) * sum.count, weight_unit(all) * sum.weights;
      }
      at += 3;
    }
    return result / network.latency;
  }
  [[nodiscard]] KernelCorrections corrections(double factor, const Eigen::VectorXd& w) const {
    KernelCorrections result{{"", {.factor = factor}}};
    Eigen::Index at = 0;
    for (const auto& [type, all] : total) {
      result[type] = {factor + w(at), start_unit(all) * w(at + 1), weight_unit(all) * w(at + 2)};
      at += 3;
    }
    return result;
  }
};

}  // namespace detail

/// Least squares of relative errors with a ridge towards one factor for all types; the penalty that leaves one network out best.
///   Errors  bad_value for fewer than two networks, or a network without latency or kernels
[[nodiscard]] inline Result<KernelCorrections> fit_corrections(std::span<const NetworkSum> networks) {
  if (networks.size() < 2) {
    return Error{Error::Code::bad_value,
                 fmt::format("a correction needs at least 2 measured networks, not {}", networks.size())};
  }
  const detail::CorrectionColumns columns{networks};
  const auto n = static_cast<Eigen::Index>(networks.size());
  Eigen::MatrixXd all(n, 1), own(n, 3 * static_cast<Eigen::Index>(columns.total.size()));
  for (Eigen::Index i = 0; i < n; ++i) {
    const NetworkSum& network = networks[static_cast<std::size_t>(i)];
    double alone = 0;
    for (const auto& [type, sum] : network.types) alone += sum.alone;
    if (!(network.latency > 0 && std::isfinite(network.latency) && alone > 0)) {
      return Error{Error::Code::bad_value,
                   fmt::format("network {} was measured {} ms and its kernels are predicted {} ms: expected "
                               "finite numbers above 0",
                               i, network.latency, alone)};
    }
    all(i, 0) = alone / network.latency;
    own.row(i) = columns.row(network).transpose();
  }
  const RidgePath path{all, own, Eigen::VectorXd::Ones(n)};
  const Eigen::VectorXd w = path.coefficients(path.best_by_leave_one_out(path.grid()));
  return columns.corrections(path.free_coefficients(w)(0), w);
}

}  // namespace hwnas
