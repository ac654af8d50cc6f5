// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The search for the accuracy-latency front among listed architectures, and how good a found front is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>


namespace one_proxy {

/// Accuracies of the architectures (NaN: not in the file). The file has a latency file's form, a column a data set.
inline Result<Eigen::VectorXd> read_accuracy(const std::string& path, const std::string& column, const std::string& key,
                                             const std::vector<std::string>& architectures) {
  const auto table = hwnas::read_measured_latencies(path, key);
  if (!table) return table.error();
  const auto found = std::find(table->devices.begin(), table->devices.end(), column);
  if (found == table->devices.end()) {
    return Error{Error::Code::unknown_name, fmt::format("{}: there is no column '{}'", path, column)};
  }
  std::unordered_map<std::string, double> values;
  const auto& listed = table->columns[std::size_t(found - table->devices.begin())];
  for (std::size_t i = 0; i < listed.size(); ++i) values[table->architectures[i]] = listed[i];
  Eigen::VectorXd out(Eigen::Index(architectures.size()));
  for (std::size_t i = 0; i < architectures.size(); ++i) {
    const auto at = values.find(architectures[i]);
    out(Eigen::Index(i)) = at == values.end() ? std::numeric_limits<double>::quiet_NaN() : at->second;
  }
  return out;
}

/// Area under the accuracy-latency front of `rows`, measured latencies, from (worst latency, worst accuracy).
inline double hypervolume(std::vector<Eigen::Index> rows, const Eigen::VectorXd& latency,
                          const Eigen::VectorXd& accuracy, double worst_latency, double worst_accuracy) {
  std::sort(rows.begin(), rows.end(), [&](auto a, auto b) { return latency(a) < latency(b); });
  double area = 0, best = worst_accuracy;
  for (const auto row : rows) {
    if (accuracy(row) <= best) continue;
    area += (accuracy(row) - best) * (worst_latency - latency(row));
    best = accuracy(row);
  }
  return area;
}
/// Rows that no other row beats in both predicted latency and accuracy.
inline std::vector<Eigen::Index> front(std::vector<Eigen::Index> rows, const Eigen::VectorXd& latency,
                                       const Eigen::VectorXd& accuracy) {
  std::sort(rows.begin(), rows.end(), [&](auto a, auto b) { return latency(a) < latency(b); });
  std::vector<Eigen::Index> out;
  for (const auto row : rows) {
    if (out.empty() || accuracy(row) > accuracy(out.back())) out.push_back(row);
  }
  return out;
}
/// The most accurate of a front whose predicted latency is within the budget.
inline std::optional<Eigen::Index> best_within(const std::vector<Eigen::Index>& front, const Eigen::VectorXd& predicted,
                                               double budget) {
  std::optional<Eigen::Index> best;  // the front's accuracies rise with predicted latency
  for (const auto row : front) {
    if (predicted(row) <= budget) best = row;
  }
  return best;
}

/// 19 budgets: 5 % to 95 % of latencies in order.
inline std::vector<double> budgets_of(const std::vector<double>& sorted) {
  std::vector<double> budgets;
  for (std::size_t k = 1; k < 20; ++k) budgets.push_back(sorted[sorted.size() * k / 20]);
  return budgets;
}

/// Share of the 19 budgets where the most accurate architecture predicted within
/// the budget passes it by more than 5 %.
inline double violations(const std::vector<Eigen::Index>& chosen, const Eigen::VectorXd& predicted,
                         const Eigen::VectorXd& measured, const std::vector<double>& sorted) {
  int broken = 0, answered = 0;
  for (const double budget : budgets_of(sorted)) {
    const auto best = best_within(chosen, predicted, budget);
    if (!best) continue;
    ++answered;
    broken += measured(*best) > 1.05 * budget;
  }
  return answered > 0 ? double(broken) / answered : std::numeric_limits<double>::quiet_NaN();
}
}  // namespace one_proxy
