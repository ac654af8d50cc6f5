// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  ProxyPool: architectures as feature rows, with what known devices measured on them.
///        auto pool = ProxyPool::make({{"as written", counts, one_hot}}, known_latencies).value();
///        PoolPrior prior = pool.prior({0, 3, 4});        // what devices 0, 3 and 4 say about a new one
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/latency/proxy/ridge_path.hpp"
#include "hwnas/latency/spectrum.hpp"

namespace hwnas {

/// One way to read an architecture: as written, or with the branches removed that do not reach the output.
struct FeatureView {
  std::string name = {};
  Eigen::MatrixXd coarse = {};  ///< few columns that say most: operator counts, costs, depth
  Eigen::MatrixXd fine = {};    ///< many columns: which operator at which place
};

/// What known devices say about a new one, at some rows: y / mean(y) = c + s (center(x) + g(x)) + noise, and the blocks
/// whose inner products are the covariance of g (each under a weight of its own).
struct PoolPrior {
  Eigen::VectorXd center = {};                ///< the known devices' mean, each in units of its own spread
  std::vector<Eigen::MatrixXd> blocks = {};   ///< deviations of devices, their unexplained part, then views coarse, fine
  Eigen::MatrixXd twins = {};                 ///< each known device by itself, in units of its own spread
  Eigen::VectorXd level = {};                 ///< mean of latency / median latency: where noise is larger
  double log_scale = 0, log_scale_spread = 1; ///< of s: spread of relative latencies, over the known devices

  [[nodiscard]] PoolPrior at(const std::vector<Eigen::Index>& rows) const {
    PoolPrior part{center(rows), {}, twins(rows, Eigen::all), level(rows), log_scale, log_scale_spread};
    for (const auto& block : blocks) part.blocks.push_back(block(rows, Eigen::all));
    return part;
  }
};

namespace detail {
/// Columns to mean zero and unit spread (constant ones dropped), the whole so that rows have mean squared norm 1.
inline Eigen::MatrixXd unit_block(const Eigen::MatrixXd& m) {
  const Eigen::MatrixXd centred = m.rowwise() - m.colwise().mean();
  const Eigen::RowVectorXd spread =
      (centred.colwise().squaredNorm() / double(std::max<Eigen::Index>(1, m.rows()))).cwiseSqrt();
  std::vector<Eigen::Index> kept;
  for (Eigen::Index c = 0; c < m.cols(); ++c) {
    if (spread(c) > 1e-9 * (1 + m.col(c).cwiseAbs().maxCoeff())) kept.push_back(c);
  }
  Eigen::MatrixXd out(m.rows(), static_cast<Eigen::Index>(kept.size()));
  for (std::size_t i = 0; i < kept.size(); ++i) out.col(Eigen::Index(i)) = centred.col(kept[i]) / spread(kept[i]);
  return kept.empty() ? out : Eigen::MatrixXd(out / std::sqrt(double(kept.size())));
}
/// The same inner products from fewer columns: principal components that hold `share` of the variance.
inline Eigen::MatrixXd compressed(const Eigen::MatrixXd& m, double share, Eigen::Index at_most) {
  if (m.cols() == 0) return m;
  const Spectrum spectrum{m.transpose() * m};
  Eigen::Index kept = 0;
  const double all = spectrum.values.sum();
  for (double sum = 0; kept < std::min(at_most, spectrum.values.size()) && sum < share * all; ++kept) {
    sum += spectrum.values(kept);
  }
  return m * spectrum.vectors.leftCols(kept);
}
}  // namespace detail

/// Architectures, their features, and the latencies that known devices have measured (NaN: not measured).
///   Errors   no row, rows that disagree in number, a known latency that is not positive, a device with hardly a
///            measurement or without spread
class ProxyPool {
 public:
  [[nodiscard]] static Result<ProxyPool> make(std::vector<FeatureView> views, const Eigen::MatrixXd& known) {
    ProxyPool pool;
    if (views.empty()) return Error{Error::Code::bad_value, "a pool of architectures needs at least one view of them"};
    for (const FeatureView& view : views) {
      if (view.coarse.rows() != known.rows() || view.fine.rows() != known.rows() || known.rows() < 2) {
        return Error{Error::Code::mismatch, fmt::format("the view '{}' has {} and {} rows, the latencies {}", view.name,
                                                        view.coarse.rows(), view.fine.rows(), known.rows())};
      }
      pool.blocks_.push_back(detail::unit_block(view.coarse));
      pool.blocks_.push_back(detail::unit_block(view.fine));
    }
    pool.join_features();
    if (auto smoothed = pool.add_known(known); !smoothed) return smoothed.error();
    return pool;
  }

  [[nodiscard]] Eigen::Index rows() const { return features_.rows(); }
  [[nodiscard]] Eigen::Index devices() const { return smooth_.cols(); }
  [[nodiscard]] std::size_t views() const { return blocks_.size() / 2; }
  /// All distinct features, each column of mean zero.
  [[nodiscard]] const Eigen::MatrixXd& features() const { return features_; }
  /// Known latencies without their noise, in units of each device's spread: the additive model fitted to all its rows.
  [[nodiscard]] const Eigen::MatrixXd& smoothed() const { return smooth_; }
  /// Correlation of two known devices' smoothed latencies.
  [[nodiscard]] double similarity(Eigen::Index a, Eigen::Index b) const { return similarity_(a, b); }

  /// What device j measured, NaN where it did not.
  [[nodiscard]] auto measured(Eigen::Index j) const { return known_.col(j); }
  /// The same pool with few of its rows; nothing is fitted anew.
  [[nodiscard]] ProxyPool at(const std::vector<Eigen::Index>& rows) const {
    ProxyPool part;
    for (const auto& block : blocks_) part.blocks_.push_back(block(rows, Eigen::all));
    part.features_ = features_(rows, Eigen::all), part.smooth_ = smooth_(rows, Eigen::all);
    part.rest_ = rest_(rows, Eigen::all), part.level_ = level_(rows, Eigen::all),
    part.known_ = known_(rows, Eigen::all);
    part.similarity_ = similarity_, part.spread_ = spread_;
    return part;
  }

  /// What the given known devices say together. Devices that resemble each other share one voice.
  [[nodiscard]] PoolPrior prior(const std::vector<Eigen::Index>& devices) const {
    PoolPrior prior;
    const auto d = static_cast<Eigen::Index>(devices.size());
    Eigen::VectorXd voice(d);
    for (Eigen::Index i = 0; i < d; ++i) {
      voice(i) = 0;
      for (const Eigen::Index other : devices) voice(i) += std::pow(similarity_(devices[std::size_t(i)], other), 2);
      voice(i) = 1 / voice(i);
    }
    voice /= voice.sum();
    const Eigen::MatrixXd smooth = smooth_(Eigen::all, devices), raw = rest_(Eigen::all, devices);
    prior.center = smooth * voice;
    prior.twins = smooth;
    const Eigen::RowVectorXd root = voice.cwiseSqrt().transpose();
    prior.blocks.push_back(detail::compressed((smooth.colwise() - prior.center) * root.asDiagonal(), 0.9999, 16));
    prior.blocks.push_back(detail::compressed(raw * root.asDiagonal(), 0.95, 8));
    for (const auto& block : blocks_) prior.blocks.push_back(block);
    prior.level = level_(Eigen::all, devices) * voice;
    const Eigen::VectorXd log_spread = spread_(devices).array().log();
    prior.log_scale = voice.dot(log_spread);
    prior.log_scale_spread = std::sqrt(voice.dot((log_spread.array() - prior.log_scale).square().matrix()));
    return prior;
  }

 private:
  void join_features() {
    Eigen::Index columns = 0;
    for (const auto& block : blocks_) columns += block.cols();
    features_.resize(blocks_[0].rows(), columns);
    columns = 0;
    for (const auto& block : blocks_) {
      features_.middleCols(columns, block.cols()) = block * std::sqrt(double(std::max<Eigen::Index>(1, block.cols())));
      columns += block.cols();
    }
  }

  Result<void> add_known(const Eigen::MatrixXd& known) {
    const Eigen::Index n = known.rows(), d = known.cols();
    known_ = known;
    smooth_.resize(n, d), rest_.resize(n, d), level_.resize(n, d), spread_.resize(d);
    for (Eigen::Index j = 0; j < d; ++j) {
      if (auto added = add_device(j, known.col(j)); !added) return added;
    }
    similarity_ = smooth_.transpose() * smooth_;
    const Eigen::VectorXd norm = similarity_.diagonal().cwiseSqrt().cwiseMax(1e-300);
    similarity_ = (norm.cwiseInverse().asDiagonal() * similarity_ * norm.cwiseInverse().asDiagonal()).eval();
    return {};
  }

  Result<void> add_device(Eigen::Index j, const Eigen::VectorXd& latency) {
    std::vector<Eigen::Index> rows;
    for (Eigen::Index i = 0; i < latency.size(); ++i) {
      if (std::isnan(latency(i))) continue;
      if (!(latency(i) > 0) || std::isinf(latency(i))) {
        return Error{Error::Code::bad_value,
                     fmt::format("known device {} has the latency {} in row {}", j, latency(i), i)};
      }
      rows.push_back(i);
    }
    if (rows.size() < 8) {
      return Error{Error::Code::bad_value, fmt::format("known device {} has only {} measurements", j, rows.size())};
    }
    const Eigen::VectorXd y = latency(rows);
    const double mean = y.mean(), spread = std::sqrt((y.array() - mean).square().mean());
    if (!(spread > 1e-9 * mean)) return Error{Error::Code::bad_value, fmt::format("known device {} has no spread", j)};
    const Eigen::VectorXd z = (y.array() - mean) / spread;
    smooth_.col(j) = smoothed(rows, z);
    rest_.col(j).setZero();
    for (std::size_t i = 0; i < rows.size(); ++i) rest_(rows[i], j) = z(Eigen::Index(i)) - smooth_(rows[i], j);
    std::vector<double> sorted(y.begin(), y.end());
    std::nth_element(sorted.begin(), sorted.begin() + std::ptrdiff_t(sorted.size() / 2), sorted.end());
    const double middle = sorted[sorted.size() / 2];
    level_.col(j) = ((mean + spread * smooth_.col(j).array()) / middle).max(0.05);
    spread_(j) = spread / mean;
    return {};
  }

  /// Additive model of one device, fitted with the penalty that leaves out one best. The rows are many: no SVD of them,
  /// but the eigenvectors of the normal equations, whose leverages give the same closed form.
  [[nodiscard]] Eigen::VectorXd smoothed(const std::vector<Eigen::Index>& rows, const Eigen::VectorXd& z) const {
    const Eigen::MatrixXd x = features_(rows, Eigen::all);
    const Eigen::RowVectorXd center = x.colwise().mean();
    const Eigen::MatrixXd centred = x.rowwise() - center;
    const auto n = double(rows.size());
    const Spectrum spectrum{centred.transpose() * centred / n};
    const Eigen::MatrixXd along = centred * spectrum.vectors;
    const Eigen::ArrayXd values = spectrum.values.array(), moment = (along.transpose() * z).array() / n;
    Eigen::VectorXd best;
    double least = std::numeric_limits<double>::infinity();
    for (const double mu : log_grid(1e-5, 1, 11)) {
      const Eigen::VectorXd weights = moment / (values + mu);
      const Eigen::ArrayXd leverage =
          1 / n + (along.array().square().matrix() * (1 / (n * (values + mu))).matrix()).array();
      const double error = ((z - along * weights).array() / (1 - leverage).max(1e-3)).square().mean();
      if (error < least) least = error, best = spectrum.vectors * weights;
    }
    return ((features_.rowwise() - center) * best).array() + z.mean();
  }

  std::vector<Eigen::MatrixXd> blocks_;
  Eigen::MatrixXd features_, known_, smooth_, rest_, level_, similarity_;
  Eigen::VectorXd spread_;
};

}  // namespace hwnas
