// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/report/table.hpp"

#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "report/xml_check.hpp"

namespace hwnas {
namespace table_test {

Table sample() {
  Table table{{{.name = "network"}, {.name = "latency", .unit = "ms", .decimals = 2}, {.name = "FLOPs"}}};
  table.add_row({"found", 5.254_ms, 320'427'584});
  table.add_row({"名前 <x|y>", std::nan(""), {}});
  return table;
}

TEST(Table, AlignsTextByDisplayWidth) {
  EXPECT_EQ(sample().text(),
            "network     latency (ms)        FLOPs\n"
            "----------  ------------  -----------\n"
            "found               5.25  320,427,584\n"
            "名前 <x|y>           n/a            –\n");
}

TEST(Table, WritesEveryDigitToCsv) {
  EXPECT_EQ(sample().csv(), "network,latency (ms),FLOPs\nfound,5.254,320427584\n名前 <x|y>,nan,\n");
}

TEST(Table, QuotesCsvFields) {
  Table table{{{.name = "a,b"}}};
  table.add_row({"say \"hi\"\n"});
  EXPECT_EQ(table.csv(), "\"a,b\"\n\"say \"\"hi\"\"\n\"\n");
}

TEST(Table, WritesMarkdownWithSides) {
  EXPECT_EQ(sample().markdown(),
            "| network | latency (ms) | FLOPs |\n| --- | ---: | ---: |\n"
            "| found | 5.25 | 320,427,584 |\n| 名前 <x\\|y> | n/a | – |\n");
}

TEST(Table, WritesEscapedHtmlWithNumbersRight) {
  const std::string html = sample().html();
  EXPECT_EQ(report_test::xml_fault(html), "");
  EXPECT_NE(html.find("<td class=\"number\">320,427,584</td>"), html.npos);
  EXPECT_NE(html.find("名前 &lt;x|y&gt;"), html.npos);
}

TEST(Table, SaysHowManyRowsItLeavesOut) { EXPECT_NE(sample().html(1).find("and 1 more rows"), std::string::npos); }

TEST(Table, PrintsCountsOf128Bits) {
  Table table{{{.name = "architectures"}}};
  table.add_row({u128::max()});
  EXPECT_NE(table.text().find("340,282,366,920,938,463,463,374,607,431,768,211,455"), std::string::npos);
}

TEST(Table, TakesOptionalValuesAndAnswers) {
  Table table{{{.name = "a"}, {.name = "b"}, {.name = "c"}}};
  table.add_row({std::optional<double>{}, std::optional<int>{3}, true});
  EXPECT_EQ(table.csv(), "a,b,c\n,3,yes\n");
}

TEST(Table, RefusesRowsOfAnotherLength) { EXPECT_THROW(sample().add_row({"short"}), std::invalid_argument); }

TEST(Table, RefusesQuantitiesOfAnotherUnit) {
  Table table{{{.name = "latency", .unit = "ms"}}};
  EXPECT_THROW(table.add_row({300_MFLOPs}), std::invalid_argument);
}

TEST(Table, PrintsWithoutRowsAndColumns) {
  EXPECT_EQ(Table{}.csv(), "\n");
  EXPECT_EQ(report_test::xml_fault(Table{}.html(0)), "");
}

}  // namespace table_test
}  // namespace hwnas
