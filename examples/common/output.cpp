// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The final table and the JSON of a run.
#include <cmath>
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "hwnas/core/atomic_file.hpp"
#include "hwnas/experiment/progress.hpp"
#include "hwnas/report/number.hpp"
#include "hwnas/report/table.hpp"
#include "common/outcome.hpp"

namespace programs {
namespace {

using namespace hwnas;

/// "12.3 % of all networks cost as little"; bounds only where they differ in print.
std::string share_text(const Standing& s) {
  const std::string low = fmt::format("{:.3g}", 100 * s.share_low), high = fmt::format("{:.3g}", 100 * s.share_high);
  return low == high ? low + " %" : fmt::format("{} to {} %", low, high);
}

}  // namespace

std::string error_text(const Outcome& o) {
  if (!o.measured_ms) return "";
  std::string text = fmt::format("{:+.1f} % against the prediction", 100 * (*o.measured_ms / o.found.latency_ms - 1));
  if (o.slowdown > 1) text += fmt::format(", while the machine was {:.2f} times as slow", o.slowdown);
  return text;
}

std::string final_table(const Outcome& o) {
  Table table{{{.name = "found network"},
               {.name = "value", .align = Align::right},
               {.name = "exact range of the space"},
               {.name = "networks no dearer", .align = Align::right}}};
  const auto row = [&](const Standing& s, int decimals) {
    table.add_row({s.cost + (s.unit.empty() ? "" : fmt::format(" ({})", s.unit)), format_number(s.found, decimals),
                   fmt::format("{} to {}", format_number(s.low, decimals), format_number(s.high, decimals)),
                   share_text(s)});
  };
  table.add_row({fmt::format("test accuracy ({})", o.retrained ? "retrained" : "inherited weights"),
                 fmt::format("{:.2f} %", 100 * o.test_accuracy),
                 fmt::format("among the first five: {:.2f} %", 100 * o.test_top5), ""});
  if (o.inherited_accuracy) {
    table.add_row(
        {"validation accuracy (inherited weights)", fmt::format("{:.2f} %", 100 * *o.inherited_accuracy), "", ""});
  }
  for (const Standing& s : o.standings) {
    if (s.cost == "latency") {
      row({"latency predicted", s.unit, s.low, s.high, s.found, s.share_low, s.share_high}, 3);
      if (o.measured_ms) {
        table.add_row(
            {"latency measured (ms)", format_number(*o.measured_ms, 3), error_text(o), ""});
      }
      if (o.confidence > 0) {
        table.add_row({fmt::format("latency kept with probability {} (ms)", o.confidence),
                       format_number(o.bound_factor * o.found.latency_ms, 3), "", ""});
      }
    } else {
      row(s, 0);
    }
  }
  std::string text = "\n" + table.text();
  text += fmt::format("budget: {}; {} of {} networks keep it\n", o.budgets, o.feasible, o.size);
  text += fmt::format("time: {} supernet, ", duration_text(o.training_seconds));
  if (o.search_seconds > 0) text += fmt::format("{} evolution, ", duration_text(o.search_seconds));
  text += fmt::format("{} retraining\n", duration_text(o.retraining_seconds));
  return text;
}

std::string results_json(const Outcome& o, const Options& options) {
  nlohmann::ordered_json found;
  found["architecture"] = nlohmann::ordered_json::parse(o.found_json);
  found["test_accuracy"] = o.test_accuracy;
  found["predicted_latency_ms"] = o.found.latency_ms;
  found["measured_latency_ms"] = o.measured_ms ? nlohmann::ordered_json(*o.measured_ms) : nlohmann::ordered_json();
  found["flops"] = o.found.flops;
  found["params"] = o.found.params;
  nlohmann::ordered_json all;
  all["found"] = std::move(found);
  all["budget_latency_ms"] = o.budget_latency_ms;
  all["seed"] = options.seed;
  return all.dump(2) + "\n";
}

Result<void> put_out(const Outcome& outcome, const Options& options) {
  fmt::print("{}", final_table(outcome));
  std::fflush(stdout);
  const auto write = [](const std::string& path, const std::string& text) {
    return path.empty() ? Result<void>{} : write_file_atomically(path, text);
  };
  if (auto done = write(options.export_file, outcome.found_json + "\n"); !done) return done;
  if (auto done = write(options.json_file, results_json(outcome, options)); !done) return done;
  return options.report_file.empty() ? Result<void>{} : write_report(outcome, options);
}

}  // namespace programs
