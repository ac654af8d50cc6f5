// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The program's first form: one target, from the first measurement to a table of networks.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "adaptation.hpp"
#include "evolution.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "hwnas/report/table.hpp"

namespace one_proxy {

struct AdaptArguments {
  std::string space, proxy, proxy_device, target, command, accuracy, accuracy_column = "cifar10", output;
  bool keep_family = false;
  AdaptationOptions options = {};
  SearchMethod search = SearchMethod::exhaustive;
  EvolutionOptions evolution = {};
};

namespace detail {

/// The target's own column: of the proxy file, or of another file as FILE or FILE:COLUMN.
inline Result<hwnas::MeasuredLatencies> target_table(const AdaptArguments& arguments,
                                                     const hwnas::MeasuredLatencies& known, const std::string& key) {
  hwnas::MeasuredLatencies table = known;
  std::string column = arguments.target;
  if (std::find(known.devices.begin(), known.devices.end(), column) == known.devices.end()) {
    const auto colon = column.rfind(':');
    const std::string path = std::filesystem::exists(column) ? column : column.substr(0, colon);
    auto read = hwnas::read_measured_latencies(path, key);
    if (!read) {
      return Error{
          Error::Code::unknown_name,
          fmt::format("the target '{}' is no column of {} and no file FILE[:COLUMN]", column, arguments.proxy)};
    }
    table = std::move(*read);
    column = path.size() < column.size() ? column.substr(path.size() + 1) : table.devices.front();
  }
  const auto found = std::find(table.devices.begin(), table.devices.end(), column);
  if (found == table.devices.end()) {
    return Error{Error::Code::unknown_name, fmt::format("there is no target column '{}'", column)};
  }
  table.columns = {table.columns[std::size_t(found - table.devices.begin())]};
  table.devices = {column};
  return table;
}

/// The known device most like all others, or the one named.
inline Result<Eigen::Index> proxy_of(const Devices& devices, const hwnas::ProxyPool& pool,
                                     const std::vector<Eigen::Index>& known, const std::string& name) {
  std::optional<Eigen::Index> best;
  double most = -std::numeric_limits<double>::infinity();
  for (const auto k : known) {
    if (!name.empty() && devices.known_names[std::size_t(k)] != name) continue;
    double likeness = 0;
    for (const auto other : known) likeness += pool.similarity(k, other);
    if (likeness > most) most = likeness, best = k;
  }
  if (!best) {
    return Error{Error::Code::unknown_name, fmt::format("there is no known device '{}' to be the proxy", name)};
  }
  return *best;
}

}  // namespace detail

/// One run of the workflow.
class AdaptCommand {
 public:
  explicit AdaptCommand(AdaptArguments arguments) : arguments_{std::move(arguments)} {}

  /// Throws Errors; prints the report.
  int run() {
    load();
    const Eigen::Index proxy = detail::proxy_of(devices_, *pool_, known_, arguments_.proxy_device).value();
    std::vector<Eigen::Index> candidates;
    for (Eigen::Index row = 0; row < pool_->rows(); ++row) {
      if (!std::isnan(devices_.known(row, proxy)) && (!full_ || !std::isnan((*full_)(row)))) candidates.push_back(row);
    }
    const Adaptation done = adapt(devices_, *pool_, known_, proxy, target_, candidates, arguments_.options).value();
    tell(done, proxy, candidates);
    if (arguments_.search == SearchMethod::evolution) {
      with_listed_space(arguments_.space, [&]<class Names>(Names) { return evolve<Names>(done, candidates); }).value();
    } else if (!arguments_.accuracy.empty()) {
      search(done, candidates);
    }
    if (!arguments_.output.empty()) hwnas::write_file_atomically(arguments_.output, json_.dump(1) + "\n").value();
    return 0;
  }

 private:
  void load() {
    const bool command = !arguments_.command.empty();
    if (command == !arguments_.target.empty()) {
      throw Error{Error::Code::bad_value, "name either --target or --target-command"};
    }
    const std::string key = listed_key(arguments_.space).value();
    const hwnas::MeasuredLatencies known = hwnas::read_measured_latencies(arguments_.proxy, key).value();
    const hwnas::MeasuredLatencies target = command ? known : detail::target_table(arguments_, known, key).value();
    devices_ = join(arguments_.space, known, target).value();
    if (!command) full_ = devices_.targets.col(0);
    for (Eigen::Index k = 0; k < devices_.known.cols(); ++k) {
      const std::string& name = devices_.known_names[std::size_t(k)];
      const bool itself =
          !command && (name == devices_.target_names[0] ||
                       (!arguments_.keep_family && same_family(name, devices_.target_names[0],
                                                               common_correlation(devices_.known.col(k), *full_))));
      if (!itself) known_.push_back(k);
    }
    if (known_.empty()) throw Error{Error::Code::bad_value, "no known device is left beside the target and its family"};
    pool_ = hwnas::ProxyPool::make(devices_.features.views, devices_.known).value();
    if (!arguments_.accuracy.empty()) {
      accuracy_ =
          read_accuracy(arguments_.accuracy, arguments_.accuracy_column, key, devices_.architectures).value();
    }
    check_search();
    target_ = command ? command_device(arguments_.command)
                      : TargetDevice{[this](const std::string& architecture) { return look_up(architecture); }};
  }

  /// Before anything is measured.
  void check_search() const {
    if (arguments_.search != SearchMethod::evolution) return;
    const auto possible = [&]<class Names>(Names) -> Result<void> {
      const auto quality = ListedQuality<Names>::make(devices_.architectures, accuracy_);
      if (!quality) return quality.error();
      return {};
    };
    with_listed_space(arguments_.space, possible).value();
  }

  [[nodiscard]] Result<hwnas::Milliseconds> look_up(const std::string& architecture) const {
    const auto at = std::find(devices_.architectures.begin(), devices_.architectures.end(), architecture) -
                    devices_.architectures.begin();
    return hwnas::Milliseconds{(*full_)(at)};
  }

  void tell(const Adaptation& done, Eigen::Index proxy, const std::vector<Eigen::Index>& rows) {
    const std::string& name = devices_.known_names[std::size_t(proxy)];
    fmt::print(
        "{} known devices; {} measurements drawn on the target: rank correlation with {} is {:.3f} (95 % from {:.2f} "
        "to {:.2f})\n",
        known_.size(), done.checked, name, done.check, done.interval.low, done.interval.high);
    fmt::print("{}\n", done.reused ? fmt::format("surely at least {}: the order of {} is used as it is",
                                                 arguments_.options.reuse_at, name)
                                   : fmt::format("not surely {}: adapted with {} measurements",
                                                 arguments_.options.reuse_at, done.samples.size()));
    json_ = {{"proxy", name}, {"check", done.check}, {"reused", done.reused}, {"measurements", done.samples.size()}};
    if (done.confidence) {
      const auto& c = *done.confidence;
      fmt::print("expected rank correlation {:.3f} (90 % from {:.2f} to {:.2f}){}\n", c.expected, c.interval.low,
                 c.interval.high,
                 c.expected >= 0.9     ? ""
                 : c.more_measurements ? fmt::format("; {} more measurements should bring 0.9", *c.more_measurements)
                                       : "; no number of measurements is expected to bring 0.9");
      json_["expected_rank_correlation"] = c.expected;
    }
    if (!full_) return;
    const double reached = hwnas::rank_correlation(done.predicted(rows), (*full_)(rows));
    const double before = hwnas::rank_correlation(Eigen::VectorXd(devices_.known.col(proxy)(rows)), (*full_)(rows));
    fmt::print("rank correlation on all {} architectures: {:.4f}; {} as it is: {:.4f}\n", rows.size(), reached, name,
               before);
    json_["rank_correlation"] = reached, json_["proxy_rank_correlation"] = before;
  }

  /// Five budgets: a tenth to nine tenths of the predictions.
  [[nodiscard]] static std::vector<double> five_budgets(const Eigen::VectorXd& predicted,
                                                        const std::vector<Eigen::Index>& rows) {
    std::vector<double> sorted, budgets;
    for (const auto row : rows) sorted.push_back(predicted(row));
    std::sort(sorted.begin(), sorted.end());
    for (const double share : {0.1, 0.3, 0.5, 0.7, 0.9}) {
      budgets.push_back(sorted[std::size_t(share * double(sorted.size() - 1))]);
    }
    return budgets;
  }

  /// The same table for networks of the whole space. Latencies are models linear in the choices, fitted to the predictions, and
  /// for full knowledge to all that the target has measured; only a device can measure what no table lists.
  template <class Names>
  Result<void> evolve(const Adaptation& done, const std::vector<Eigen::Index>& candidates) {
    const bool counted = arguments_.accuracy.empty();
    const auto searched =
        WholeSpaceSearch<Names>::run(devices_.architectures, accuracy_, done.predicted, full_, arguments_.evolution);
    if (!searched) return searched.error();
    const std::string worth = counted ? "multiply-adds" : "accuracy", unit = counted ? "M" : "%";
    hwnas::Table table{{{.name = "budget", .unit = "ms", .decimals = 2},
                        {.name = "architecture"},
                        {.name = worth, .unit = unit, .decimals = 2},
                        {.name = "predicted", .unit = "ms", .decimals = 2},
                        {.name = full_ ? "by all measurements" : "measured", .unit = "ms", .decimals = 2},
                        {.name = "full knowledge", .unit = unit, .decimals = 2}}};
    for (const double budget : five_budgets(done.predicted, candidates)) {
      const auto network = best_within(searched->found, budget), known = best_within(searched->best, budget);
      if (!network) continue;
      const std::string name = Names::write(network->network);
      const double latency = searched->truth ? (*searched->truth)(network->network)
                                             : target_(name).value().value();
      table.add_row({budget, name, network->quality, network->latency, latency,
                     known ? std::optional{known->quality} : std::nullopt});
      json_["found"].push_back({{"budget_ms", budget},
                                {"arch", name},
                                {counted ? "multiply_adds_m" : "accuracy", network->quality},
                                {"predicted_ms", network->latency},
                                {full_ ? "by_all_measurements_ms" : "measured_ms", latency}});
    }
    fmt::print("\nThe front has {} networks, found by evolution ({} generations of {}){}\n\n{}", searched->found.size(),
               arguments_.evolution.generations, arguments_.evolution.population,
               counted ? "; no --accuracy: multiply-adds stand in for it" : "", table.text());
    return {};
  }

  /// A table of budgets: what is found with the predictions, what it takes on the target, what full knowledge would find.
  void search(const Adaptation& done, const std::vector<Eigen::Index>& candidates) {
    std::vector<Eigen::Index> rows;
    std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(rows),
                 [&](auto row) { return !std::isnan(accuracy_(row)); });
    if (rows.empty()) {
      throw Error{Error::Code::mismatch,
                  fmt::format("{} has no architecture of {}", arguments_.accuracy, arguments_.proxy)};
    }
    const auto found = front(rows, done.predicted, accuracy_);
    hwnas::Table table{{{.name = "budget", .unit = "ms", .decimals = 2},
                        {.name = "architecture"},
                        {.name = "accuracy", .unit = "%", .decimals = 2},
                        {.name = "predicted", .unit = "ms", .decimals = 2},
                        {.name = "measured", .unit = "ms", .decimals = 2},
                        {.name = "over the budget", .unit = "%", .decimals = 1},
                        {.name = "full knowledge", .unit = "%", .decimals = 2}}};
    for (const double budget : five_budgets(done.predicted, rows)) {
      const auto best = best_within(found, done.predicted, budget);
      if (!best) continue;
      const std::string& architecture = devices_.architectures[std::size_t(*best)];
      const double measured = target_(architecture).value().value();
      std::optional<double> known;
      if (full_) {
        known =
            accuracy_(*best_within(front(rows, *full_, accuracy_), *full_, std::max(budget, (*full_)(rows).minCoeff())));
      }
      table.add_row({budget, architecture, accuracy_(*best), done.predicted(*best), measured,
                     100 * std::max(0.0, measured / budget - 1), known});
      json_["found"].push_back({{"budget_ms", budget}, {"arch", architecture}, {"accuracy", accuracy_(*best)},
                                {"predicted_ms", done.predicted(*best)}, {"measured_ms", measured}});
    }
    fmt::print("\nThe front has {} of {} architectures\n\n{}", found.size(), rows.size(), table.text());
    if (full_) judge(done, rows, found);
  }

  void judge(const Adaptation& done, const std::vector<Eigen::Index>& rows, const std::vector<Eigen::Index>& found) {
    std::vector<double> sorted;
    for (const auto row : rows) sorted.push_back((*full_)(row));
    std::sort(sorted.begin(), sorted.end());
    const double least = accuracy_(rows).minCoeff();
    const double share = hypervolume(found, *full_, accuracy_, sorted.back(), least) /
                         hypervolume(rows, *full_, accuracy_, sorted.back(), least);
    const double broken = violations(found, done.predicted, *full_, sorted);
    fmt::print("hypervolume {:.4f} of the front with full knowledge; {:.0f} % of 19 budgets passed by more than 5 %\n",
               share, 100 * broken);
    json_["hypervolume"] = share, json_["budgets_broken"] = broken;
  }

  AdaptArguments arguments_;
  Devices devices_;
  std::optional<hwnas::ProxyPool> pool_;
  std::vector<Eigen::Index> known_;
  Eigen::VectorXd accuracy_;             ///< of the listed architectures (NaN where the file has none); empty without a file
  std::optional<Eigen::VectorXd> full_;  ///< the target's measurements, where they are a file's
  TargetDevice target_;
  nlohmann::json json_;
};

}  // namespace one_proxy
