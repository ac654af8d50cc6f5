// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/report/text.hpp"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "hwnas/report/number.hpp"
#include "report/xml_check.hpp"

namespace hwnas {
namespace text_test {

TEST(XmlEscape, ReplacesWhatXmlReserves) {
  EXPECT_EQ(xml_escape("a < b && \"c\" > 'd'"), "a &lt; b &amp;&amp; &quot;c&quot; &gt; &#39;d&#39;");
}

TEST(XmlEscape, ReplacesControlCharactersAndBrokenUtf8) {
  EXPECT_EQ(xml_escape(std::string_view{"a\0\x1b[0m\x7f", 7}), "a  [0m ");
  EXPECT_EQ(xml_escape("\xff\xc0\xaf"), "\uFFFD\uFFFD\uFFFD");  // overlong '/'
  EXPECT_EQ(xml_escape("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");  // a surrogate
  EXPECT_EQ(xml_escape("\xe2\x82"), "\uFFFD\uFFFD");            // cut short
  EXPECT_EQ(xml_escape("\xef\xbf\xbf"), "\uFFFD");              // U+FFFF, which XML forbids
  EXPECT_EQ(xml_escape("ρ ≥ 0.9 名"), "ρ ≥ 0.9 名");
}

TEST(XmlEscape, MakesAnyBytesSafe) {
  EXPECT_TRUE(rc::check([](const std::vector<unsigned char>& bytes) {
    const std::string text{bytes.begin(), bytes.end()};
    const std::string escaped = xml_escape(text);
    RC_ASSERT(report_test::xml_fault("<a b=\"" + escaped + "\">" + escaped + "</a>").empty());
  }));
}

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("ms"), 2u);
  EXPECT_EQ(display_width("µs"), 2u);
  EXPECT_EQ(display_width("名前"), 4u);
  EXPECT_EQ(display_width("e\u0301"), 1u);
}

TEST(Ellipsise, KeepsWhatFits) {
  EXPECT_EQ(ellipsise("short", 100, 12), "short");
  EXPECT_EQ(ellipsise("", 10, 12), "");
}

TEST(Ellipsise, NeverExceedsTheWidth) {
  EXPECT_TRUE(rc::check([](const std::string& text) {
    const double width = *rc::gen::inRange(20, 300);
    RC_ASSERT(text_width(ellipsise(text, width, 12), 12) <= width);
  }));
}

TEST(WrapText, BreaksAtSpacesAndShortensTheLastLine) {
  const auto lines = wrap_text("one two three four five six seven", 70, 12, 2);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], "one two");
  EXPECT_TRUE(lines[1].ends_with("…"));
}

TEST(FormatNumber, SeparatesThousandsAndKeepsDecimals) {
  EXPECT_EQ(format_number(320427584), "320,427,584");
  EXPECT_EQ(format_number(-1234567.5, 2), "-1,234,567.50");
  EXPECT_EQ(format_number(0.123456789), "0.123457");
  EXPECT_EQ(format_number(-0.001, 2), "0.00");
  EXPECT_EQ(format_number(-0.0), "0");
  EXPECT_EQ(format_number(1e30), "1e+30");
}

TEST(FormatNumber, NamesWhatIsNoNumber) {
  EXPECT_EQ(format_number(std::numeric_limits<double>::quiet_NaN(), 2), "n/a");
  EXPECT_EQ(format_number(-std::numeric_limits<double>::infinity()), "-∞");
}

TEST(LinearTicks, AreRoundNumbersInside) {
  EXPECT_EQ(linear_ticks(0, 93, 5), (std::vector<double>{0, 20, 40, 60, 80}));
  EXPECT_EQ(linear_ticks(-3, 3, 4), (std::vector<double>{-2, 0, 2}));
  EXPECT_TRUE(linear_ticks(1, 1, 5).empty());
  EXPECT_TRUE(linear_ticks(0, std::numeric_limits<double>::infinity(), 5).empty());
}

TEST(LinearTicks, StayFewAndInsideAnyRange) {
  EXPECT_TRUE(rc::check([](double a, double b) {
    RC_PRE(is_drawable(a) && is_drawable(b) && a < b);
    const int wanted = *rc::gen::inRange(1, 20);
    const auto ticks = linear_ticks(a, b, wanted);
    RC_ASSERT(ticks.size() <= static_cast<std::size_t>(wanted) + 1);
    const double slack = 1e-6 * (b - a);
    for (const double tick : ticks) RC_ASSERT(tick >= a - slack && tick <= b + slack);
    RC_ASSERT(tick_labels(ticks).size() == ticks.size());
  }));
}

TEST(LogTicks, ArePowersOfTenWithTwoAndFive) {
  EXPECT_EQ(log_ticks(1, 100, 8), (std::vector<double>{1, 2, 5, 10, 20, 50, 100}));
  EXPECT_EQ(log_ticks(1, 1e6, 6), (std::vector<double>{1, 10, 100, 1000, 1e4, 1e5, 1e6}));
  EXPECT_EQ(log_ticks(2, 7, 5), (std::vector<double>{2, 3, 4, 5, 6, 7}));
  EXPECT_TRUE(log_ticks(0, 10, 5).empty());
}

TEST(TickLabels, ShareDecimalsAndMagnitude) {
  EXPECT_EQ(tick_labels(std::vector<double>{0, 2e8, 4e8}), (std::vector<std::string>{"0", "200M", "400M"}));
  EXPECT_EQ(tick_labels(std::vector<double>{0.85, 0.9}), (std::vector<std::string>{"0.85", "0.90"}));
  EXPECT_EQ(log_tick_labels(std::vector<double>{100, 1e4, 2e6}), (std::vector<std::string>{"100", "10k", "2M"}));
}

}  // namespace text_test
}  // namespace hwnas
