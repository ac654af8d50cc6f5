// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the benchmark says: tables, the JSON file, the page.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "hwnas/measure/predictor_builder.hpp"
#include "hwnas/report/page.hpp"
#include "hwnas/report/table.hpp"
#include "hwnas/report/xy_chart.hpp"
#include "coverage.hpp"
#include "judgement.hpp"
#include "measure.hpp"

namespace accuracy {

/// What so many minutes of building taught.
struct Point {
  double minutes = 0;
  std::size_t kernels = 0, building = 0;
  Verdict verdict;
};

/// All figures of a run. The first verdict is the judged predictor's, the last the second measurement's.
struct Outcome {
  std::string device;
  const hwnas::BuiltPredictor& built;
  const std::vector<Judged>& networks;
  const std::vector<Verdict>& verdicts;
  std::vector<Point> points;
  Verdict unscaled;
};

[[nodiscard]] inline hwnas::Column percent(const char* name) { return {.name = name, .unit = "%", .decimals = 1}; }

[[nodiscard]] inline hwnas::Table predictors(const Outcome& o) {
  hwnas::Table table{{{.name = "predictor"},
                      {.name = "networks"},
                      percent("within 10 %"),
                      percent("at least"),
                      percent("within 5 %"),
                      percent("RMSPE"),
                      percent("bias")}};
  for (const Verdict& v : o.verdicts) {
    table.add_row({v.name, v.errors.count, 100 * v.errors.within_10, 100 * v.within_10_lower, 100 * v.errors.within_5,
                   100 * v.errors.rmspe, 100 * v.bias});
  }
  return table;
}
[[nodiscard]] inline hwnas::Table spaces(const Outcome& o) {
  hwnas::Table table{{{.name = "space"},
                      {.name = "networks"},
                      percent("within 10 %"),
                      percent("RMSPE"),
                      {.name = "Spearman", .decimals = 3}}};
  for (const auto& [space, e] : o.verdicts.front().by_space) {
    table.add_row({space, e.count, 100 * e.within_10, 100 * e.rmspe, e.spearman});
  }
  return table;
}
[[nodiscard]] inline hwnas::Table minutes(const Outcome& o) {
  hwnas::Table table{{{.name = "minutes", .decimals = 1},
                      {.name = "kernels"},
                      {.name = "networks"},
                      percent("within 10 %"),
                      percent("RMSPE")}};
  for (const Point& p : o.points) {
    table.add_row({p.minutes, p.kernels, p.building, 100 * p.verdict.errors.within_10, 100 * p.verdict.errors.rmspe});
  }
  return table;
}
/// Kernels alone, cross-validated.
[[nodiscard]] inline hwnas::Table kernels(const Outcome& o) {
  hwnas::Table table{{{.name = "kernel"},
                      {.name = "measured"},
                      percent("within 10 %"),
                      percent("within 5 %"),
                      percent("RMSPE"),
                      {.name = "factor", .decimals = 2},
                      {.name = "start", .unit = "ms", .decimals = 4}}};
  for (const auto& [type, e] : o.built.kernels) {
    const auto found = o.built.predictor.corrections().find(type);
    const hwnas::KernelCorrection c =
        found == o.built.predictor.corrections().end() ? hwnas::KernelCorrection{} : found->second;
    table.add_row({type, e.count, 100 * e.within_10, 100 * e.within_5, 100 * e.rmspe, c.factor, c.start});
  }
  return table;
}

[[nodiscard]] inline hwnas::Table confidences(const Outcome& o) {
  hwnas::Table table{
      {{.name = "confidence", .unit = "%", .decimals = 0}, percent("held as shipped"), percent("held by halves")}};
  for (const Held& h : held_budgets(o.networks, o.built.calibration)) {
    table.add_row({100 * h.confidence, h.shipped ? hwnas::TableCell{100 * *h.shipped} : hwnas::TableCell{}, 100 * h.share});
  }
  return table;
}

inline void print(const Outcome& o) {
  fmt::print("{}: {} kernels, {} networks of building, {} judged\n\n{}\n{}\n{}\n{}\n{}", o.device, o.built.kernel_count,
             o.built.network_count, o.networks.size(), predictors(o).text(), spaces(o).text(), confidences(o).text(),
             kernels(o).text(), minutes(o).text());
}

[[nodiscard]] inline nlohmann::json document(const Outcome& o) {
  nlohmann::json result = to_json(o.verdicts.front());
  result["device"] = o.device;
  result["conditions"] = o.built.predictor.conditions;
  result["noise_within_10"] = number(o.verdicts.back().errors.within_10);
  result["unscaled"] = to_json(o.unscaled);
  for (std::size_t v = 1; v < o.verdicts.size(); ++v) result["rows"][o.verdicts[v].name] = to_json(o.verdicts[v]);
  for (const Held& h : held_budgets(o.networks, o.built.calibration)) {
    result["coverage"].push_back({{"confidence", h.confidence}, {"held", h.share}});
    if (h.shipped) result["coverage"].back()["shipped"] = *h.shipped;
  }
  for (const Point& p : o.points) {
    result["curve"].push_back({{"minutes", p.minutes},
                               {"kernels", p.kernels},
                               {"networks", p.building},
                               {"within_10", number(p.verdict.errors.within_10)}});
  }
  for (const Judged& n : o.networks) {
    result["measured"].push_back({{"space", n.space->name},
                                  {"network", fmt::format("{}", fmt::join(n.values, "-"))},
                                  {"predicted", n.predicted},
                                  {"first", n.first},
                                  {"second", n.second},
                                  {"extrapolated", n.extrapolated}});
  }
  return result;
}

[[nodiscard]] inline hwnas::Page report(const Outcome& o) {
  hwnas::XyChart agreement{.title = "Predicted against measured",
                           .x = {.title = "measured", .unit = "ms"},
                           .y = {.title = "predicted", .unit = "ms"},
                           .diagonal = true};
  std::map<std::string, hwnas::Series> of_space;
  for (const Judged& n : o.networks) {
    const bool published = n.values.empty();
    hwnas::Series& series = of_space[published ? "published" : n.space->name];
    series.x.push_back(n.first);
    series.y.push_back(n.predicted);
  }
  for (auto& [name, series] : of_space) {
    series.name = name;
    agreement.series.push_back(std::move(series));
  }
  hwnas::Series curve{.name = "within 10 %"};
  for (const Point& p : o.points) curve.x.push_back(p.minutes), curve.y.push_back(100 * p.verdict.errors.within_10);
  hwnas::Page page{"Latency predictor of " + o.device};
  page.key_figure({.label = "within 10 %", .value = fmt::format("{:.1f} %", 100 * o.verdicts.front().errors.within_10),
                   .note = fmt::format("a second measurement {:.1f} %", 100 * o.verdicts.back().errors.within_10)});
  page.section("Networks that it was not built with")
      .chart(hwnas::scatter_chart(agreement))
      .table(predictors(o))
      .table(spaces(o))
      .table(confidences(o));
  page.section("Minutes of building")
      .chart(hwnas::line_chart({.title = "Accuracy against time",
                                .x = {.title = "building", .unit = "min"},
                                .y = {.title = "within 10 %", .unit = "%"},
                                .series = {curve}}))
      .table(minutes(o));
  page.section("Kernels alone").table(kernels(o));
  return page;
}

}  // namespace accuracy
