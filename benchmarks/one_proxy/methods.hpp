// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The rows of the comparison: every method predicts a target from n measurements on it.
#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "devices.hpp"
#include "hwnas/latency/booster.hpp"
#include "hwnas/latency/proxy/adaproxy.hpp"
#include "hwnas/latency/proxy/auto_adapter.hpp"
#include "hwnas/latency/proxy/bayesian_ridge.hpp"
#include "hwnas/latency/proxy/calibrated.hpp"
#include "hwnas/latency/proxy/gaussian_process.hpp"
#include "hwnas/latency/proxy/multi_proxy.hpp"
#include "hwnas/latency/proxy/rank_aware.hpp"

namespace one_proxy {

using hwnas::Samples;

/// A method's answer: latencies, with their deviations where it has them.
struct Answer {
  Eigen::VectorXd mean = {};
  std::optional<Eigen::VectorXd> deviation = std::nullopt;
};

/// A score on the target's scale: least squares on the samples. The order stays the score's own.
[[nodiscard]] inline Answer line(const Eigen::VectorXd& score, const Samples& samples) {
  std::vector<double> x, y;
  for (const auto& [row, latency] : samples) {
    if (!std::isnan(score(row))) x.push_back(score(row)), y.push_back(latency.value());
  }
  if (x.empty()) return Answer{score, std::nullopt};
  const double mx = hwnas::mean(x), my = hwnas::mean(y);
  double xx = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) xx += (x[i] - mx) * (x[i] - mx), xy += (x[i] - mx) * (y[i] - my);
  const double slope = xx > 0 && xy > 0 ? xy / xx : my / mx;
  return Answer{(my + slope * (score.array() - mx)).matrix(), std::nullopt};
}

/// What all methods may know of a target with given known devices. Expensive parts are made once.
class Knowledge {
 public:
  Knowledge(const Devices& devices, const hwnas::ProxyPool& pool, std::vector<Eigen::Index> known)
      : devices_{&devices}, known_{std::move(known)}, automatic_{pool, known_}, one_hot_{one_hot(devices)} {
    for (const auto d : known_) proxy_weights_.push_back(hwnas::linear_latency_model(one_hot_, devices.known.col(d)));
    all_features_ = pool.features() / std::sqrt(double(std::max<Eigen::Index>(1, pool.features().cols())));
    proxies_ = pool.smoothed()(Eigen::all, known_);
    consensus_ = pool.prior(known_).center;
  }

  [[nodiscard]] const std::vector<Eigen::Index>& known() const { return known_; }
  [[nodiscard]] const hwnas::AutoAdapter& automatic() const { return automatic_; }

  /// Answers of one method; `turn` picks the proxy where a method has one: seeds go round all of them.
  [[nodiscard]] Result<Answer> answer(const std::string& method, const Samples& samples, std::size_t turn) const {
    const std::size_t proxy = turn % known_.size();
    if (method == "proxy") return line(devices_->known.col(known_[proxy]), samples);
    if (method == "flops") return line(devices_->features.flops, samples);
    if (method == "ridge") return ridge(samples);
    if (method == "xgboost") return trees(samples);
    if (method == "adaproxy") return calibrated(hwnas::AdaProxy{one_hot_, proxy_weights_[proxy]}, samples);
    if (method == "adaproxy_paper") {
      return calibrated(hwnas::AdaProxy{one_hot_, proxy_weights_[proxy], {hwnas::LambdaChoice::validation, 10}}, samples);
    }
    if (method == "bayesian_ridge") return calibrated(hwnas::BayesianRidge{all_features_, consensus_}, samples);
    if (method == "bayesian_pairs") {
      return calibrated(hwnas::BayesianRidge{all_features_, consensus_, hwnas::some_pairs}, samples);
    }
    if (method == "gaussian_process") return calibrated(hwnas::GaussianProcess{all_features_, consensus_}, samples);
    if (method == "mixture") return calibrated(hwnas::MultiProxyMixture{proxies_}, samples);
    if (method == "rank_aware") return calibrated(hwnas::RankAware{all_features_, proxies_}, samples);
    if (method == "auto" || method == "auto_random") return fitted(automatic_, samples);
    return Error{Error::Code::unknown_name, fmt::format("there is no method '{}'", method)};
  }

  /// proxy to auto: the comparison's rows, in order.
  [[nodiscard]] static std::vector<std::string> methods() {
    return {"proxy",          "flops",            "ridge",   "xgboost",  "adaproxy",   "adaproxy_paper",
            "bayesian_ridge", "bayesian_pairs",   "gaussian_process",
            "mixture",        "rank_aware",       "auto_random",      "auto"};
  }
  /// Methods that a change of the known devices changes most: the second protocol is run for these.
  [[nodiscard]] static bool leans_on_proxies(const std::string& method) {
    return method == "proxy" || method == "adaproxy" || method == "auto";
  }

 private:
  template <class Adapter>
  [[nodiscard]] static Result<Answer> fitted(Adapter adapter, const Samples& samples) {
    if (auto fit = adapter.fit(samples); !fit) return fit.error();
    auto all = adapter.predict_all();
    if (!all) return all.error();
    return Answer{std::move(all->mean), std::move(all->deviation)};
  }
  template <class Adapter>
  [[nodiscard]] static Result<Answer> calibrated(Adapter adapter, const Samples& samples) {
    return fitted(hwnas::Calibrated{std::move(adapter)}, samples);
  }
  [[nodiscard]] Result<Answer> ridge(const Samples& samples) const {
    const auto table = hwnas::SampleTable::make(samples, one_hot_.rows(), 3);
    if (!table) return table.error();
    const hwnas::RidgePath path{Eigen::VectorXd::Ones(table->latency.size()), one_hot_(table->rows, Eigen::all),
                                table->latency};
    const Eigen::VectorXd b = path.coefficients(path.best_by_leave_one_out(path.grid()));
    return Answer{(one_hot_ * b).array() + path.free_coefficients(b)(0), std::nullopt};
  }
  /// Boosted trees, shallow because the samples are few.
  [[nodiscard]] Result<Answer> trees(const Samples& samples) const {
    const auto table = hwnas::SampleTable::make(samples, one_hot_.rows(), 3);
    if (!table) return table.error();
    using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Rows all = one_hot_.cast<float>(), known = all(table->rows, Eigen::all);
    const Eigen::VectorXf latency = (table->latency / table->latency.mean()).cast<float>();
    const auto columns = static_cast<std::size_t>(all.cols());
    const auto fitted =
        hwnas::TreeEnsemble::fit({known.data(), static_cast<std::size_t>(known.size())}, columns,
                                 {latency.data(), static_cast<std::size_t>(latency.size())},
                                 {.rounds = 100, .depth = 3, .learning_rate = 0.1, .row_share = 1, .column_share = 1});
    if (!fitted) return fitted.error();
    const auto predicted = fitted->predict({all.data(), static_cast<std::size_t>(all.size())});
    if (!predicted) return predicted.error();
    return Answer{Eigen::Map<const Eigen::VectorXd>(predicted->data(), one_hot_.rows()) * table->latency.mean(),
                  std::nullopt};
  }

  const Devices* devices_;
  std::vector<Eigen::Index> known_;
  hwnas::AutoAdapter automatic_;
  Eigen::MatrixXd one_hot_, all_features_, proxies_;
  Eigen::VectorXd consensus_;
  std::vector<Eigen::VectorXd> proxy_weights_;
};

}  // namespace one_proxy
