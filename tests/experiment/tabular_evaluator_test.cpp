// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/experiment/tabular_evaluator.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "hwnas/zoo/nasbench201_string.hpp"
#include "laws/evaluator_laws.hpp"

namespace tabular_evaluator_test {

using namespace hwnas;
using Space = zoo::NasBench201;

constexpr const char* none = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|";
constexpr const char* convs =
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|";
constexpr const char* mixed = "|avg_pool_3x3~0|+|none~0|skip_connect~1|+|nor_conv_1x1~0|nor_conv_3x3~1|none~2|";

class TabularEvaluatorTest : public testing::Test {
 protected:
  TabularEvaluatorTest() { std::filesystem::create_directories(folder_); }
  ~TabularEvaluatorTest() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream{folder_ / name} << text;
    return (folder_ / name).string();
  }
  // What making an evaluator of these two files says, or "".
  std::string complaint(const std::string& accuracy, const std::string& latency) const {
    const auto made = TabularEvaluator<Space>::make(
        {{.metric = "accuracy", .path = file("accuracy.csv", accuracy), .column = "cifar10"},
         {.metric = "latency", .path = file("latency.csv", latency), .column = "phone", .positive = true}},
        &from_nasbench201_string<Space>);
    return made ? "" : made.error().message;
  }
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("hwnas-tabular-" + std::to_string(::getpid()));
};

std::string rows(const std::string& head, std::initializer_list<std::pair<const char*, const char*>> lines) {
  std::string text = head + "\n";
  for (const auto& [arch, value] : lines) text += std::string{arch} + "," + value + "\n";
  return text;
}
const std::string accuracies = rows("arch,cifar10", {{none, "10"}, {convs, "94.5"}, {mixed, "70"}});
const std::string latencies = rows("arch,phone", {{none, "1.5"}, {convs, "9"}, {mixed, ""}});

TEST(NasBench201String, NamesTheEdgesInOrder) {
  const auto a = from_nasbench201_string<Space>(mixed).value();
  EXPECT_EQ(a.values(), (Architecture<Space>::values_type{4, 0, 1, 2, 3, 0}));
}
TEST(NasBench201String, RefusesWhatIsNoCell) {
  for (const char* text : {"", "|none~0|", "|none~0|+|none~0|none~0|+|none~0|none~1|none~2|", "|swish~0|", "|none|",
                           "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|none~3|"}) {
    EXPECT_FALSE(from_nasbench201_string<Space>(text).has_value()) << text;
  }
}

TEST_F(TabularEvaluatorTest, LooksUpAndRefusesWhatIsNotThere) {
  auto evaluator = TabularEvaluator<Space>::make(
      {{.metric = "accuracy", .path = file("a.csv", accuracies), .column = "cifar10"},
       {.metric = "latency", .path = file("l.csv", latencies), .column = "phone", .positive = true}},
      &from_nasbench201_string<Space>).value();
  const auto a = from_nasbench201_string<Space>(convs).value(), b = from_nasbench201_string<Space>(mixed).value();
  const auto metrics = evaluator.evaluate(a, {}).value();
  EXPECT_EQ(metrics.objective, "accuracy");
  EXPECT_EQ(metrics.values, (std::map<std::string, double>{{"accuracy", 94.5}, {"latency", 9}}));
  EXPECT_NE(evaluator.evaluate(b, {}).error().message.find("column 'phone' has no value for"), std::string::npos);
  EXPECT_EQ(evaluator.complete().size(), 2U) << "an empty cell, and a row that is missing";
  const Architecture<Space> missing = Architecture<Space>::from_values({1, 1, 1, 1, 1, 1});
  EXPECT_EQ(laws::evaluator_laws<Space>(evaluator, {a, b, missing}), 1U);
}

TEST_F(TabularEvaluatorTest, SaysFileLineAndWhatIsWrong) {
  EXPECT_EQ(complaint(accuracies, latencies), "");
  const auto says = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos ? "" : text;
  };
  EXPECT_EQ(says(complaint(rows("arch,cifar100", {{none, "1"}}), latencies),
                 "accuracy.csv:1: there is no column 'cifar10'; there are arch, cifar100"), "");
  EXPECT_EQ(says(complaint(accuracies, rows("name,phone", {{none, "1"}})), "latency.csv:1: there is no column 'arch'"),
            "");
  EXPECT_EQ(says(complaint(accuracies, rows("arch,phone,phone", {{none, "1,2"}})), "'phone' is there twice"), "");
  EXPECT_EQ(says(complaint(accuracies, rows("arch,phone", {{none, "1"}, {none, "2"}})),
                 "latency.csv:3: '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|' is there twice, first in line 2"),
            "");
  EXPECT_EQ(says(complaint(accuracies, rows("arch,phone", {{none, "fast"}})), "latency.csv:2: phone 'fast': expected"),
            "");
  EXPECT_EQ(says(complaint(accuracies, rows("arch,phone", {{none, "-3"}})), "expected a positive number"), "");
  EXPECT_EQ(says(complaint(rows("arch,cifar10", {{"|none~0|", "1"}}), latencies),
                 "accuracy.csv:2: '|none~0|' is no NAS-Bench-201"),
            "");
  EXPECT_EQ(
      says(complaint(accuracies, rows("arch,phone", {{none, "1,2"}})), "latency.csv:2: expected 2 columns, found 3"),
      "");
  EXPECT_EQ(says(complaint(accuracies, rows("arch,phone", {{mixed, ""}})), "no architecture has a value in all"), "");
  EXPECT_EQ(says(complaint("", latencies), "accuracy.csv: cannot be read, or is empty"), "");
  EXPECT_EQ(says(complaint("arch,cifar10\n", latencies), "no row follows the header"), "");
}

// nasbench201_accuracy.csv, row 1 of NAS-Bench-201: 93.66 % on CIFAR-10 (Dong and Yang 2020, by NATS-Bench's API).
TEST_F(TabularEvaluatorTest, ReadsTheWholeOfNasBench201) {
  const char* shared = std::getenv("HWNAS_SHARED");
  if (shared == nullptr) GTEST_SKIP() << "HWNAS_SHARED does not name the folder of measurements";
  const std::string data = std::string{shared} + "/data/";
  auto evaluator = TabularEvaluator<Space>::make(
                       {{.metric = "accuracy", .path = data + "nasbench201_accuracy.csv", .column = "cifar10"},
                        {.metric = "latency",
                         .path = data + "latency/nasbench201_help.csv",
                         .column = "brpnas_i7_7820x",
                         .positive = true}},
                       &from_nasbench201_string<Space>)
                       .value();
  EXPECT_EQ(evaluator.complete().size(), 15284U);
  const auto first = from_nasbench201_string<Space>(
      "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|").value();
  EXPECT_EQ(evaluator.evaluate(first, {})->find("accuracy"), 93.66);
}

}  // namespace tabular_evaluator_test
