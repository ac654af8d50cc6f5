// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How far from the true optimum under a latency budget each multi-trial strategy is after so many trials.
///        scripts/run regret --json out.json        scripts/run regret --help
///        NAS-Bench-201 with measured accuracies and latencies: the table is both searched and scored.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "campaign.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "hwnas/nn/torch.hpp"
#include "hwnas/report/table.hpp"
#include "options.hpp"

namespace {

using namespace regret;
using nlohmann::json;

std::vector<std::size_t> checkpoints(std::size_t trials) {
  std::vector<std::size_t> result;
  for (const std::size_t n : {10, 20, 50, 100, 200}) {
    if (n < trials) result.push_back(n);
  }
  result.push_back(trials);
  return result;
}
double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double x : values) sum += x;
  return sum / static_cast<double>(values.size());
}
Column number(std::string name, int decimals) {
  return {.name = std::move(name), .decimals = decimals, .align = Align::right};
}

/// In how many of the problems a strategy's mean regret over the trials is below random's.
std::string wins(const Campaign& campaign, std::size_t strategy, const std::function<bool(std::size_t)>& of,
                 std::size_t seeds) {
  std::size_t won = 0, all = 0;
  const auto& names = campaign.options().strategies;
  const auto random = std::find(names.begin(), names.end(), "random");
  if (random == names.end()) return "";
  for (std::size_t p = 0; p < campaign.problems(); ++p) {
    if (!of(p)) continue;
    const auto only = [p](std::size_t q) { return q == p; };
    const auto mine = campaign.mean(strategy, only, seeds);
    const auto theirs = campaign.mean(static_cast<std::size_t>(random - names.begin()), only, seeds);
    ++all;
    won += mine && mean_of(mine->regret) < mean_of(theirs->regret);
  }
  return fmt::format("{} of {}", won, all);
}

/// Anytime: the mean regret after some numbers of trials.
Table anytime(const Campaign& campaign, const std::function<bool(std::size_t)>& of, std::size_t seeds,
              bool with_learned) {
  const auto points = checkpoints(campaign.options().trials);
  std::vector<Column> columns{{.name = "regret after ... trials"}};
  for (const std::size_t n : points) columns.push_back(number(std::to_string(n), 3));
  columns.push_back(number("mean of all", 3));
  columns.push_back({.name = "below random", .align = Align::right});
  Table table{columns};
  for (std::size_t s = 0; s < campaign.options().strategies.size(); ++s) {
    if (!with_learned && is_learned(campaign.options().strategies[s])) continue;
    const auto mean = campaign.mean(s, of, seeds);
    if (!mean) continue;
    std::vector<TableCell> row{campaign.options().strategies[s]};
    for (const std::size_t n : points) row.emplace_back(mean->regret[n - 1]);
    row.emplace_back(mean_of(mean->regret));
    row.emplace_back(wins(campaign, s, of, seeds));
    table.add_row(std::move(row));
  }
  return table;
}

/// A column a budget.
Table by_budget(const Campaign& campaign, const std::string& what, const std::function<double(const Outcome&)>& value) {
  std::vector<Column> columns{{.name = what}};
  for (const double share : shares) columns.push_back(number(fmt::format("{:g} %", 100 * share), 3));
  Table table{columns};
  for (std::size_t s = 0; s < campaign.options().strategies.size(); ++s) {
    if (is_learned(campaign.options().strategies[s])) continue;
    std::vector<TableCell> row{campaign.options().strategies[s]};
    for (const double share : shares) {
      row.emplace_back(value(*campaign.mean(s, [&](std::size_t p) { return campaign.problem(p).share == share; })));
    }
    table.add_row(std::move(row));
  }
  return table;
}

void print(const Campaign& campaign) {
  const Options& options = campaign.options();
  const auto all = [](std::size_t) { return true; };
  fmt::print(
      "{} devices, {} budgets, {} seeds, {} trials each. Regret: percentage points of accuracy below the best network\n"
      "within the budget, known by enumeration. The table of networks is both searched and scored.\n\n",
      campaign.devices().size(), shares.size(), campaign.seeds(), options.trials);
  fmt::print("{}\n", anytime(campaign, all, campaign.seeds(), false).text());
  const std::size_t middle = std::min<std::size_t>(100, options.trials);
  fmt::print("{}\n",
             by_budget(campaign, fmt::format("regret after {} trials; budget met by", middle), [&](const Outcome& o) {
               return o.regret[middle - 1];
             }).text());
  fmt::print("{}\n",
             by_budget(campaign, fmt::format("hypervolume after {} trials over the true front's", options.trials),
                       [](const Outcome& o) { return o.hypervolume; })
                 .text());
  const auto& names = options.strategies;
  if (std::none_of(names.begin(), names.end(), is_learned)) return;
  fmt::print("Where the learned ones were tried: {} devices, {} budgets, {} seeds\n\n{}",
             std::min(learned_devices, campaign.devices().size()), learned_shares.size(), campaign.learned_seeds(),
             anytime(
                 campaign, [&](std::size_t p) { return campaign.for_learned(p); }, campaign.learned_seeds(), true)
                 .text());
}

json figures(const Campaign& campaign) {
  json out{
      {"trials", campaign.options().trials}, {"seeds", campaign.seeds()}, {"learned_seeds", campaign.learned_seeds()}};
  for (std::size_t s = 0; s < campaign.options().strategies.size(); ++s) {
    for (std::size_t p = 0; p < campaign.problems(); ++p) {
      const Problem& problem = campaign.problem(p);
      const auto mean = campaign.mean(s, [p](std::size_t q) { return q == p; });
      if (!mean) continue;
      out["searches"].push_back({{"strategy", campaign.options().strategies[s]},
                                 {"device", problem.device->name},
                                 {"met_by", problem.share},
                                 {"budget_ms", problem.budget},
                                 {"optimum", problem.optimum},
                                 {"networks", problem.allowed.list->all().size()},
                                 {"regret", mean->regret},
                                 {"hypervolume", mean->hypervolume}});
    }
  }
  return out;
}

int run(const Options& options) {
  torch::set_num_threads(1);  // the searches share the cores
  Campaign campaign{options};
  campaign.run();
  print(campaign);
  if (!options.json_file.empty()) write_file_atomically(options.json_file, figures(campaign).dump() + "\n").value();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = parse_options(argc, argv);
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  try {
    return run(std::get<Options>(parsed));
  } catch (const Error& error) {
    fmt::print(stderr, "regret: {}\n", error.message);
  } catch (const std::exception& error) {
    fmt::print(stderr, "regret: {}\n", error.what());
  }
  return 2;
}
