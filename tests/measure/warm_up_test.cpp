// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/measure/operator_table.hpp"

#include <chrono>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/leaf.hpp"

namespace measured {

// Counts its runs: what is warm-up and what is timed shows without a clock.
struct Counter : hwnas::LeafOperator<Counter> {
  static constexpr hwnas::Shape shape(hwnas::Shape in) { return in; }
  static constexpr hwnas::Flops flops(hwnas::Shape) { return hwnas::Flops{0}; }
  static constexpr hwnas::Params params(hwnas::Shape) { return hwnas::Params{0}; }
  static inline int runs = 0;
  static inline int slow_runs = 0;  // the first ones, each of slow_time
  static constexpr std::chrono::milliseconds slow_time{20};
};

}  // namespace measured

template <>
struct hwnas::nn::LeafModule<measured::Counter> : torch::nn::Module {
  explicit LeafModule(hwnas::Shape) {}
  torch::Tensor forward(const torch::Tensor& images) {
    if (measured::Counter::runs++ < measured::Counter::slow_runs) {
      std::this_thread::sleep_for(measured::Counter::slow_time);
    }
    return images;
  }
};

namespace warm_up_test {

using namespace hwnas;

using measured::Counter;
using Counted = Input<Sequential<Counter, LayerChoice<Conv1x1, Identity>>, Shape{2, 4, 4}>;
constexpr const char* counter_key = "measured::Counter [] 2x4x4->2x4x4";
constexpr double slow_milliseconds = static_cast<double>(Counter::slow_time.count());

LookupTable counted_table(const MeasureOptions& options, int slow_runs) {
  Counter::runs = 0;
  Counter::slow_runs = slow_runs;
  return measure_table<Counted>(options).value();
}

// Few runs: what is asked here does not depend on how precise they are.
MeasureOptions quick() { return {.warmup = 1, .rounds = 2, .runs = 2, .max_drift = 0, .networks = 2}; }

TEST(MeasureTable, WarmsUpLongerBeforeTheFirstRound) {
  const LookupTable table = counted_table({.warmup = 5, .rounds = 3, .runs = 2, .max_drift = 0, .networks = 0}, 0);
  EXPECT_EQ(table.entries().at(counter_key).count, 3 * 2);
  EXPECT_EQ(Counter::runs, 5 + 1 + 1 + 3 * 2);  // one run before each further round, where caches are cold again
}
// Seven slow runs of ten would make the median slow.
TEST(MeasureTable, DoesNotTimeTheWarmUp) {
  const MeasureOptions options{.warmup = 7, .rounds = 1, .runs = 3, .max_drift = 0, .networks = 0};
  EXPECT_LT(counted_table(options, 7).entries().at(counter_key).median, slow_milliseconds);
  EXPECT_GE(counted_table(options, 10).entries().at(counter_key).minimum, slow_milliseconds);
}
// One run in ten is slow: the table's statistic is that of the others.
TEST(MeasureTable, IgnoresSlowMoments) {
  const LatencyEntry entry =
      counted_table({.warmup = 0, .rounds = 1, .runs = 10, .max_drift = 0, .networks = 0}, 1).entries().at(counter_key);
  EXPECT_GE(entry.mean, slow_milliseconds / 10);
  EXPECT_LT(entry.minimum, entry.mean);
  EXPECT_LT(entry.median, entry.mean);
  EXPECT_EQ(entry.latency, entry.minimum);
}
TEST(MeasureTable, CarriesOneCorrectionInEveryEntry) {
  const LookupTable table = measure_table<Counted>(quick()).value();
  const double factor = std::stod(table.conditions.at("correction"));
  EXPECT_GT(factor, 0);
  for (const auto& [key, entry] : table.entries()) EXPECT_NEAR(entry.latency / entry.minimum, factor, 1e-4) << key;
  auto alone = quick();
  alone.networks = 0;
  EXPECT_EQ(measure_table<Counted>(alone).value().conditions.at("correction"), "1.0000");
}
TEST(MeasureTable, StopsBetweenTwoMeasurements) {
  int asked = 0;
  int measured_ones = 0;
  auto options = quick();
  options.stop = [&] { return ++asked == 3; };
  options.progress = [&](int, int) { ++measured_ones; };
  EXPECT_EQ(measure_table<Counted>(options).error().code, Error::Code::interrupted);
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(measured_ones, 2);
}

}  // namespace warm_up_test
