// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// The sample page in headless Chromium: no console errors, no overlapping labels, no sideways scrolling of the page,
/// in light and dark, on a wide screen and a phone. Set CHROMIUM to use another browser of the family.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "report/sample_page.hpp"
#include "temporary_folder.hpp"

namespace hwnas {
namespace browser_test {
namespace fs = std::filesystem;

/// A frame of a phone's width around the page: the window of a headless browser has a least width.
constexpr std::string_view frame = R"html(<!DOCTYPE html><title>frame</title><pre></pre><script>
onmessage = event => document.querySelector('pre').textContent = event.data;</script>
<iframe src="page.html" style="border:0;width:{}px;height:900px"></iframe>)html";

std::string read(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string find_browser() {
  if (const char* chosen = std::getenv("CHROMIUM")) return chosen;
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    if (std::system(fmt::format("command -v {} >/dev/null 2>&1", name).c_str()) == 0) return name;
  }
  return {};
}

class Browser : public testing::Test {
 protected:
  void SetUp() override {
    browser_ = find_browser();
    if (browser_.empty()) GTEST_SKIP() << "no Chromium here; install the package chromium to look at the report";
  }

  /// Opens a file of the folder; stdout goes to dom.html and the log to log.txt. Returns the exit status.
  int open(const std::string& file, const std::string& options) {
    return std::system(
        fmt::format("cd '{0}' && timeout 100 '{1}' --headless --no-sandbox --disable-gpu --disable-dev-shm-usage "
                    "--hide-scrollbars --user-data-dir='{0}/profile' --enable-logging=stderr {2} "
                    "'file://{0}/{3}' >dom.html 2>log.txt",
                    folder_.string(), browser_, options, file)
            .c_str());
  }
  void write(const std::string& html) { ASSERT_TRUE(write_file_atomically(folder_ / "page.html", html)); }
  /// Opens a copy of the page with the inspector in a frame of some width; returns what it found.
  std::string inspect(std::string html, int width) {
    const std::string inspector = read("tests/report/inspector.js");
    EXPECT_FALSE(inspector.empty());
    write(html.insert(html.rfind("</body>"), "<script>" + inspector + "</script>"));
    const std::string outer =
        fmt::format("{}{}{}", frame.substr(0, frame.find("{}")), width, frame.substr(frame.find("{}") + 2));
    EXPECT_TRUE(write_file_atomically(folder_ / "frame.html", outer));
    EXPECT_EQ(open("frame.html", "--window-size=1400,1000 --virtual-time-budget=5000 --dump-dom"), 0)
        << read(folder_ / "log.txt");
    const std::string dom = read(folder_ / "dom.html");
    const std::size_t begin = dom.rfind("INSPECTED"), end = dom.rfind("END</pre>");
    return begin == dom.npos || end == dom.npos ? "the inspector did not run: " + read(folder_ / "log.txt")
                                                : dom.substr(begin, end - begin);
  }
  /// The console's lines of the log.
  [[nodiscard]] std::string console() const {
    std::ifstream in{folder_ / "log.txt"};
    std::string lines;
    for (std::string line; std::getline(in, line);) {
      if (line.find("CONSOLE") != line.npos) lines += line + '\n';
    }
    return lines;
  }
  std::string browser_;
  const TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

constexpr const char* dark = " --blink-settings=preferredColorScheme=0";

TEST_F(Browser, OpensThePageWithoutConsoleErrors) {
  write(report_sample::page().html());
  for (const std::string scheme : {"", dark}) {
    ASSERT_EQ(open("page.html", "--window-size=1000,2000 --screenshot=page.png" + scheme), 0)
        << read(folder_ / "log.txt");
    EXPECT_EQ(console(), "");
    EXPECT_GT(fs::file_size(folder_ / "page.png"), 20'000u);
  }
}

TEST_F(Browser, FindsNoOverlappingLabels) {
  const std::string html = report_sample::page().html();
  for (const int width : {1280, 700, 390, 340}) {
    const std::string found = inspect(html, width);
    EXPECT_TRUE(found.ends_with(fmt::format("at {} px, faults: 0\n\n", width))) << found;
    EXPECT_EQ(found.find("INSPECTED 0 "), std::string::npos);
    EXPECT_EQ(console(), "");
  }
}

TEST_F(Browser, InspectorSeesOverlapsAndConsoleErrors) {  // what the two tests above stand on
  const std::string found = inspect(
      "<html><body><svg class=\"chart\" viewBox=\"0 0 200 100\" width=\"200\" height=\"100\">"
      "<text x=\"20\" y=\"50\">one</text><text x=\"25\" y=\"52\">two</text></svg>"
      "<script>console.error('seen')</script></body></html>",
      700);
  EXPECT_NE(found.find("overlap: two / one"), std::string::npos) << found;
  EXPECT_NE(console().find("seen"), std::string::npos);
}

}  // namespace browser_test
}  // namespace hwnas
