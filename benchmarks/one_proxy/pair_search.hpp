// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a search finds on a target when it believes another device: every pair of devices, with the proxy's
///        latencies as they are, adapted by few measurements (AdaProxy), and with the target's own.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <Eigen/Dense>

#include "devices.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/latency/proxy/adaproxy.hpp"
#include "hwnas/latency/proxy/monotonicity.hpp"
#include "hwnas/report/heatmap_chart.hpp"
#include "hwnas/report/table.hpp"
#include "search.hpp"

namespace one_proxy {

/// A network of a front on the target: its true latency (ms), and what it is worth.
struct TruePoint {
  double latency = 0, accuracy = 0;
};
using TrueFront = std::vector<TruePoint>;

/// Of one front on one target, over budgets at 5 to 95 % of its latencies: the most accurate network of the front that
/// really meets the budget, less the most accurate there is.
struct FrontLoss {
  double mean = 0;        ///< in the accuracy's unit, over the budgets that the front answers
  double unanswered = 0;  ///< share of the budgets that no network of the front meets
};
[[nodiscard]] inline FrontLoss loss_of(const TrueFront& found, const TrueFront& best,
                                       const std::vector<double>& budgets) {
  const auto at = [&](const TrueFront& front, double budget) {
    double most = -std::numeric_limits<double>::infinity();
    for (const auto& [latency, accuracy] : front) {
      if (latency <= budget) most = std::max(most, accuracy);
    }
    return most;
  };
  FrontLoss loss;
  std::size_t answered = 0;
  for (const double budget : budgets) {
    const double most = at(found, budget);
    if (std::isinf(most)) continue;
    // A search that is not exhaustive may find what the one with full knowledge missed.
    loss.mean += std::max(most, at(best, budget)) - most;
    ++answered;
  }
  loss.mean = answered > 0 ? loss.mean / double(answered) : std::numeric_limits<double>::quiet_NaN();
  loss.unanswered = double(budgets.size() - answered) / double(budgets.size());
  return loss;
}

/// One ordered pair of devices.
struct PairOutcome {
  Eigen::Index proxy = 0, target = 0;
  double rank = 0;  ///< Spearman's correlation of the two
  FrontLoss as_it_is = {}, adapted = {};
};

/// Two known devices: what both have measured, and the latencies that AdaProxy makes of the proxy's linear model.
struct Pair {
  Eigen::Index proxy = 0, target = 0;
  std::vector<Eigen::Index> rows = {};  ///< measured by both, with an accuracy
  std::vector<double> sorted = {};      ///< the target's latencies of these
  Eigen::VectorXd adapted = {};         ///< of all rows
};

struct PairOptions {
  std::size_t samples = 20;  ///< random measurements on the target
  std::uint64_t seed = 1;
};

/// Calls f(pair) for every ordered pair of known devices with enough rows in common.
///   Errors   those of the adapter (too few samples), and of f
template <class F>
Result<void> for_each_pair(const Devices& devices, const Eigen::VectorXd& accuracy, const PairOptions& options, F&& f) {
  const Eigen::MatrixXd columns = one_hot(devices);
  for (Eigen::Index p = 0; p < devices.known.cols(); ++p) {
    const Eigen::VectorXd proxy = devices.known.col(p), weights = hwnas::linear_latency_model(columns, proxy);
    for (Eigen::Index t = 0; t < devices.known.cols(); ++t) {
      if (t == p) continue;
      const auto measured = devices.known.col(t);
      Pair pair{.proxy = p, .target = t};
      for (Eigen::Index i = 0; i < measured.size(); ++i) {
        if (std::isnan(measured(i)) || std::isnan(proxy(i)) || std::isnan(accuracy(i))) continue;
        pair.rows.push_back(i), pair.sorted.push_back(measured(i));
      }
      if (pair.rows.size() < options.samples + 30) continue;
      std::sort(pair.sorted.begin(), pair.sorted.end());
      hwnas::Rng rng = hwnas::Rng{options.seed}.split(std::uint64_t(p * devices.known.cols() + t));
      Samples measurements;
      for (const auto row : hwnas::drawn_rows(pair.rows, options.samples, rng)) {
        measurements.push_back({row, hwnas::Milliseconds{measured(row)}});
      }
      hwnas::AdaProxy adapter{columns, weights};
      if (auto fit = adapter.fit(measurements); !fit) return fit.error();
      pair.adapted = adapter.predict_all().value().mean;
      if (auto done = f(pair); !done) return done.error();
    }
  }
  return {};
}

/// Every ordered pair of known devices, fronts by exhaustive search among the listed networks.
[[nodiscard]] inline Result<std::vector<PairOutcome>> search_pairs(const Devices& devices,
                                                                   const Eigen::VectorXd& accuracy,
                                                                   const PairOptions& options) {
  std::vector<PairOutcome> out;
  auto done = for_each_pair(devices, accuracy, options, [&](const Pair& pair) -> Result<void> {
    const Eigen::VectorXd proxy = devices.known.col(pair.proxy), measured = devices.known.col(pair.target);
    const auto found_by = [&](const Eigen::VectorXd& latency) {
      TrueFront points;
      for (const auto row : front(pair.rows, latency, accuracy)) points.push_back({measured(row), accuracy(row)});
      return points;
    };
    const auto best = found_by(measured);
    const auto budgets = budgets_of(pair.sorted);
    out.push_back({pair.proxy, pair.target, hwnas::rank_correlation(proxy(pair.rows), measured(pair.rows)),
                   loss_of(found_by(proxy), best, budgets), loss_of(found_by(pair.adapted), best, budgets)});
    return {};
  });
  if (!done) return done.error();
  return out;
}

/// A row a pair.
[[nodiscard]] inline hwnas::Table pair_table(const Devices& devices, const std::vector<PairOutcome>& pairs) {
  hwnas::Table table{{{.name = "proxy"},
                      {.name = "target"},
                      {.name = "Spearman", .decimals = 3},
                      {.name = "proxy loss", .decimals = 3},
                      {.name = "proxy unanswered", .decimals = 3},
                      {.name = "adapted loss", .decimals = 3},
                      {.name = "adapted unanswered", .decimals = 3}}};
  for (const PairOutcome& pair : pairs) {
    table.add_row({devices.known_names[std::size_t(pair.proxy)], devices.known_names[std::size_t(pair.target)],
                   pair.rank, pair.as_it_is.mean, pair.as_it_is.unanswered, pair.adapted.mean,
                   pair.adapted.unanswered});
  }
  return table;
}

/// Over all pairs, and over those that the paper would reuse (rank correlation of 0.9 or more) and the others.
[[nodiscard]] inline hwnas::Table pair_summary(const Devices& devices, const std::vector<PairOutcome>& pairs) {
  hwnas::Table table{{{.name = "pairs"},
                      {.name = "latencies"},
                      {.name = "count"},
                      {.name = "mean loss", .decimals = 3},
                      {.name = "median", .decimals = 3},
                      {.name = "95 %", .decimals = 3},
                      {.name = "worst", .decimals = 3},
                      {.name = "worst pair"},
                      {.name = "unanswered", .unit = "%", .decimals = 2}}};
  const auto add = [&](const std::string& which, const std::string& how, auto&& chosen, FrontLoss PairOutcome::*loss) {
    std::vector<double> losses;
    double unanswered = 0, worst = -1;
    std::string name;
    for (const PairOutcome& pair : pairs) {
      if (!chosen(pair) || std::isnan((pair.*loss).mean)) continue;
      losses.push_back((pair.*loss).mean);
      unanswered += (pair.*loss).unanswered;
      if (losses.back() <= worst) continue;
      worst = losses.back();
      name = fmt::format("{} for {}", devices.known_names[std::size_t(pair.proxy)],
                         devices.known_names[std::size_t(pair.target)]);
    }
    if (losses.empty()) return;
    table.add_row({which, how, losses.size(), hwnas::mean(losses), hwnas::median(losses), hwnas::quantile(losses, 0.95),
                   worst, name, 100 * unanswered / double(losses.size())});
  };
  const auto both = [&](const std::string& which, auto&& chosen) {
    add(which, "proxy's", chosen, &PairOutcome::as_it_is);
    add(which, "adapted", chosen, &PairOutcome::adapted);
  };
  both("all", [](const PairOutcome&) { return true; });
  both("rank correlation 0.9 or more", [](const PairOutcome& pair) { return pair.rank >= 0.9; });
  both("less", [](const PairOutcome& pair) { return pair.rank < 0.9; });
  return table;
}

/// Losses as a heatmap: a row a proxy, a column a target.
[[nodiscard]] inline hwnas::Chart pair_heatmap(const Devices& devices, const std::vector<PairOutcome>& pairs,
                                               const std::string& title, const std::string& unit,
                                               FrontLoss PairOutcome::*loss) {
  const std::size_t count = devices.known_names.size();
  std::vector<std::vector<double>> values(count, std::vector<double>(count, 0));
  for (const PairOutcome& pair : pairs) values[std::size_t(pair.proxy)][std::size_t(pair.target)] = (pair.*loss).mean;
  std::vector<std::string> families;
  for (const std::string& name : devices.known_names) families.emplace_back(family(name));
  const hwnas::HeatmapSide side{.labels = devices.known_names, .groups = families};
  return hwnas::heatmap_chart(
      {.title = title, .rows = side, .columns = side, .values = values, .value = {.title = "loss", .unit = unit}});
}

}  // namespace one_proxy
