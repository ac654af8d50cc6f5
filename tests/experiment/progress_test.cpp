// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/experiment/progress.hpp"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hwnas {
namespace progress_test {

struct ProgressBar : testing::Test {
  std::ostringstream out;
  double clock = 100;
  int columns = 80;

  [[nodiscard]] Console console(bool terminal) {
    return {
        .out = &out, .terminal = terminal, .seconds = [this] { return clock; }, .width = [this] { return columns; }};
  }
  /// What stands on the terminal's last line.
  [[nodiscard]] std::string last_line() const {
    const std::string all = out.str();
    std::string line = all.substr(all.rfind('\r') + 1);
    line.erase(line.find("\x1b[K"));
    return line;
  }
  [[nodiscard]] static std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> result;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) result.push_back(line);
    return result;
  }
};

TEST_F(ProgressBar, ShowsShareRateAndTimeLeft) {
  Progress progress{console(true), {.label = "supernet", .total = 200}};
  clock += 5;
  progress.advance(50, "loss 0.5");
  EXPECT_EQ(last_line().substr(0, 10), "supernet: ");
  EXPECT_NE(last_line().find("25 %  50/200  10 steps/s  15 s left  loss 0.5"), std::string::npos) << last_line();
  EXPECT_NE(last_line().find("[###"), std::string::npos);
}

TEST_F(ProgressBar, NeverExceedsTheTerminalsWidth) {
  for (columns = 12; columns < 140; ++columns) {
    Progress progress{console(true),
                      {.label = "\xc3\xbc"
                                "bernetz",
                       .total = 100}};
    clock += 1;
    progress.advance(99, "accuracy 93.21 % on validation");
    const std::string line = last_line();
    const auto width =
        std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    EXPECT_LT(width, columns) << line;
    out.str("");
  }
}

TEST_F(ProgressBar, RedrawsAtMostTenTimesASecond) {
  Progress progress{console(true), {.total = 100000}};
  for (int i = 0; i < 1000; ++i) {
    clock += 0.001;
    progress.advance();
  }
  const std::string all = out.str();
  EXPECT_LE(std::count(all.begin(), all.end(), '\r'), 10);
  EXPECT_EQ(all.find('\n'), std::string::npos);
}

TEST_F(ProgressBar, ALogGetsALineEachTenthAndNoControlCharacters) {
  {
    Progress progress{console(false), {.label = "retrain", .total = 1000}};
    for (int i = 0; i < 1000; ++i) {
      clock += 0.1;
      progress.advance();
    }
    progress.finish();
  }
  const auto written = lines(out.str());
  ASSERT_EQ(written.size(), 11U) << out.str();
  EXPECT_EQ(written[0], "retrain:  10 %  100/1000  10 steps/s  1 min 30 s left");
  EXPECT_EQ(written[10], "retrain: 1000 steps in 1 min 40 s, 10 steps/s");
  EXPECT_EQ(out.str().find('\r'), std::string::npos);
  EXPECT_EQ(out.str().find('\x1b'), std::string::npos);
}

TEST_F(ProgressBar, ALogOfAFastTaskIsShortAndOfASlowOneNotSilent) {
  {
    Progress fast{console(false), {.total = 100}};
    for (int i = 0; i < 100; ++i) {
      clock += 0.01;
      fast.advance();
    }
    EXPECT_EQ(out.str(), "");
  }
  Progress slow{console(false), {.total = 1'000'000}};
  for (int i = 0; i < 10; ++i) {
    clock += 61;
    slow.advance();
  }
  EXPECT_EQ(lines(out.str()).size(), 10U);
}

TEST_F(ProgressBar, AResumedTaskTakesItsRateFromThisRunOnly) {
  Progress progress{console(true), {.total = 1000}};
  progress.start(1000, 900);
  clock += 10;
  progress.advance(50);
  EXPECT_NE(last_line().find("95 %  950/1000  5.00 steps/s  10 s left"), std::string::npos) << last_line();
}

TEST_F(ProgressBar, TheRateFollowsAChange) {
  Progress progress{console(true), {.total = 100000}};
  for (int i = 0; i < 100; ++i) {
    clock += 1;
    progress.advance(100);
  }
  for (int i = 0; i < 100; ++i) {
    clock += 1;
    progress.advance(10);
  }
  EXPECT_NE(last_line().find("  10 steps/s"), std::string::npos) << last_line();
}

TEST_F(ProgressBar, HundredPercentMeansDone) {
  Progress progress{console(true), {.total = 1000}};
  clock += 1;
  progress.advance(999);
  EXPECT_NE(last_line().find(" 99 %"), std::string::npos);
  clock += 1;
  progress.advance(1);
  EXPECT_NE(last_line().find("100 %"), std::string::npos);
}

TEST_F(ProgressBar, UnknownTotalHasNeitherBarNorTimeLeft) {
  Progress progress{console(true), {.label = "draws", .unit = "draws"}};
  clock += 1;
  progress.advance(30);
  EXPECT_EQ(last_line(), "draws: 30 draws  30 draws/s");
}

TEST_F(ProgressBar, MessagesStandAboveTheBar) {
  Progress progress{console(true), {.total = 10}};
  clock += 1;
  progress.advance(5);
  progress.message("epoch 1: 80 %");
  EXPECT_NE(out.str().find("\r\x1b[Kepoch 1: 80 %\n"), std::string::npos);
  EXPECT_NE(last_line().find("50 %"), std::string::npos);
}

TEST_F(ProgressBar, LeavesTheNextOutputALineOfItsOwn) {
  {
    Progress progress{console(true), {.total = 10}};
    clock += 1;
    progress.advance(5);
  }
  EXPECT_EQ(out.str().back(), '\n');
}

TEST_F(ProgressBar, WithoutAStreamItIsSilent) {
  Progress progress{Console{}, {.total = 10}};
  progress.advance(10, "nobody sees this");
  progress.message("nor this");
  progress.finish();
}

TEST(DurationText, ReadsLikeAClock) {
  EXPECT_EQ(duration_text(0.4), "0 s");
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(59.6), "1 min 00 s");
  EXPECT_EQ(duration_text(3 * 60 + 5), "3 min 05 s");
  EXPECT_EQ(duration_text(2 * 3600 + 5 * 60), "2 h 05 min");
  EXPECT_EQ(duration_text(1e300), "?");
}

}  // namespace progress_test
}  // namespace hwnas
