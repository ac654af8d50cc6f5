// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The final table and the JSON of a run.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "hwnas/experiment/progress.hpp"
#include "hwnas/report/table.hpp"
#include "outcome.hpp"

namespace multi_trial {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const TrialRow& trial) {
  Json object{{"id", trial.id}, {"state", trial.state}, {"attempts", trial.attempts}};
  object["architecture"] = Json::parse(trial.architecture);
  object["metrics"] = trial.metrics;
  if (trial.share < 1) object["share"] = trial.share;
  if (!trial.reasons.empty()) object["reasons"] = trial.reasons;
  return object;
}

std::string number(double value) { return fmt::format("{:.5g}", value); }

}  // namespace

std::vector<const TrialRow*> Outcome::best(std::size_t most) const {
  std::vector<const TrialRow*> done;
  for (const TrialRow& trial : trials) {
    if (trial.state == "done") done.push_back(&trial);
  }
  std::stable_sort(done.begin(), done.end(), [](const auto* a, const auto* b) {
    return std::pair{a->share, a->score} > std::pair{b->share, b->score};
  });
  done.resize(std::min(most, done.size()));
  return done;
}

std::size_t Outcome::count(const std::string& state) const {
  return static_cast<std::size_t>(
      std::count_if(trials.begin(), trials.end(), [&](const TrialRow& trial) { return trial.state == state; }));
}

std::string final_table(const Outcome& outcome, const Options& options) {
  const auto best = outcome.best(options.top_k);
  std::string text;
  if (!best.empty()) {
    std::vector<hwnas::Column> columns{{.name = "trial", .align = hwnas::Align::right}};
    for (const auto& [name, value] : best.front()->metrics) {
      columns.push_back({.name = name, .align = hwnas::Align::right});
    }
    columns.push_back({.name = "architecture"});
    hwnas::Table table{columns};
    for (const TrialRow* trial : best) {
      std::vector<hwnas::TableCell> row{trial->id};
      for (const auto& [name, ignored] : best.front()->metrics) {
        const auto found = trial->metrics.find(name);
        row.emplace_back(found == trial->metrics.end() ? std::string{} : number(found->second));
      }
      row.emplace_back(trial->architecture);
      table.add_row(row);
    }
    text = fmt::format("\n{}", table.text());
  }
  text += fmt::format("budget: {}\n", outcome.budget);
  text += fmt::format("trials: {} done, {} running, {} failed in {}; they are kept in {}\n", outcome.count("done"),
                      outcome.count("running"), outcome.count("failed"), hwnas::duration_text(outcome.seconds),
                      outcome.store);
  return text;
}

std::string results_json(const Outcome& outcome) {
  Json all;
  all["trials"] = Json::array();
  for (const TrialRow& trial : outcome.trials) all["trials"].push_back(json_of(trial));
  const auto best = outcome.best(1);
  all["best"] = best.empty() ? Json() : json_of(*best.front());
  return all.dump(2) + "\n";
}

std::string export_json(const Outcome& outcome, const Options& options) {
  Json all = Json::array();
  for (const TrialRow* trial : outcome.best(options.top_k)) {
    all.push_back({{"architecture", Json::parse(trial->architecture)}, {"metrics", trial->metrics}});
  }
  return all.dump(2) + "\n";
}

}  // namespace multi_trial
