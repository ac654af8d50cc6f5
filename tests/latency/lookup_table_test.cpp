// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/lookup_table.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/space/fingerprint.hpp"
#include "laws/predictor_laws.hpp"
#include "temporary_folder.hpp"

namespace lookup_table_test {

using namespace hwnas;

using Block = LayerChoice<Conv3x3, Conv1x1>;
using Space = Input<Sequential<Conv<Out<8>>, Named<"a", Block>, Residual<Named<"b", Block>>>, Shape{3, 8, 8}>;

// 1, 2, 4, 8, ... milliseconds, so that every sum says which entries it is made of.
LookupTable powers_of_two() {
  LookupTable table;
  double latency = 1;
  for (const OperatorKey& key : operator_keys(Compiled<Space>::lists(), program<Space>)) {
    table.set(key.text(), {.count = 5, .latency = latency, .minimum = latency, .median = latency, .mean = latency});
    latency *= 2;
  }
  return table;
}

double entry(const LookupTable& table, const std::string& key) { return table.entries().at(key).latency; }

std::filesystem::path written(const std::string& text) {
  const auto path = scratch_file("lookup_table_test.csv");
  std::ofstream{path} << text;
  return path;
}
constexpr const char* head =
    "# hwnas latency table 2\n# cpu: "
    "one\noperator,count,latency_ms,minimum_ms,median_ms,mean_ms,deviation_ms,q05_ms,q25_ms,q75_ms,q95_ms\n";

TEST(LookupTable, WithAnArchitectureGivesTheHandComputedSum) {
  const LookupTable table = powers_of_two();
  const LatencyProfiler<Space, LookupTable> latency{table};
  Architecture<Space> a;
  a.set("b", 1).value();
  const double sum = entry(table, "Conv<Out<8>> [] 3x8x8->8x8x8") + entry(table, "Conv<Kernel<3>> [] 8x8x8->8x8x8") +
                     entry(table, "Conv<Kernel<1>> [] 8x8x8->8x8x8") + entry(table, "add [2 0] 8x8x8->8x8x8");
  EXPECT_DOUBLE_EQ(latency.profile(a).value(), sum);
}

TEST(LookupTable, ObeysTheLawsOfPredictors) {
  auto keys = operator_keys(Compiled<Space>::lists(), program<Space>);
  keys.push_back(keys.front());
  keys.back().in.h = 9;  // a key that the table does not have
  laws::predictor_laws(powers_of_two(), keys);
}

TEST(LatencyProfiler, RangesCountsAndDrawsAsEveryTable) {
  const LatencyProfiler<Space, LookupTable> latency{powers_of_two()};
  std::int64_t within = 0;
  Milliseconds least = Milliseconds::max();
  for_each_architecture<Space>([&](const auto& a) {
    within += latency.profile(a) <= 13_ms;
    least = std::min(least, latency.profile(a));
  });
  EXPECT_EQ(latency.range().min, least);
  EXPECT_EQ(count_within(latency, 0_ms, 13_ms), (Bounds{within, within}));
  Rng rng{1};
  const auto draw = uniform_within(latency, 0_ms, 13_ms).value();
  for (int i = 0; i < 100; ++i) EXPECT_LE(latency.profile(draw(rng)), 13_ms);
}

TEST(LatencyProfiler, AsksForEachDistinctKeyOnce) {
  struct Counting {
    using key = OperatorKey;
    int* asked;
    Result<Milliseconds> predict(const OperatorKey&) const { return ++*asked, 1_ms; }
  };
  int asked = 0;
  const LatencyProfiler<Space, Counting> latency{Counting{&asked}};
  EXPECT_EQ(asked, 4);  // stem, two candidates (met twice), the residual's add
  EXPECT_EQ(latency.profile({}), 4_ms);
}

TEST(LatencyProfiler, RefusesLatenciesThatAreNone) {
  struct Negative {
    using key = OperatorKey;
    Result<Milliseconds> predict(const OperatorKey&) const { return Milliseconds{-1.0}; }
  };
  const auto made = LatencyProfiler<Space, Negative>::make({});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Error::Code::bad_value);
}

TEST(LatencyProfiler, NamesTheKeyThatATableLacks) {
  const auto made = LatencyProfiler<Space, LookupTable>::make({});
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("Conv<Out<8>> [] 3x8x8->8x8x8"), std::string::npos);
}

TEST(LookupTable, SavesAndLoadsTheSame) {
  LookupTable table = powers_of_two();
  table.conditions = {{"cpu", "a processor: 3 GHz"}, {"threads", "1"}};
  const auto path = scratch_file("lookup_table_round_trip.csv");
  table.save(path).value();
  const LookupTable loaded = LookupTable::load(path).value();
  EXPECT_EQ(loaded.conditions, table.conditions);
  ASSERT_EQ(loaded.entries().size(), table.entries().size());
  for (const auto& [key, e] : table.entries()) EXPECT_EQ(entry(loaded, key), e.latency);
}

TEST(LookupTable, IsRefusedUnderOtherConditions) {
  LookupTable table;
  table.conditions = {{"cpu", "one"}, {"space", "00"}};
  EXPECT_TRUE(table.matches({{"cpu", "one"}}));
  const auto other = table.matches({{"cpu", "two"}});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Error::Code::mismatch);
  EXPECT_EQ(other.error().message, "latency table: measured for cpu one, expected two");
}

TEST(LookupTable, SaysWhichLineIsBroken) {
  const auto message = [](const std::string& text) { return LookupTable::load(written(text)).error().message; };
  EXPECT_NE(message("operator,count\n").find(":1: expected \"# hwnas latency table 2\""), std::string::npos);
  EXPECT_NE(message(std::string{head} + "\"Conv\",1,2\n").find(":4: expected 11 columns"), std::string::npos);
  EXPECT_NE(
      message(std::string{head} + "\"Conv\",1,nan,1,1,1,1,1,1,1,1\n").find(":4: expected 11 columns of finite numbers"),
      std::string::npos);
  EXPECT_NE(message(std::string{head} + "\"Conv\",1,-2,1,1,1,1,1,1,1,1\n").find(":4:"), std::string::npos);
  EXPECT_NE(message(std::string{head} + "Conv,1,2,1,1,1,1,1,1,1,1\n").find("expected an operator in quotes"),
            std::string::npos);
  EXPECT_NE(message(head).find("no entries"), std::string::npos);
}

TEST(LookupTable, RefusesColumnsOfAnotherUnit) {
  std::string text = head;
  text.replace(text.find("latency_ms"), 10, "latency_us");
  const Error error = LookupTable::load(written(text + "\"Conv\",1,2,1,1,1,1,1,1,1,1\n")).error();
  EXPECT_EQ(error.code, Error::Code::bad_format);
  EXPECT_NE(error.message.find(":3: expected the columns operator,count,latency_ms,"), std::string::npos) << error.message;
}

TEST(LookupTable, SaysThatAFileIsMissing) {
  EXPECT_EQ(LookupTable::load("no/such/table.csv").error().code, Error::Code::not_found);
}

TEST(Fingerprint, TellsSpacesApart) {
  using Wider = Input<Sequential<Conv<Out<16>>, Named<"a", Block>, Residual<Named<"b", Block>>>, Shape{3, 8, 8}>;
  using Relabelled = Input<Sequential<Conv<Out<8>>, Named<"a", Block>, Residual<Named<"c", Block>>>, Shape{3, 8, 8}>;
  EXPECT_NE(fingerprint<Space>(), fingerprint<Wider>());
  EXPECT_NE(fingerprint<Space>(), fingerprint<Relabelled>());
}

}  // namespace lookup_table_test
