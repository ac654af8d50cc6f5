// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  KernelCorrection: what kernels cost inside networks, where they were measured alone. Kernels measured alone find their
///        weights and inputs in the caches, each type to another degree; whole networks that were measured tell how much.
///        auto corrections = fit_corrections(networks).value();   corrections.at("conv").apply(alone, weights)
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/core/statistics.hpp"

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
  [[nodiscard]] KernelCorrections corrections(const Eigen::VectorXd& c) const {
    KernelCorrections result;
    double factors = 0;
    Eigen::Index at = 0;
    for (const auto& [type, all] : total) {
      result[type] = {c(at), start_unit(all) * c(at + 1), weight_unit(all) * c(at + 2)};
      factors += c(at);
      at += 3;
    }
    result[""] = {.factor = factors / static_cast<double>(total.size())};
    return result;
  }
};

// Tukey's weights of relative errors: nearly 1 for the bulk, 0 beyond 4.685 of its standard deviations. A network that was
// measured while the machine did something else then counts for nothing.
[[nodiscard]] inline Eigen::VectorXd weights_of(const Eigen::VectorXd& errors) {
  const Eigen::VectorXd sizes = errors.cwiseAbs();
  constexpr double deviations = 4.685, of_median = 1.4826, clock = 1e-3;  // no measurement is better
  const std::span all{sizes.data(), static_cast<std::size_t>(sizes.size())};
  const double limit = std::max(clock, deviations * of_median * median(all));
  return sizes.unaryExpr([&](double size) { return size < limit ? std::pow(1 - std::pow(size / limit, 2), 2) : 0; });
}

// The least of   sum_i v_i (r_i c - 1)^2 + mu n sum_t ((g_t - mean of g)^2 + s_t^2 + w_t^2)   where c = (g_1, s_1, w_1, g_2, ...),
// no kernel is cheaper inside a network than half of what it takes alone, and starting it or reading its weights gives no time
// back; by coordinate descent. (Without these bounds types that occur together, such as convolutions and their batch-norms, share
// costs as suits the noise, and small kernels come out below zero.)
//   c   where to begin
[[nodiscard]] inline Eigen::VectorXd bounded_fit(const Eigen::MatrixXd& rows, const Eigen::VectorXd& weights, double mu,
                                                 Eigen::VectorXd c) {
  constexpr double least_factor = 0.5, settled = 1e-6;
  constexpr int sweeps = 500;
  const Eigen::MatrixXd weighted = weights.asDiagonal() * rows;
  const Eigen::MatrixXd products = rows.transpose() * weighted;
  Eigen::VectorXd rest = weighted.colwise().sum().transpose() - products * c;
  const double penalty = mu * static_cast<double>(rows.rows()), types = static_cast<double>(c.size()) / 3;
  double mean = c.reshaped(3, c.size() / 3).row(0).mean();
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    double moved = 0;
    for (Eigen::Index k = 0; k < c.size(); ++k) {
      const bool factor = k % 3 == 0;
      const double own = products(k, k), pull = factor ? penalty * mean : 0;
      const double next = std::max(factor ? least_factor : 0.0, (rest(k) + own * c(k) + pull) / (own + penalty));
      const double step = next - c(k);
      if (step == 0) continue;
      rest -= step * products.col(k);
      c(k) = next;
      if (factor) mean += step / types;
      moved = std::max(moved, std::abs(step));
    }
    if (moved < settled) break;
  }
  return c;
}

// bounded_fit with Tukey's weights, from the median of measured over alone on.
[[nodiscard]] inline Eigen::VectorXd robust_fit(const Eigen::MatrixXd& rows, double mu) {
  Eigen::VectorXd alone = Eigen::VectorXd::Zero(rows.rows());
  for (Eigen::Index k = 0; k < rows.cols(); k += 3) alone += rows.col(k);
  const Eigen::VectorXd ratios = alone.cwiseInverse();
  const double factor = median(std::span{ratios.data(), static_cast<std::size_t>(ratios.size())});
  Eigen::VectorXd errors = alone * factor - Eigen::VectorXd::Ones(rows.rows());
  Eigen::VectorXd c = Eigen::VectorXd::Zero(rows.cols());
  for (Eigen::Index k = 0; k < c.size(); k += 3) c(k) = factor;
  constexpr int rounds = 5;
  for (int round = 0; round < rounds; ++round) {
    c = bounded_fit(rows, weights_of(errors), mu, std::move(c));
    errors = rows * c - Eigen::VectorXd::Ones(rows.rows());
  }
  return c;
}

// Mean squared relative error on rows that were left out; errors beyond 15 % count as 15 %.
[[nodiscard]] inline double left_out_error(const Eigen::MatrixXd& rows, double mu) {
  const Eigen::Index folds = std::min<Eigen::Index>(5, rows.rows());
  constexpr double most = 0.15;
  double sum = 0;
  for (Eigen::Index fold = 0; fold < folds; ++fold) {
    std::vector<Eigen::Index> in, out;
    for (Eigen::Index i = 0; i < rows.rows(); ++i) (i % folds == fold ? out : in).push_back(i);
    const Eigen::VectorXd c = robust_fit(rows(in, Eigen::all), mu);
    const Eigen::VectorXd errors = rows(out, Eigen::all) * c - Eigen::VectorXd::Ones(static_cast<Eigen::Index>(out.size()));
    sum += errors.cwiseAbs().cwiseMin(most).squaredNorm();
  }
  return sum / static_cast<double>(rows.rows());
}

}  // namespace detail

/// Least squares of relative errors, of all corrections that make no kernel cost less than half of what it takes alone, with a
/// ridge towards one factor for all types; the penalty that leaves networks out best. Reweighted by Tukey's biweight (Beaton and
/// Tukey, Technometrics 16, 1974).
///   Errors  bad_value for fewer than two networks, or a network without latency or kernels
[[nodiscard]] inline Result<KernelCorrections> fit_corrections(std::span<const NetworkSum> networks) {
  if (networks.size() < 2) {
    return Error{Error::Code::bad_value,
                 fmt::format("a correction needs at least 2 measured networks, not {}", networks.size())};
  }
  const detail::CorrectionColumns columns{networks};
  Eigen::MatrixXd rows(static_cast<Eigen::Index>(networks.size()), 3 * static_cast<Eigen::Index>(columns.total.size()));
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    const NetworkSum& network = networks[static_cast<std::size_t>(i)];
    double alone = 0;
    for (const auto& [type, sum] : network.types) alone += sum.alone;
    if (!(network.latency > 0 && std::isfinite(network.latency) && alone > 0)) {
      return Error{Error::Code::bad_value,
                   fmt::format("network {} was measured {} ms and its kernels are predicted {} ms: expected "
                               "finite numbers above 0",
                               i, network.latency, alone)};
    }
    rows.row(i) = columns.row(network).transpose();
  }
  double best = 1, least = std::numeric_limits<double>::infinity();
  for (const double mu : {1.0, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6}) {
    if (const double error = detail::left_out_error(rows, mu); error < 0.98 * least) least = error, best = mu;
  }
  return columns.corrections(detail::robust_fit(rows, best));
}

}  // namespace hwnas
