// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The page of --report: the space, the search, the prediction, the order of inherited weights.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/experiment/progress.hpp"
#include "hwnas/latency/confidence.hpp"
#include "hwnas/report/page.hpp"
#include "hwnas/report/xy_chart.hpp"
#include "common/outcome.hpp"

namespace programs {
namespace {

using namespace hwnas;

void add_key_figures(Page& page, const Outcome& o) {
  page.key_figure({.label = o.retrained ? "test accuracy" : "test accuracy (inherited weights)",
                   .value = fmt::format("{:.2f} %", 100 * o.test_accuracy),
                   .note = o.retrained ? "trained from scratch" : "not retrained"});
  page.key_figure({.label = "latency, predicted",
                   .value = fmt::format("{:.3f} ms", o.found.latency_ms),
                   .note = fmt::format("budget {:.3f} ms", o.budget_latency_ms)});
  if (o.measured_ms) {
    page.key_figure(
        {.label = "latency, measured", .value = fmt::format("{:.3f} ms", *o.measured_ms), .note = error_text(o)});
  }
  page.key_figure({.label = "multiply-adds",
                   .value = fmt::format("{:.2f} M", static_cast<double>(o.found.flops) / 1e6),
                   .note = fmt::format("{} parameters", group_digits(fmt::format("{}", o.found.params)))});
}

std::string percent(double share) { return fmt::format("{:.3g}", 100 * share); }

void add_space(Page& page, const Outcome& o) {
  Table table{{{.name = "cost"}, {.name = "unit"}, {.name = "least", .align = Align::right},
               {.name = "found", .align = Align::right}, {.name = "most", .align = Align::right},
               {.name = "networks no dearer", .unit = "%", .align = Align::right}}};
  for (const Standing& s : o.standings) {
    const int decimals = s.cost == "latency" ? 3 : 0;
    const std::string low = percent(s.share_low), high = percent(s.share_high);
    table.add_row({s.cost, s.unit, format_number(s.low, decimals), format_number(s.found, decimals),
                   format_number(s.high, decimals), low == high ? low : low + " to " + high});
  }
  page.section("The space and the network found")
      .prose(fmt::format(
          "The space \"{}\" has {} networks. Budget: {}; {} networks keep it. Ranges and counts are computed "
          "from the tables, not sampled.",
          o.space, o.size, o.budgets, o.feasible))
      .table(table, "Exact ranges over all networks of the space, and where the found one stands.")
      .code(o.found_json);
}

Chart loss_chart(const std::string& title, const std::vector<EpochRow>& epochs) {
  Series loss{.name = "training loss", .style = SeriesStyle::line_points};
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    loss.x.push_back(static_cast<double>(i + 1));
    loss.y.push_back(epochs[i].loss);
  }
  return line_chart({.title = title,
                     .description = "Mean cross-entropy over the steps of each epoch.",
                     .x = {.title = "epoch"},
                     .y = {.title = "cross-entropy"},
                     .series = {loss}});
}

Chart candidates_chart(const Outcome& o) {
  std::vector<Series> series;
  const int last = o.candidates.empty() ? 0 : o.candidates.back().generation;
  for (const bool evolved : {false, true}) {
    Series some{.name = evolved ? "evolved" : "first generation, drawn uniformly inside the budget"};
    for (const CandidateRow& c : o.candidates) {
      if ((c.generation > 0) != evolved) continue;
      some.x.push_back(c.costs.latency_ms);
      some.y.push_back(100 * c.accuracy);
      some.labels.push_back(c.architecture);
    }
    if (!some.y.empty()) series.push_back(std::move(some));
  }
  return scatter_chart(
      {.title = "Accuracy against latency of every candidate",
       .description = fmt::format("{} candidates in {} generations, with inherited weights on validation "
                                  "images.",
                                  o.candidates.size(), last + 1),
       .x = {.title = "predicted latency", .unit = "ms", .lines = {{o.budget_latency_ms, "budget"}}},
       .y = {.title = "validation accuracy", .unit = "%"},
       .series = std::move(series),
       .marks = {{o.found.latency_ms, 100 * o.inherited_accuracy.value_or(0), "found"}}});
}

Chart progress_chart(const Outcome& o) {
  Series each{.name = "candidate", .style = SeriesStyle::points},
      best{.name = "best so far", .style = SeriesStyle::steps};
  double top = 0;
  for (const CandidateRow& c : o.candidates) {
    top = std::max(top, 100 * c.accuracy);
    const auto number = static_cast<double>(each.y.size() + 1);
    each.x.push_back(number);
    each.y.push_back(100 * c.accuracy);
    best.x.push_back(number);
    best.y.push_back(top);
  }
  return line_chart({.title = "Progress of the search",
                     .description = "Candidates in the order in which evolution proposed them.",
                     .x = {.title = "candidate"},
                     .y = {.title = "validation accuracy", .unit = "%"},
                     .series = {each, best}});
}

void add_search(Page& page, const Outcome& o) {
  if (!o.supernet.empty()) {
    page.section("Supernet").prose(fmt::format("{} of training on {}.", duration_text(o.training_seconds), o.images))
        .chart(loss_chart("Loss of the supernet", o.supernet));
  }
  if (!o.candidates.empty()) {
    page.section("Search").chart(candidates_chart(o)).chart(progress_chart(o));
  }
  if (!o.retraining.empty()) {
    page.section("Retraining")
        .prose(fmt::format("The found network from scratch, {}.", duration_text(o.retraining_seconds)))
        .chart(loss_chart("Loss of the found network", o.retraining));
  }
}

/// One number of every step; of many steps some, as a table of all stands in --history.
template <class Row> Series steps_of(const std::string& name, const std::vector<Row>& rows, double Row::*column) {
  constexpr std::size_t most = 400;
  Series series{.name = name, .style = SeriesStyle::line};
  const std::size_t every = std::max<std::size_t>(1, rows.size() / most);
  for (std::size_t i = 0; i < rows.size(); i += every) {
    series.x.push_back(static_cast<double>(rows[i].step + 1));
    series.y.push_back(rows[i].*column);
  }
  return series;
}

Chart history_chart(const Outcome& o, const std::string& title, const Axis& y, std::vector<Series> series) {
  return line_chart({.title = title,
                     .description = fmt::format("{} steps of the weights, {} of the architecture.",
                                                o.weight_history.size(), o.history.size()),
                     .x = {.title = "step of the weights"},
                     .y = y,
                     .series = std::move(series)});
}

void add_history(Page& page, const Outcome& o) {
  if (o.history.empty()) return;
  page.section("Architecture")
      .chart(history_chart(o, "Expected cost of the network",
                           {.title = "expected cost", .unit = o.history_unit, .lines = {{o.reference, "reference"}}},
                           {steps_of("expected cost", o.history, &HistoryRow::cost)}))
      .chart(history_chart(o, "Entropy of the choices", {.title = "entropy", .unit = "nats"},
                           {steps_of("entropy", o.history, &HistoryRow::entropy)}))
      .chart(history_chart(o, "Loss at every step", {.title = "cross-entropy"},
                           {steps_of("weights, on their part of the images", o.weight_history, &WeightRow::loss),
                            steps_of("architecture, on its part", o.history, &HistoryRow::loss)}));
}

/// How often networks kept what a confidence promises.
std::string bound_text(const Outcome& o) {
  if (o.confidence == 0 || !o.measured_ms) return "";
  std::vector<double> predicted{o.found.latency_ms}, measured{*o.measured_ms};
  for (const LatencyRow& row : o.timed) {
    predicted.push_back(row.predicted_ms);
    measured.push_back(row.measured_ms);
  }
  return fmt::format(" With probability {} a network keeps {:.3f} times its prediction; {:.0f} % of these {} did.",
                     o.confidence, o.bound_factor, 100 * coverage(predicted, measured, o.bound_factor),
                     measured.size());
}

void add_latency(Page& page, const Outcome& o) {
  Series series{.name = "candidates"};
  for (const LatencyRow& row : o.timed) {
    series.x.push_back(row.predicted_ms);
    series.y.push_back(row.measured_ms);
    series.labels.push_back(row.architecture);
  }
  if (!o.measured_ms) return;
  page.section("Latency: predicted against measured")
      .prose(fmt::format("Measured on: {}. The prediction is a sum over measured operators or predicted kernels.{}",
                         o.machine, bound_text(o)))
      .chart(scatter_chart({.title = "Predicted against measured latency of whole networks",
                            .description = "Some candidates from the fastest to the slowest, and the found network.",
                            .x = {.title = "predicted", .unit = "ms"},
                            .y = {.title = "measured", .unit = "ms"},
                            .series = {series},
                            .marks = {{o.found.latency_ms, *o.measured_ms, "found"}},
                            .diagonal = true}));
}

void add_ranks(Page& page, const Outcome& o) {
  if (o.ranks.empty()) return;
  Series series{.name = "networks"};
  std::vector<double> inherited, alone;
  for (const RankRow& row : o.ranks) {
    inherited.push_back(100 * row.inherited);
    alone.push_back(100 * row.alone);
    series.labels.push_back(row.architecture);
  }
  series.x = inherited;
  series.y = alone;
  Rng rng{1};
  const Interval band = bootstrap_interval(
      inherited, alone, [](auto x, auto y) { return kendall_tau(x, y); }, rng);
  page.section("Order of inherited weights")
      .prose(fmt::format("Kendall's tau between inherited weights and training alone: {:.2f} over {} networks (95 % "
                         "bootstrap interval {:.2f} to {:.2f}).",
                         kendall_tau(inherited, alone), o.ranks.size(), band.low, band.high))
      .chart(scatter_chart({.title = "Accuracy with inherited weights and when trained alone",
                            .description = "Random candidates; both on the same validation images.",
                            .x = {.title = "inherited weights", .unit = "%"},
                            .y = {.title = "trained alone", .unit = "%"},
                            .series = {series}}));
}

}  // namespace

Result<void> write_report(const Outcome& o, const Options& options) {
  Page page{fmt::format("A network of the space {} under {}", o.space, o.budgets), o.images};
  add_key_figures(page, o);
  add_space(page, o);
  add_search(page, o);
  add_history(page, o);
  add_latency(page, o);
  add_ranks(page, o);
  page.footer(fmt::format("hwnas {}, seed {}; {}", options.program, options.seed, o.machine));
  return page.write(options.report_file);
}

}  // namespace programs
