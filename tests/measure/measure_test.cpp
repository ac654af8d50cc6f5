// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/measure/operator_table.hpp"

#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/enumerate.hpp"

namespace measure_test {

using namespace hwnas;

using Block = LayerChoice<Conv3x3, Conv1x1>;
using Space =
    Input<Sequential<Conv<Out<8>>, Named<"a", Block>, Residual<Named<"b", Block>>, GlobalAvgPool, Flatten, Linear<4>>,
          Shape{3, 8, 8}>;

// Few runs: what is asked here does not depend on how precise they are.
MeasureOptions quick() { return {.warmup = 1, .rounds = 2, .runs = 2, .max_drift = 0, .networks = 2}; }

TEST(Measurement, KeepsTheMinimumAndTheMedianFromSlowMoments) {
  const Measurement result = statistics_of(std::vector{1.0, 30.0, 1.0, 2.0, 1.0});
  EXPECT_EQ(result.count, 5);
  EXPECT_EQ(result.minimum, 1_ms);
  EXPECT_EQ(result.median, 1_ms);
  EXPECT_EQ(result.mean, 7_ms);
  EXPECT_NEAR(result.deviation.value(), 12.8647, 1e-4);  // sqrt((3 * 36 + 25 + 529) / 4)
  EXPECT_EQ(result.quantiles[2], 2_ms);
}

TEST(Measurement, TimesByTheWallClock) {
  using namespace std::chrono_literals;
  EXPECT_GE(timed([] { std::this_thread::sleep_for(5ms); }), 5_ms);
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
      return table.entries()
          .at(choice == 0 ? "Conv<Kernel<3>> [] 8x8x8->8x8x8" : "Conv<Kernel<1>> [] 8x8x8->8x8x8")
          .latency;
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

TEST(MeasureTable, MeasuresOnlyWhatIsMissing) {
  LibtorchCpu device{quick()};
  LookupTable known = measure_table<Space>(device).value();
  const std::string kept = known.entries().begin()->first, lost = known.entries().rbegin()->first;
  LatencyEntry entry = known.entries().at(kept);
  entry.mean = 1234;
  known.set(kept, entry);
  LookupTable partial;
  for (const auto& [name, e] : known.entries()) {
    if (name != lost) partial.set(name, e);
  }
  const LookupTable whole = measure_table<Space>(device, partial).value();
  EXPECT_EQ(whole.entries().size(), known.entries().size());
  EXPECT_EQ(whole.entries().at(kept).mean, 1234);
  EXPECT_GT(whole.entries().at(lost).latency, 0);
}

// A drift so small that every operator is disturbed: those measured before an interruption count, too.
TEST(MeasureTable, CountsDisturbedOperatorsOfAllRuns) {
  MeasureOptions options = quick();
  options.max_drift = 1e-9;
  options.repeats = 0;
  LibtorchCpu device{options};
  const TableSpace space = table_space<Space>();
  LookupTable begun;
  const auto stop_after_one = [&](const LookupTable& so_far) -> Result<void> {
    begun = so_far;
    return Error{Error::Code::interrupted, "stopped"};
  };
  ASSERT_FALSE(TableBuilder<LibtorchCpu>(device, space, {.part = 2, .keep = stop_after_one}).build({}).has_value());
  ASSERT_EQ(begun.entries().size(), 2U);
  const std::string all = fmt::format(" of {} operators", space.keys.size());
  const auto disturbed = [&](const LookupTable& table) {
    const std::string& said = table.conditions.at("disturbed");
    EXPECT_TRUE(said.ends_with(all)) << said;
    return std::stoi(said);
  };
  EXPECT_GE(disturbed(begun), 1);
  for (const OperatorKey& key : space.keys) {
    if (!begun.entries().contains(key.text())) begun.set(key.text(), {.count = 1, .latency = 1, .minimum = 1});
  }
  const LookupTable whole = TableBuilder<LibtorchCpu>{device, space, {}}.build(begun).value();
  EXPECT_EQ(disturbed(whole), disturbed(begun));
}

}  // namespace measure_test
