// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/measure/libtorch_cpu.hpp"

#include <chrono>
#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/enumerate.hpp"

namespace {

using namespace hwnas;

using Block = LayerChoice<Conv3x3, Conv1x1>;
using Space = Input<Sequential<Conv<Out<8>>, Named<"a", Block>, Residual<Named<"b", Block>>, GlobalAvgPool, Flatten, Linear<4>>,
                    Shape{3, 8, 8}>;

// Few runs: what is asked here does not depend on how precise they are.
MeasureOptions quick() { return {.warmup = 1, .rounds = 2, .runs = 2, .networks = 2}; }

void wait(double milliseconds) {
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count() < milliseconds) {
  }
}

TEST(Stopwatch, KeepsTheMinimumAndTheMedianFromSlowMoments) {
  Stopwatch watch;
  for (const double milliseconds : {1.0, 30.0, 1.0, 1.0, 1.0}) watch.run([&] { wait(milliseconds); });
  const Measurement result = watch.result();
  EXPECT_EQ(result.count, 5);
  EXPECT_GE(result.minimum, 1_ms);
  EXPECT_LE(result.minimum, result.median);
  EXPECT_LT(result.median, result.mean);
  EXPECT_GT(result.mean, 6_ms);
  EXPECT_GT(result.deviation, 5_ms);
}

TEST(MeasureTable, HasEveryOperatorOfTheSpaceOnceAndSaysHowItWasMeasured) {
  const LookupTable table = measure_table<Space>(quick()).value();
  std::set<std::string> expected;
  for (const OperatorKey& key : operator_keys(Compiled<Space>::lists(), program<Space>)) expected.insert(key.text());
  std::set<std::string> measured;
  for (const auto& [key, entry] : table.entries()) {
    measured.insert(key);
    EXPECT_GT(entry.latency, 0) << key;
    EXPECT_EQ(entry.count, 4) << key;
    EXPECT_LE(entry.minimum, entry.median) << key;
  }
  EXPECT_EQ(measured, expected);
  for (const auto& [name, value] : measuring_conditions<Space>(quick())) EXPECT_EQ(table.conditions.at(name), value);
}

TEST(MeasureTable, GivesArchitecturesTheSumOfTheirOperators) {
  const LookupTable table = measure_table<Space>(quick()).value();
  const LatencyProfiler<Space, LookupTable> latency{table};
  for_each_architecture<Space>([&](const Architecture<Space>& a) {
    const auto block = [&](int choice) {
      return table.entries().at(choice == 0 ? "Conv<Kernel<3>> [] 8x8x8->8x8x8" : "Conv<Kernel<1>> [] 8x8x8->8x8x8").latency;
    };
    double sum = block(a.choice("a").value()) + block(a.choice("b").value());
    for (const auto& [key, entry] : table.entries()) {
      const bool always = key.find("8x8x8->8x8x8") == std::string::npos || key.starts_with("add");
      sum += always ? entry.latency : 0;
    }
    EXPECT_NEAR(latency.profile(a).value(), sum, 1e-6);
  });
}

TEST(MeasureTable, TellsItsProgressAndStopsWhenAsked) {
  int last = 0;
  int total = 0;
  auto options = quick();
  options.progress = [&](int done, int of) {
    EXPECT_EQ(done, last + 1);
    last = done;
    total = of;
  };
  ASSERT_TRUE(measure_table<Space>(options).has_value());
  EXPECT_EQ(last, total);
  options.progress = {};
  options.stop = [] { return true; };
  const int threads = at::get_num_threads();
  const auto stopped = measure_table<Space>(options);
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().code, Error::Code::interrupted);
  EXPECT_EQ(at::get_num_threads(), threads);
}

TEST(MeasureNetwork, TimesAWholeNetwork) {
  const auto measured = measure_network(std::make_shared<Subnet<Space>>(Architecture<Space>{}), {3, 8, 8}, quick()).value();
  EXPECT_EQ(measured.count, 4);
  EXPECT_GT(measured.minimum, 0_ms);
}

}  // namespace
