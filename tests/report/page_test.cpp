// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/report/page.hpp"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "report/sample_page.hpp"
#include "report/xml_check.hpp"

namespace hwnas {
namespace page_test {
using report_test::occurrences;
using report_test::xml_fault;

TEST(Page, IsWellFormed) { EXPECT_EQ(xml_fault(report_sample::page().html(), {"meta", "link"}), ""); }

TEST(Page, NeedsNothingFromOutside) {
  const std::string html = report_sample::page().html();
  for (const char* outside : {"<script", "<img", "src=", "@import", "url(", "<iframe"}) {
    EXPECT_EQ(html.find(outside), html.npos) << outside;
  }
  EXPECT_EQ(occurrences(html, "http"), occurrences(html, "http://www.w3.org/2000/svg"));  // a name, never fetched
}

TEST(Page, ListsItsSections) {
  Page page{"title"};
  page.section("First").prose("text");
  page.section("Second <b>");
  const std::string html = page.html();
  EXPECT_NE(html.find("<a href=\"#section-2\">Second &lt;b&gt;</a>"), html.npos);
  EXPECT_NE(html.find("<section id=\"section-2\">"), html.npos);
}

TEST(Page, EscapesProseCodeAndFigures) {
  Page page{"<title>", "<lead>"};
  page.key_figure({"<a>", "<b>", "<c>"}).footer("<f>");
  page.section("s").prose("one <p>\n\ntwo & three").code("Sequential<Conv<Kernel<3>>>");
  const std::string html = page.html();
  EXPECT_EQ(xml_fault(html, {"meta", "link"}), "");
  EXPECT_NE(html.find("<p>one &lt;p&gt;</p>\n<p>two &amp; three</p>"), html.npos);
  EXPECT_NE(html.find("Sequential&lt;Conv&lt;Kernel&lt;3&gt;&gt;&gt;"), html.npos);
}

TEST(Page, ShowsAChartsNumbersFolded) {
  Page page{"title"};
  page.section("s").chart(line_chart({.title = "loss", .series = {{.y = {3, 2, 1}}}}));
  EXPECT_NE(page.html().find("<details><summary>The numbers</summary>"), std::string::npos);
}

TEST(Page, KeepsReferencesToItsSections) {
  Page page{"title"};
  Section& first = page.section("first");
  for (int i = 0; i < 100; ++i) page.section("more");
  first.prose("late words");
  EXPECT_NE(page.html().find("late words"), std::string::npos);
}

TEST(Page, SaysWhyItCannotBeWritten) {
  const auto result = Page{"title"}.write("/nowhere/at/all/report.html");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message,
            "cannot write /nowhere/at/all/report.html: No such file or directory; create the folder first");
}

TEST(StandaloneSvg, IsAFileWithItsStyle) {
  const std::string svg = standalone_svg(report_sample::candidates());
  EXPECT_TRUE(svg.starts_with("<?xml"));
  EXPECT_EQ(occurrences(svg, "<style>"), 1u);
  EXPECT_EQ(xml_fault(svg), "");
}

}  // namespace page_test
}  // namespace hwnas
