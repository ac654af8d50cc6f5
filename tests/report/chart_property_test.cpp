// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Random data: whatever the names and numbers, charts are well-formed and their labels do not overlap.
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "hwnas/report/bar_chart.hpp"
#include "hwnas/report/heatmap_chart.hpp"
#include "hwnas/report/xy_chart.hpp"
#include "report/chart_laws.hpp"

namespace hwnas {
namespace chart_property_test {
using report_test::chart_fault;

/// Numbers as reports meet them: ordinary ones mostly, huge, tiny and bad ones sometimes.
rc::Gen<double> any_number() {
  const double inf = std::numeric_limits<double>::infinity();
  return rc::gen::weightedOneOf<double>(
      {{8, rc::gen::map(rc::gen::inRange(-3000, 9000), [](int i) { return i / 37.0; })},
       {1, rc::gen::arbitrary<double>()},
       {1, rc::gen::element(0.0, inf, -inf, std::numeric_limits<double>::quiet_NaN(), 1e300)}});
}
std::vector<double> numbers(std::size_t n) { return *rc::gen::container<std::vector<double>>(n, any_number()); }
std::string name() {
  const auto word = rc::gen::element<std::string>("latency", "a", "ProxylessNAS-mobile", "<&\"'>", "器件", "x y z", "");
  std::string out = *word;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) out += ' ' + *word;
  return out;
}
std::vector<std::string> names(std::size_t n) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(name());
  return out;
}
std::size_t size(std::size_t most) { return *rc::gen::inRange<std::size_t>(0, most + 1); }
bool coin() { return *rc::gen::arbitrary<bool>(); }

Axis axis() {
  Axis axis{.title = name(), .unit = name(), .scale = coin() ? AxisScale::linear : AxisScale::logarithmic};
  axis.from_zero = coin();
  if (*rc::gen::inRange(0, 4) == 0) axis.min = *any_number();
  if (*rc::gen::inRange(0, 4) == 0) axis.max = *any_number();
  for (std::size_t i = size(2); i > 0; --i) axis.lines.push_back({*any_number(), name()});
  return axis;
}

TEST(XyChart, ObeysTheLawsOnRandomData) {
  EXPECT_TRUE(rc::check([] {
    XyChart chart{.title = name(), .description = name(), .x = axis(), .y = axis(), .diagonal = coin()};
    for (std::size_t k = size(4); k > 0; --k) {
      const std::size_t n = size(40);
      Series series{.name = name(), .y = numbers(n)};
      if (coin()) series.x = numbers(n);
      if (coin()) series.low = numbers(n), series.high = numbers(n);
      if (coin()) series.labels = names(n);
      chart.series.push_back(series);
    }
    for (std::size_t k = size(5); k > 0; --k) chart.marks.push_back({*any_number(), *any_number(), name()});
    RC_ASSERT(chart_fault(coin() ? line_chart(chart) : scatter_chart(chart)) == "");
  }));
}

TEST(BarChart, ObeysTheLawsOnRandomData) {
  EXPECT_TRUE(rc::check([] {
    const std::size_t n = size(30);
    BarChart chart{
        .title = name(), .category_title = name(), .categories = names(n), .value = axis(), .horizontal = coin()};
    for (std::size_t k = size(3); k > 0; --k) {
      BarSeries series{.name = name(), .values = numbers(n)};
      if (coin()) series.low = numbers(n), series.high = numbers(n);
      chart.series.push_back(series);
    }
    RC_ASSERT(chart_fault(bar_chart(chart)) == "");
  }));
}

TEST(Heatmap, ObeysTheLawsOnRandomData) {
  EXPECT_TRUE(rc::check([] {
    const std::size_t rows = size(20), columns = size(20);
    HeatmapChart chart{.title = name(),
                       .rows = {.title = name(), .labels = names(rows)},
                       .columns = {.title = name(), .labels = names(columns)},
                       .value = axis()};
    if (coin()) chart.rows.groups = names(rows);
    if (coin()) chart.columns.groups = names(columns);
    for (std::size_t r = 0; r < rows; ++r) chart.values.push_back(numbers(columns));
    if (coin()) chart.annotate = coin();
    chart.colours = coin() ? ColourMap::sequential : ColourMap::diverging;
    RC_ASSERT(chart_fault(heatmap_chart(chart)) == "");
  }));
}

}  // namespace chart_property_test
}  // namespace hwnas
