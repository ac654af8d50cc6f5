// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a run came to, for all spaces alike: the terminal, the JSON file and the page are made from this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hwnas/core/result.hpp"
#include "common/options.hpp"

namespace programs {

/// Costs of one network.
struct Costs {
  double latency_ms = 0;  ///< predicted
  std::int64_t flops = 0;
  std::int64_t params = 0;
  std::int64_t memory = 0;
};

/// A cost's exact range over the space, and where the found network stands in it.
struct Standing {
  std::string cost{};
  std::string unit{};
  double low = 0;
  double high = 0;
  double found = 0;
  double share_low = 0;   ///< bounds of the share of all networks that cost at most as much as the found one
  double share_high = 0;
};

struct CandidateRow {
  std::string architecture{};
  int generation = 0;
  double accuracy = 0;  ///< with inherited weights, on validation images
  double loss = 0;
  Costs costs{};
};

/// One epoch of a training.
struct EpochRow {
  double loss = 0;
  double rate = 0;
  double seconds = 0;
};

/// A network that was trained alone, for the order of inherited weights.
struct RankRow {
  std::string architecture{};
  double inherited = 0;
  double alone = 0;
};

/// A network that was timed.
struct LatencyRow {
  std::string architecture{};
  double predicted_ms = 0;
  double measured_ms = 0;
};

/// One step of an architecture that learns.
struct HistoryRow {
  std::int64_t step = 0;  ///< the step of the weights that it went before, from 0
  double loss = 0;
  double penalised = 0;
  double entropy = 0;  ///< of the choices, nats
  double cost = 0;     ///< expected
};

/// One step of a supernet's weights.
struct WeightRow {
  std::int64_t step = 0;
  double loss = 0;
};

struct Outcome {
  std::string space{};
  std::string size{};      ///< number of distinct architectures
  std::string feasible{};  ///< how many keep the budgets
  std::string budgets{};   ///< in words
  std::string machine{};   ///< what latency was measured on
  std::string images{};    ///< what was trained on
  double budget_latency_ms = 0;
  double confidence = 0;    ///< with which a network keeps bound_factor times its predicted latency; 0: not asked
  double bound_factor = 1;
  std::string found_json{};
  Costs found{};
  std::optional<double> measured_ms{};
  double slowdown = 1;  ///< of the machine when networks were timed, against when their predictor was built; 1: none
  std::optional<double> inherited_accuracy{};
  double test_accuracy = 0;
  double test_top5 = 0;
  bool retrained = false;
  std::vector<Standing> standings{};
  std::vector<EpochRow> supernet{};
  std::vector<EpochRow> retraining{};
  std::vector<CandidateRow> candidates{};
  std::vector<LatencyRow> timed{};  ///< some candidates
  std::vector<RankRow> ranks{};
  std::vector<HistoryRow> history{};
  std::vector<WeightRow> weight_history{};
  std::string history_unit{};  ///< of its cost
  double reference = 0;        ///< what the cost is to come to, in that unit
  double measuring_seconds = 0, training_seconds = 0, search_seconds = 0, retraining_seconds = 0;
};

/// The measured latency beside the predicted one, in words; empty where nothing was measured.
[[nodiscard]] std::string error_text(const Outcome& outcome);
/// "found" as a table for the terminal.
[[nodiscard]] std::string final_table(const Outcome& outcome);
/// The JSON of --json.
[[nodiscard]] std::string results_json(const Outcome& outcome, const Options& options);
/// The page of --report.
[[nodiscard]] hwnas::Result<void> write_report(const Outcome& outcome, const Options& options);

/// All of them: the table goes out first, since a full disk must not lose what took minutes to find.
[[nodiscard]] hwnas::Result<void> put_out(const Outcome& outcome, const Options& options);

}  // namespace programs
