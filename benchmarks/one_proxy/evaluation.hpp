// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Runs every method on every target, number of samples and seed, and scores the answers.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "devices.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/core/statistics.hpp"
#include "methods.hpp"
#include "search.hpp"

namespace one_proxy {

/// How known devices are chosen for a target.
enum class Protocol { leave_family_out, leave_device_out };

struct EvaluationOptions {
  std::vector<std::size_t> samples = {5, 10, 20};
  std::size_t seeds = 20;
  std::vector<std::string> methods = Knowledge::methods();
};

/// Scores of one method on one target with one number of samples; an entry a seed.
struct Scores {
  std::vector<double> rank = {};         ///< Spearman's correlation on all other architectures
  std::vector<double> covered = {};      ///< share of measurements in the 90 % interval
  std::vector<double> hypervolume = {};  ///< of the chosen front, measured on the target, over the true front's
  std::vector<double> violations = {};   ///< share of latency budgets passed by more than 5 %
  std::vector<double> seconds = {};      ///< one adaptation: fit and predictions for all architectures
  std::string failure = {};              ///< why the method has no answer
};
using Results = std::map<std::string, std::map<std::size_t, std::map<std::string, Scores>>>;  ///< target, samples, method

/// Runs one protocol over all targets.
class Evaluation {
 public:
  Evaluation(const Devices& devices, const hwnas::ProxyPool& pool, EvaluationOptions options,
             Eigen::VectorXd accuracy)
      : devices_{&devices}, pool_{&pool}, options_{std::move(options)}, accuracy_{std::move(accuracy)} {
    correlation_.resize(devices.known.cols(), devices.targets.cols());
    for (Eigen::Index t = 0; t < devices.targets.cols(); ++t) {
      for (Eigen::Index k = 0; k < devices.known.cols(); ++k) {
        correlation_(k, t) = common_correlation(devices.known.col(k), devices.targets.col(t));
      }
    }
  }

  /// `progress` is told every target as it begins.
  [[nodiscard]] Results run(Protocol protocol, const std::function<void(const std::string&)>& progress) const {
    std::map<std::vector<Eigen::Index>, std::vector<Eigen::Index>> groups;  // known devices: the targets that see them
    for (Eigen::Index t = 0; t < devices_->targets.cols(); ++t) groups[known_for(t, protocol)].push_back(t);
    Results results;
    for (const auto& [known, targets] : groups) {
      if (known.empty()) continue;
      const Knowledge knowledge{*devices_, *pool_, known};
      for (const auto t : targets) {
        const std::string& name = devices_->target_names[std::size_t(t)];
        progress(name);
        results[name] = one_target(knowledge, t, protocol);
      }
    }
    return results;
  }

  /// Targets that see no known device; run() has no results of them.
  [[nodiscard]] std::vector<std::string> without_known(Protocol protocol) const {
    std::vector<std::string> names;
    for (Eigen::Index t = 0; t < devices_->targets.cols(); ++t) {
      if (known_for(t, protocol).empty()) names.push_back(devices_->target_names[std::size_t(t)]);
    }
    return names;
  }

  [[nodiscard]] std::vector<Eigen::Index> known_for(Eigen::Index target, Protocol protocol) const {
    const std::string& name = devices_->target_names[std::size_t(target)];
    std::vector<Eigen::Index> known;
    for (Eigen::Index k = 0; k < devices_->known.cols(); ++k) {
      const std::string& other = devices_->known_names[std::size_t(k)];
      const bool out =
          protocol == Protocol::leave_device_out ? other == name : same_family(other, name, correlation_(k, target));
      if (!out) known.push_back(k);
    }
    return known;
  }

 private:
  using Row = Eigen::Index;

  [[nodiscard]] std::map<std::size_t, std::map<std::string, Scores>> one_target(const Knowledge& knowledge, Row target,
                                                                                Protocol protocol) const {
    const Eigen::VectorXd measured = devices_->targets.col(target);
    std::vector<Row> rows;
    for (Row i = 0; i < measured.size(); ++i) {
      if (!std::isnan(measured(i))) rows.push_back(i);
    }
    const std::size_t most = *std::max_element(options_.samples.begin(), options_.samples.end());
    std::map<std::size_t, std::map<std::string, Scores>> out;
    for (std::size_t seed = 0; seed < options_.seeds; ++seed) {
      hwnas::Rng rng{seed};
      const auto random = hwnas::drawn_rows(rows, most, rng);
      hwnas::Rng design_rng = rng.split(1);
      const bool designs = std::find(options_.methods.begin(), options_.methods.end(), "auto") != options_.methods.end();
      const auto batches = designs ? designed(knowledge, rows, measured, seed, design_rng) : std::vector<Row>{};
      for (const std::size_t n : options_.samples) {
        for (const std::string& method : options_.methods) {
          if (protocol == Protocol::leave_device_out && !Knowledge::leans_on_proxies(method)) continue;
          score(knowledge, method, method == "auto" ? batches : random, n, seed, rows, measured, out[n][method]);
        }
      }
    }
    return out;
  }

  /// The rows that auto measures: the least budget as one batch, then up to each larger one what adds most to the last.
  [[nodiscard]] std::vector<Row> designed(const Knowledge& knowledge, const std::vector<Row>& rows,
                                          const Eigen::VectorXd& measured, std::size_t seed, hwnas::Rng& rng) const {
    std::vector<std::size_t> budgets = options_.samples;
    std::sort(budgets.begin(), budgets.end());
    std::vector<Row> order = first_batch(knowledge, rows, budgets.front(), seed, rng);
    hwnas::AutoAdapter adapter = knowledge.automatic();
    for (const std::size_t budget : budgets) {
      if (budget <= order.size()) continue;
      Samples samples;
      for (const Row row : order) samples.push_back({row, hwnas::Milliseconds{measured(row)}});
      adapter.fit(samples).value();
      const auto more = adapter.choose(rows, budget - order.size(), rng);
      order.insert(order.end(), more.begin(), more.end());
    }
    return order;
  }

  /// It depends on the known devices and the seed alone, unless the target lacks rows: made once for all targets.
  [[nodiscard]] std::vector<Row> first_batch(const Knowledge& knowledge, const std::vector<Row>& rows, std::size_t n,
                                             std::size_t seed, hwnas::Rng& rng) const {
    const auto key = std::tuple{knowledge.known(), rows.size(), rows.front(), rows.back(), seed};
    if (const auto found = batches_.find(key); found != batches_.end()) {
      const bool same = std::all_of(found->second.begin(), found->second.end(),
                                    [&](Row row) { return std::binary_search(rows.begin(), rows.end(), row); });
      if (same) return found->second;
    }
    return batches_[key] = knowledge.automatic().choose(rows, n, rng);
  }

  void score(const Knowledge& knowledge, const std::string& method, const std::vector<Row>& order, std::size_t n,
             std::size_t seed, const std::vector<Row>& rows, const Eigen::VectorXd& measured, Scores& scores) const {
    Samples samples;
    std::vector<bool> used(std::size_t(measured.size()), false);
    for (std::size_t i = 0; i < std::min(n, order.size()); ++i) {
      samples.push_back({order[i], hwnas::Milliseconds{measured(order[i])}});
      used[std::size_t(order[i])] = true;
    }
    const auto start = std::chrono::steady_clock::now();
    const auto answer = knowledge.answer(method, samples, seed);
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    if (!answer) {
      scores.failure = answer.error().message;
      return;
    }
    scores.seconds.push_back(passed.count());
    std::vector<Row> test;
    for (const Row row : rows) {
      if (!used[std::size_t(row)] && !std::isnan(answer->mean(row))) test.push_back(row);
    }
    scores.rank.push_back(hwnas::rank_correlation(answer->mean(test), measured(test)));
    if (answer->deviation) scores.covered.push_back(coverage(*answer, test, measured));
    search(*answer, rows, measured, scores);
  }

  [[nodiscard]] static double coverage(const Answer& answer, const std::vector<Row>& test,
                                       const Eigen::VectorXd& measured) {
    std::size_t inside = 0;
    for (const Row row : test) {
      inside += std::abs(answer.mean(row) - measured(row)) <= hwnas::normal_95 * (*answer.deviation)(row);
    }
    return double(inside) / double(test.size());
  }

  void search(const Answer& answer, const std::vector<Row>& rows, const Eigen::VectorXd& measured,
              Scores& scores) const {
    std::vector<Row> usable;
    std::vector<double> sorted;
    double least = std::numeric_limits<double>::infinity();
    for (const Row row : rows) {
      if (std::isnan(accuracy_(row)) || std::isnan(answer.mean(row))) continue;
      usable.push_back(row), sorted.push_back(measured(row));
      least = std::min(least, accuracy_(row));
    }
    if (usable.size() < 30) return;
    std::sort(sorted.begin(), sorted.end());
    const auto chosen = front(usable, answer.mean, accuracy_);
    const double found = hypervolume(chosen, measured, accuracy_, sorted.back(), least);
    scores.hypervolume.push_back(found / hypervolume(usable, measured, accuracy_, sorted.back(), least));
    scores.violations.push_back(violations(chosen, answer.mean, measured, sorted));
  }

  const Devices* devices_;
  const hwnas::ProxyPool* pool_;
  EvaluationOptions options_;
  Eigen::VectorXd accuracy_;  ///< of the architectures, or what stands for it
  Eigen::MatrixXd correlation_;
  mutable std::map<std::tuple<std::vector<Row>, std::size_t, Row, Row, std::size_t>, std::vector<Row>> batches_;
};

}  // namespace one_proxy
