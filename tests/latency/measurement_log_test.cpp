// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/measurement_log.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace measurement_log_test {

using namespace hwnas;

struct LogFile {
  std::filesystem::path path =
      std::filesystem::path{testing::TempDir()} /
      ("log_" + std::string{testing::UnitTest::GetInstance()->current_test_info()->name()} + ".csv");
  LogFile() { std::filesystem::remove(path); }
  ~LogFile() { std::filesystem::remove(path); }
  [[nodiscard]] std::string text() const {
    std::ostringstream all;
    all << std::ifstream{path}.rdbuf();
    return all.str();
  }
  void write(const std::string& text) const { std::ofstream{path} << text; }
};
LoggedMeasurement row(double milliseconds) {
  return {.kind = "kernel",
          .name = "conv 3x8x8->4x8x8 4k3s1p1",
          .cin = 5,
          .cout = 0,
          .minimum = milliseconds,
          .median = 2 * milliseconds,
          .reference = 0.5,
          .count = 18,
          .disturbed = true,
          .seconds = 7.25};
}

TEST(MeasurementLog, GivesBackWhatWasAppended) {
  const LogFile file;
  auto log = MeasurementLog::open(file.path, "abc").value();
  log.append(std::vector{row(1.5), row(0.25)}).value();
  const auto read = MeasurementLog::open(file.path, "abc").value();
  ASSERT_EQ(read.rows().size(), 2U);
  const LoggedMeasurement& r = read.rows().back();
  EXPECT_EQ(r.name, row(0).name);
  EXPECT_EQ(r.kind, "kernel");
  EXPECT_EQ(r.cin, 5);
  EXPECT_EQ(r.minimum, 0.25);
  EXPECT_EQ(r.median, 0.5);
  EXPECT_EQ(r.reference, 0.5);
  EXPECT_EQ(r.count, 18);
  EXPECT_TRUE(r.disturbed);
  EXPECT_EQ(read.seconds(), 7.25);
}

TEST(MeasurementLog, DropsALineThatWasNotFinishedAndGoesOn) {
  const LogFile file;
  MeasurementLog::open(file.path, "abc").value().append(std::vector{row(1), row(2)}).value();
  const std::string whole = file.text();
  file.write(whole.substr(0, whole.size() - 9));
  auto log = MeasurementLog::open(file.path, "abc").value();
  EXPECT_EQ(log.rows().size(), 1U);
  log.append(std::vector{row(2)}).value();
  EXPECT_EQ(file.text(), whole);
}

TEST(MeasurementLog, BeginsWhereThereIsNothing) {
  const LogFile file;
  EXPECT_TRUE(MeasurementLog::open(file.path, "abc").value().rows().empty());
  EXPECT_TRUE(MeasurementLog::open(file.path, "abc").value().rows().empty());  // only the header is there
  EXPECT_TRUE(MeasurementLog{}.append(std::vector{row(1)}).has_value());       // kept nowhere
}

TEST(MeasurementLog, RefusesOtherConditions) {
  const LogFile file;
  MeasurementLog::open(file.path, "abc").value().append(std::vector{row(1)}).value();
  const auto log = MeasurementLog::open(file.path, "abd");
  ASSERT_FALSE(log.has_value());
  EXPECT_EQ(log.error().code, Error::Code::mismatch);
  EXPECT_NE(log.error().message.find("csv:2: measured under other conditions"), std::string::npos)
      << log.error().message;
}

TEST(MeasurementLog, SaysWhichLineIsBad) {
  const LogFile file;
  const auto message = [&](const std::string& line) {
    file.write(std::string{MeasurementLog::header} + "\n" + line + "\n");
    const auto log = MeasurementLog::open(file.path, "abc");
    return log ? "nothing" : log.error().message.substr(file.path.string().size());
  };
  EXPECT_EQ(message("kernel,conv,0,0,nan,1,1,1,0,1,abc"), ":2: expected a number of 0 or more as minimum_ms");
  EXPECT_EQ(message("kernel,conv,0,0,-1,1,1,1,0,1,abc"), ":2: expected a number of 0 or more as minimum_ms");
  EXPECT_EQ(message("kernel,conv,0,0,0,1,1,1,0,1,abc"), ":2: expected latencies above 0");
  EXPECT_EQ(message("thing,conv,0,0,1,1,1,1,0,1,abc"), ":2: expected kernel or network");
  EXPECT_EQ(message("kernel,conv,0"), ":2: expected 11 columns, found 3");
  file.write("a,b\n1,2\n");
  EXPECT_EQ(MeasurementLog::open(file.path, "abc").error().code, Error::Code::bad_format);
}

TEST(MeasurementLog, CannotBeginInAFolderThatIsNotThere) {
  EXPECT_EQ(MeasurementLog::open("/nonexistent/log.csv", "abc").error().code, Error::Code::io);
}

}  // namespace measurement_log_test
