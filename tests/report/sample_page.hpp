// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A page with every kind of chart, awkward names and bad numbers included: what the browser test opens.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/report/bar_chart.hpp"
#include "hwnas/report/heatmap_chart.hpp"
#include "hwnas/report/page.hpp"
#include "hwnas/report/xy_chart.hpp"

namespace hwnas::report_sample {

inline Chart candidates() {
  Rng rng{1};
  Series drawn{.name = "drawn at random"}, evolved{.name = "evolved"};
  for (int i = 0; i < 180; ++i) {
    const double latency = 30 + 70 * rng.uniform();
    Series& series = i % 3 == 0 ? evolved : drawn;
    series.x.push_back(latency);
    series.y.push_back(0.955 - 3.5 / latency - 0.04 * rng.uniform() * (i % 3 == 0 ? 0.4 : 1));
    series.labels.push_back(fmt::format("candidate {}", i));
  }
  return scatter_chart(
      {.title = "Accuracy against latency of every candidate",
       .description = "Each point is one architecture with inherited weights; the star is the one found.",
       .x = {.title = "predicted latency", .unit = "ms", .lines = {{65, "budget 65 ms"}}},
       .y = {.title = "validation accuracy"},
       .series = {drawn, evolved},
       .marks = {{63.5, 0.903, "found architecture"}}});
}

inline Chart front() {
  Series points{.name = "all architectures"}, best{.name = "Pareto front", .style = SeriesStyle::steps};
  Rng rng{5};
  for (int i = 0; i < 5000; ++i) {
    const double flops = 1e7 * std::pow(60, rng.uniform());
    points.x.push_back(flops);
    points.y.push_back(60 + 8 * std::log10(flops / 1e7) * (0.5 + rng.uniform()) + 3 * rng.uniform());
  }
  for (int i = 0; i < 14; ++i) {
    best.x.push_back(1e7 * std::pow(60, i / 13.0));
    best.y.push_back(63 + 12 * std::log10(best.x.back() / 1e7));
  }
  return scatter_chart(
      {.title = "Trade-off over the whole space",
       .x = {.title = "FLOPs", .unit = "multiply-adds", .scale = AxisScale::logarithmic},
       .y = {.title = "accuracy", .unit = "%", .lines = {{70, "baseline"}}},
       .series = {points, best},
       .marks = {{1.2e8, 75.5, "ours"}, {1.3e8, 75.1, "MobileNetV2 x 1.0"}, {1.25e8, 74.8, "ProxylessNAS"}}});
}

inline Chart history() {
  Series train{.name = "training loss"}, valid{.name = "validation loss"};
  for (int i = 0; i < 6000; ++i)
    train.y.push_back(2.3 * std::exp(-i / 1500.0) + 0.3 + 0.1 * std::sin(i * 12.9898) * std::cos(i));
  for (int i = 0; i < 6000; i += 250) {
    const double y = 2.3 * std::exp(-i / 1700.0) + 0.42;
    valid.x.push_back(i), valid.y.push_back(i == 3000 ? std::nan("") : y), valid.low.push_back(y - 0.09),
        valid.high.push_back(y + 0.09);
  }
  return line_chart({.title = "Loss of the supernet, step by step",
                     .x = {.title = "step"},
                     .y = {.title = "cross-entropy", .from_zero = true},
                     .series = {train, valid}});
}

inline Chart agreement() {
  Rng rng{3};
  Series series{.name = "sub-networks"};
  for (int i = 0; i < 24; ++i) {
    const double x = 4 + 20 * rng.uniform(), y = x * (0.93 + 0.14 * rng.uniform());
    series.x.push_back(x), series.y.push_back(y), series.low.push_back(y * 0.97), series.high.push_back(y * 1.04);
  }
  return scatter_chart({.title = "Predicted against measured latency",
                        .description = "Bars: 95 % intervals of 30 repetitions.",
                        .x = {.title = "predicted", .unit = "ms"},
                        .y = {.title = "measured", .unit = "ms"},
                        .series = {series},
                        .marks = {{14.1, 13.7, "found"}},
                        .diagonal = true});
}

inline std::vector<Chart> bars() {
  const std::vector<std::string> methods{
      "proxy as it is",     "FLOPs",
      "ridge from scratch", "AdaProxy",
      "Gaussian process",   "AutoAdapter, chosen by evidence over the known devices"};
  const BarChart chart{.title = "Rank correlation after ten measurements",
                       .description = "Mean over devices.",
                       .category_title = "method",
                       .categories = methods,
                       .series = {{"NAS-Bench-201",
                                   {0.81, 0.62, 0.79, 0.93, 0.951, 0.966},
                                   {0.78, 0.6, 0.72, 0.91, 0.94, 0.96},
                                   {0.84, 0.65, 0.83, 0.95, 0.96, 0.972}},
                                  {"FBNet",
                                   {0.74, 0.7, 0.71, 0.88, 0.9, std::nan("")},
                                   {0.7, 0.6, 0.7, 0.86, 0.8, 0.9},
                                   {0.8, 0.8, 0.8, 0.9, 0.92, 0.9}}},
                       .value = {.title = "Spearman's rho", .lines = {{0.9, "target 0.9"}}}};
  BarChart lying = chart;
  lying.horizontal = true;
  lying.title += ", lying";
  BarChart few{.title = "FLOPs by stage",
               .categories = {"stem", "1", "2", "3", "head"},
               .series = {{.values = {1.2e7, 8.4e7, 1.1e8, 6e7, 2.1e6}}},
               .value = {.title = "FLOPs"}};
  BarChart many{.title = "Gain over the baseline for each of forty devices",
                .value = {.title = "difference", .unit = "points"}};
  BarSeries gains;
  for (int i = 0; i < 40; ++i)
    many.categories.push_back(fmt::format("device_{}_batch{}", i, i % 7)),
        gains.values.push_back(3 * std::sin(i * 0.4));
  many.series = {gains};
  return {bar_chart(chart), bar_chart(lying), bar_chart(few), bar_chart(many)};
}

inline Chart heatmap(std::size_t n, bool diverging) {
  const std::vector<std::string> platforms{"CPU", "GPU", "accelerator"};
  HeatmapSide side{.title = "device"};
  for (std::size_t i = 0; i < n; ++i)
    side.labels.push_back(fmt::format("device_{}{}", i, i == 2 ? "_with_a_very_long_name_indeed" : "")),
        side.groups.push_back(platforms[i % 3]);
  std::vector<std::vector<double>> values(n, std::vector<double>(n));
  for (std::size_t r = 0; r < n; ++r) {
    for (std::size_t c = 0; c < n; ++c) {
      const double d =
          static_cast<double>(r % 3 == c % 3 ? 0 : 1) + 0.1 * std::abs(static_cast<double>(r) - static_cast<double>(c));
      values[r][c] = diverging ? 1 - d : 1 / (1 + 0.4 * d);
    }
  }
  values[0][n - 1] = std::nan("");
  return heatmap_chart({.title = fmt::format("Latency monotonicity of {} devices", n),
                        .rows = side,
                        .columns = side,
                        .values = values,
                        .value = {.title = "Spearman's rho"},
                        .colours = diverging ? ColourMap::diverging : ColourMap::sequential});
}

inline Page page() {
  Page page{"A report <of> everything & \"more\"", "Every chart that the library draws, with awkward data."};
  page.key_figure({"test accuracy", "93.1 %", "random: 91.8 %"})
      .key_figure({"latency measured", "63.8 ms", "budget 65 ms"});
  page.key_figure({"FLOPs", "320 M", ""}).key_figure({"architectures", "6.1 × 10¹⁷", "exact"});
  page.section("Search")
      .prose("First paragraph with <tags> & signs.\n\nSecond paragraph.")
      .chart(candidates())
      .chart(front());
  page.section("Training").chart(history()).code("Sequential<Conv<Kernel<3>, Out<32>>, MBConv<6>>\n{\"b1\": 2}");
  page.section("Latency").chart(agreement());
  Section& compared = page.section("Comparison");
  for (const Chart& chart : bars()) compared.chart(chart);
  page.section("Devices")
      .chart(heatmap(6, false))
      .chart(heatmap(18, false))
      .chart(heatmap(7, true))
      .chart(heatmap(70, false));
  Table table{{{.name = "network"}, {.name = "latency", .unit = "ms", .decimals = 2}, {.name = "FLOPs"}}};
  table.add_row({"found", 63.8, 320427584});
  table.add_row({"<random>", std::nan(""), {}});
  page.section("Nothing")
      .table(table, "A table.")
      .chart(line_chart({.title = "Empty"}))
      .chart(bar_chart({.title = "Empty bars"}))
      .chart(heatmap_chart({.title = "Empty heatmap"}));
  return page.footer("hwnas, seed 7"), page;
}

}  // namespace hwnas::report_sample
