// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/report/bar_chart.hpp"
#include "hwnas/report/heatmap_chart.hpp"
#include "hwnas/report/xy_chart.hpp"
#include "report/chart_laws.hpp"
#include "report/sample_page.hpp"

namespace hwnas {
namespace chart_test {
using report_test::chart_fault;
using report_test::has_label;
using report_test::occurrences;

constexpr double inf = std::numeric_limits<double>::infinity();
const double nan_value = std::nan("");

TEST(SvgCanvas, DrawsNoTextOverAnother) {
  SvgCanvas canvas{200};
  EXPECT_TRUE(canvas.text("first", {.x = 10, .y = 20}));
  EXPECT_FALSE(canvas.text("second", {.x = 15, .y = 22}));
  EXPECT_FALSE(canvas.text("outside", {.x = 190, .y = 60}));
  EXPECT_EQ(canvas.labels().size(), 1u);
}

TEST(SvgCanvas, MeasuresVerticalText) {
  const LabelBox box = SvgCanvas::box_of("upwards", {.x = 50, .y = 100, .anchor = Anchor::end, .vertical = true});
  EXPECT_DOUBLE_EQ(box.top, 100);
  EXPECT_DOUBLE_EQ(box.bottom, 100 + text_width("upwards", 12));
}

TEST(Chart, EverySampleObeysTheLaws) {
  std::vector<Chart> charts{report_sample::candidates(),      report_sample::front(),
                            report_sample::history(),         report_sample::agreement(),
                            report_sample::heatmap(6, false), report_sample::heatmap(18, true),
                            report_sample::heatmap(70, false)};
  for (const Chart& chart : report_sample::bars()) charts.push_back(chart);
  for (const Chart& chart : charts) EXPECT_EQ(chart_fault(chart), "") << chart.title;
}

TEST(Chart, EscapesAllItsText) {
  const std::string evil = "</svg><script>alert(\"&'\")</script>";
  const Axis axis{.title = evil, .unit = evil, .lines = {{1, evil}}};
  const Series series{.name = evil, .x = {1}, .y = {2}, .labels = {evil}};
  EXPECT_EQ(chart_fault(scatter_chart({.title = evil,
                                       .description = evil,
                                       .x = axis,
                                       .y = axis,
                                       .series = {series, series},
                                       .marks = {{1, 1, evil}}})),
            "");
  EXPECT_EQ(chart_fault(bar_chart({.title = evil, .categories = {evil}, .series = {{evil, {1}}}, .value = axis})), "");
  const HeatmapSide side{.title = evil, .labels = {evil}, .groups = {evil}};
  EXPECT_EQ(chart_fault(heatmap_chart({.title = evil, .rows = side, .columns = side, .values = {{1}}})), "");
}

TEST(Chart, WithoutDataSaysSo) {
  for (const Chart& chart :
       {line_chart({}), scatter_chart({.series = {{.y = {nan_value, inf}}}}), bar_chart({}),
        bar_chart({.categories = {"a"}, .series = {{.values = {inf}}}, .horizontal = true}), heatmap_chart({})}) {
    EXPECT_EQ(chart_fault(chart), "");
    EXPECT_TRUE(has_label(chart.labels, "no data to draw"));
  }
}

TEST(LineChart, LeavesGapsAtWhatIsNotFiniteAndCountsThem) {
  const Chart chart =
      line_chart({.y = {.scale = AxisScale::logarithmic}, .series = {{.y = {1, 2, nan_value, inf, 0, 3}}}});
  EXPECT_EQ(chart.note, "3 of 6 points not drawn: not finite, not positive on a logarithmic axis.");
  EXPECT_TRUE(has_label(chart.labels, chart.note));
  EXPECT_EQ(chart_fault(chart), "");
}

TEST(LineChart, PutsSeriesOfOneAxisSideBySideInItsNumbers) {
  const Chart chart =
      line_chart({.x = {.title = "step"}, .series = {{.name = "a", .y = {1, 2}}, {.name = "b", .y = {3, 4}}}});
  EXPECT_EQ(chart.numbers.csv(), "step,a,b\n0,1,3\n1,2,4\n");
}

TEST(LineChart, StaysSmallForLongHistories) {
  Series series;
  for (int i = 0; i < 200000; ++i) series.y.push_back(std::sin(i * 0.37));
  EXPECT_LT(line_chart({.series = {series}}).svg.size(), 100000u);
}

TEST(ScatterChart, MarksTheFoundArchitecture) {
  const Chart chart = report_sample::candidates();
  EXPECT_TRUE(has_label(chart.labels, "found architecture"));
  EXPECT_TRUE(has_label(chart.narrow_labels, "found architecture"));
  EXPECT_EQ(occurrences(chart.svg, "class=\"found\""), 1u);
}

TEST(ScatterChart, LabelsItsBudget) {
  EXPECT_TRUE(has_label(report_sample::candidates().labels, "budget 65 ms"));
  EXPECT_EQ(occurrences(report_sample::candidates().svg, "class=\"limit\""), 1u);
}

TEST(ScatterChart, ListsPointsInItsNumbers) {
  const Chart chart = scatter_chart({.x = {.title = "latency", .unit = "ms"},
                                     .y = {.title = "accuracy"},
                                     .series = {{.name = "s", .x = {1}, .y = {2}, .low = {1}, .high = {3}}},
                                     .marks = {{5, 6, "found"}}});
  EXPECT_EQ(chart.numbers.csv(), "series,latency (ms),accuracy,low,high,label\nmarked,5,6,,,found\ns,1,2,1,3,\n");
}

TEST(ScatterChart, UsesEqualAxesForAgreement) {
  const Chart chart = scatter_chart({.series = {{.x = {0, 10}, .y = {0, 40}}}, .diagonal = true});
  EXPECT_EQ(occurrences(chart.svg, "class=\"guide\""), 1u + 1u);  // the legend's and the diagonal
  EXPECT_TRUE(has_label(chart.labels, "perfect agreement"));
}

TEST(ScatterChart, CountsPointsOutsideItsAxes) {
  const Chart chart = scatter_chart({.x = {.max = 5.0}, .series = {{.x = {1, 9}, .y = {1, 1}}}});
  EXPECT_EQ(chart.note, "1 of 2 points not drawn: not finite, or outside the axes.");
}

TEST(ScatterChart, RefusesListsOfUnequalLength) {
  EXPECT_THROW((void)scatter_chart({.series = {{.x = {1}, .y = {1, 2}}}}), std::invalid_argument);
}

TEST(ScatterChart, TakesExtremeNumbers) {
  EXPECT_EQ(chart_fault(scatter_chart({.series = {{.x = {-1e308, 1e149, 5e-324}, .y = {1e-300, 0, 1}}}})), "");
  EXPECT_EQ(chart_fault(scatter_chart(
                {.x = {.scale = AxisScale::logarithmic}, .series = {{.x = {5e-324, 1e149}, .y = {1, 1}}}})),
            "");
  EXPECT_EQ(chart_fault(line_chart({.series = {{.y = {1e9, 1e9 + 1e-6}}}})), "");
}

TEST(BarChart, WritesAllValuesOrNone) {
  const Chart few = bar_chart({.categories = {"a", "b"}, .series = {{.values = {0.5, 0.25}}}});
  EXPECT_TRUE(has_label(few.labels, "0.50") && has_label(few.labels, "0.25"));
  const Chart many = report_sample::bars().back();
  EXPECT_EQ(many.title, "Gain over the baseline for each of forty devices");
  EXPECT_FALSE(has_label(many.labels, "1.17"));
}

TEST(BarChart, NamesEveryCategoryOfALyingChart) {
  BarChart chart{.horizontal = true};
  BarSeries series;
  for (int i = 0; i < 50; ++i)
    chart.categories.push_back(fmt::format("category {}", i)), series.values.push_back(i - 20);
  chart.series = {series};
  const Chart drawn = bar_chart(chart);
  for (const std::string& name : chart.categories) EXPECT_TRUE(has_label(drawn.narrow_labels, name)) << name;
}

TEST(BarChart, RefusesValuesWithoutCategory) {
  EXPECT_THROW((void)bar_chart({.categories = {"a"}, .series = {{.values = {1, 2}}}}), std::invalid_argument);
}

TEST(Heatmap, AnnotatesEveryCell) {
  const Chart chart = heatmap_chart({.rows = {.labels = {"r0", "r1"}},
                                     .columns = {.labels = {"c0", "c1"}},
                                     .values = {{0.11, 0.22}, {0.33, nan_value}}});
  for (const char* text : {"0.11", "0.22", "0.33", "–"}) EXPECT_TRUE(has_label(chart.labels, text)) << text;
  EXPECT_EQ(chart.note, "Grey: 1 cell without a finite value.");
}

TEST(Heatmap, BringsGroupsTogetherInGivenOrder) {
  const HeatmapSide side{.labels = {"a", "b", "c"}, .groups = {"cpu", "gpu", "cpu"}, .order = {2, 1, 0}};
  const Chart chart =
      heatmap_chart({.rows = side, .columns = side, .values = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, .decimals = 0});
  EXPECT_EQ(chart.numbers.csv(), "row,c,a,b\nc,9,7,8\na,3,1,2\nb,6,4,5\n");
  EXPECT_TRUE(has_label(chart.labels, "cpu"));
}

TEST(Heatmap, LeavesAGapBetweenGroups) {
  const HeatmapSide side{.labels = {"a", "b", "c"}, .groups = {"x", "x", "y"}};
  const detail::HeatmapTrack track = detail::lay_out(side, 10, 20);
  EXPECT_EQ(track.begin, (std::vector<double>{10, 30, 50 + detail::group_gap}));
}

TEST(Heatmap, RefusesAnOrderThatIsNoPermutation) {
  const HeatmapSide side{.labels = {"a", "b"}, .order = {0, 0}};
  EXPECT_THROW((void)heatmap_chart({.rows = side, .columns = side, .values = {{1, 2}, {3, 4}}}), std::invalid_argument);
}

TEST(Heatmap, IsDrawnNarrowOnlyWhereItFits) {
  EXPECT_FALSE(report_sample::heatmap(6, false).narrow_svg.empty());
  EXPECT_TRUE(report_sample::heatmap(18, false).narrow_svg.empty());
}

TEST(Heatmap, WritesReadableTextOnEveryColour) {
  for (const ColourMap map : {ColourMap::sequential, ColourMap::diverging}) {
    EXPECT_EQ(map_colour(map, 0.5).fill.size(), 7u);
    EXPECT_EQ(map_colour(map, 1).text, "#ffffff");
  }
  EXPECT_EQ(map_colour(ColourMap::sequential, 0).text, "#10151a");
}

}  // namespace chart_test
}  // namespace hwnas
