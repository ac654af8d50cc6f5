// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/evaluate.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/latency/command_predictor.hpp"
#include "hwnas/latency/linear_predictor.hpp"
#include "hwnas/latency/lookup_table.hpp"

namespace evaluate_test {

using namespace hwnas;
using Block = LayerChoice<Conv3x3, Conv1x1>;
using Space = Input<Sequential<Conv<Out<8>>, Named<"a", Block>, Named<"b", Block>>, Shape{3, 8, 8}>;

// 1, 2, 3, ... ms, measured twice, once slower by a fifth.
std::vector<OperatorSample> operators() {
  std::vector<OperatorSample> samples;
  double latency = 0;
  for (const OperatorKey& key : operator_keys(Compiled<Space>::lists(), program<Space>)) {
    samples.push_back({key, Milliseconds{latency += 1}});
    samples.push_back({key, Milliseconds{1.18 * latency}});
  }
  return samples;
}

TEST(Evaluate, ComparesEveryAnswerWithItsMeasurement) {
  const auto samples = operators();
  LookupTable table;
  table.fit(samples).value();
  const ErrorStatistics errors = evaluate(table, samples).value();
  EXPECT_EQ(errors.count, samples.size());
  EXPECT_DOUBLE_EQ(errors.within_10, 1) << "the median is between: 9 % above one and 8 % below the other";
  EXPECT_DOUBLE_EQ(errors.within_5, 0);
  const double above = 0.09, below = 1 - 1.09 / 1.18;
  EXPECT_NEAR(errors.rmspe, std::sqrt((above * above + below * below) / 2), 1e-9);
}

TEST(Evaluate, ReturnsThePredictorsError) {
  auto samples = operators();
  LookupTable table;
  table.fit(samples).value();
  samples.front().key.in.h = 9;
  EXPECT_EQ(evaluate(table, samples).error().code, Error::Code::unknown_name);
  EXPECT_FALSE(evaluate(CommandPredictor<OperatorKey>{{"false"}}, samples));
}

TEST(Evaluate, JudgesSumsOfOperatorsOnWholeNetworks) {
  LookupTable table;
  table.fit(operators()).value();
  const LatencyProfiler<Space, LookupTable> sum{table};
  std::vector<NetworkSample<Space>> networks;
  for_each_architecture<Space>([&](const auto& a) { networks.push_back({a, sum.profile(a) * 1.25}); });
  const ErrorStatistics errors = evaluate(sum, networks);
  EXPECT_EQ(errors.count, 4U);
  EXPECT_NEAR(errors.rmspe, 0.2, 1e-9);
  EXPECT_DOUBLE_EQ(errors.spearman, 1);
  LinearPredictor<Space> linear;
  linear.fit(networks).value();
  EXPECT_LT(evaluate(linear, networks).value().rmspe, 1e-3);
}

TEST(LookupTable, LearnsFromSamplesAndForgetsOthers) {
  const auto samples = operators();
  LookupTable table;
  table.set("an older one", {});
  table.fit(samples).value();
  EXPECT_EQ(table.entries().size(), samples.size() / 2);
  const LatencyEntry& entry = table.entries().at(samples[2].key.text());
  EXPECT_EQ(entry.count, 2);
  EXPECT_DOUBLE_EQ(entry.latency, 2.18);
  EXPECT_DOUBLE_EQ(entry.minimum, 2);
  EXPECT_NEAR(entry.deviation, 0.36 / std::sqrt(2), 1e-12);
  EXPECT_EQ(table.fit({}).error().code, Error::Code::bad_value);
  auto bad = samples;
  bad.back().latency = Milliseconds{0};
  EXPECT_NE(table.fit(bad).error().message.find(bad.back().key.text()), std::string::npos);
  EXPECT_EQ(table.entries().size(), samples.size() / 2) << "what it knew stays";
}

}  // namespace evaluate_test
