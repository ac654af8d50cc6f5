// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/linear_predictor.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/core/statistics.hpp"
#include "laws/predictor_laws.hpp"
#include "temporary_folder.hpp"

namespace linear_predictor_test {

using namespace hwnas;
using Block = LayerChoice<Conv3x3, Conv1x1, Identity>;
using Space = Input<Sequential<Conv<Out<8>>, Named<"a", Block>, Repeat<Conv<Kernel<3, 5>>, 0, 2>, Named<"b", Block>>,
                    Shape{3, 8, 8}>;
using Predicts = LinearPredictor<Space>;

// Additive, with a choice that makes a network faster than the first candidate does.
Milliseconds measured(const Architecture<Space>& a) {
  double sum = 5;
  for_each_active_choice(a,
                         [&](std::size_t d, int v) { sum += 0.3 * static_cast<double>(d) - 0.4 * v + 0.01 * v * v; });
  return Milliseconds{sum};
}
std::vector<NetworkSample<Space>> samples(int n, std::uint64_t seed) {
  std::vector<NetworkSample<Space>> result;
  Rng rng{seed};
  const Uniform<Space> draw;
  for (int i = 0; i < n; ++i) {
    const auto a = draw(rng);
    result.push_back({a, measured(a)});
  }
  return result;
}
const Predicts& fitted() {
  static const Predicts predictor = [] {
    Predicts made;
    made.conditions["device"] = "one";
    made.fit(samples(200, 1)).value();
    return made;
  }();
  return predictor;
}
std::filesystem::path file() { return scratch_file("linear_predictor_test.csv"); }

TEST(LinearPredictor, FindsAdditiveLatencies) {
  for (const auto& [a, latency] : samples(50, 2)) EXPECT_NEAR(fitted().predict(a)->value(), latency.value(), 1e-4);
}

TEST(LinearPredictor, ObeysTheLawsOfPredictors) {
  std::vector<Architecture<Space>> keys;
  for (const auto& sample : samples(20, 3)) keys.push_back(sample.architecture);
  laws::predictor_laws(fitted(), keys);
  laws::predictor_laws(Predicts{}, keys);
}

TEST(LinearPredictor, BecomesATableWithoutNegativeCosts) {
  const LatencyProfiler<Space, Predicts> latency{fitted()};
  for (const std::int64_t cost : latency.view().costs) EXPECT_GE(cost, 0);
  Milliseconds least = Milliseconds::max();
  for_each_architecture<Space>([&](const auto& a) {
    EXPECT_NEAR(latency.profile(a).value(), fitted().predict(a)->value(), 1e-7);
    least = std::min(least, latency.profile(a));
  });
  EXPECT_EQ(latency.range().min, least);
  EXPECT_GT(count_within(latency, least, least).lower, 0);
}

TEST(LinearPredictor, ComesBackFromItsFile) {
  fitted().save(file()).value();
  const Predicts back = Predicts::load(file()).value();
  EXPECT_EQ(back.conditions, fitted().conditions);
  for (const auto& sample : samples(20, 4)) {
    EXPECT_EQ(back.predict(sample.architecture)->ticks(), fitted().predict(sample.architecture)->ticks());
  }
}

TEST(LinearPredictor, RefusesBadFilesAndSamples) {
  fitted().save(file()).value();
  std::ostringstream text;
  text << std::ifstream{file()}.rdbuf();
  const auto refused = [&](const std::string& from, const std::string& to, const std::string& says) {
    std::string changed = text.str();
    std::ofstream{file()} << changed.replace(changed.find(from), from.size(), to);
    const auto read = Predicts::load(file());
    ASSERT_FALSE(read) << says;
    EXPECT_NE(read.error().message.find(says), std::string::npos) << read.error().message;
  };
  refused("predictor 2", "predictor 1", ":1: expected \"# hwnas linear predictor 2\"");
  refused("# checksum", "# check", ":2: expected \"# checksum");
  refused("# device: one", "# device: two", "was edited or damaged");
  refused("\n,0,", "\n,0,1", "was edited or damaged");
  refused("a,1,", "c,1,", "expected \"a,1,\"");
  refused("a,1,", "a,1,x", "finite number");
  refused("# device: one", "# device", "name: value");
  const std::string last = text.str().substr(text.str().rfind("b,2,"));
  refused(last, "", "ends before \"b,2,\"");
  refused(last, last + last, "more lines");
  EXPECT_FALSE(Predicts::load("/nowhere"));
  Predicts predictor;
  EXPECT_FALSE(predictor.fit(samples(1, 1)));
  auto bad = samples(3, 1);
  bad[1].latency = Milliseconds{-1};
  EXPECT_FALSE(predictor.fit(bad));
}

// A predictor of whole networks without weights.
struct Black {
  using key = Architecture<Space>;
  Result<Milliseconds> predict(const key& a) const { return measured(a); }
};
TEST(LatencyProfiler, OfWholeNetworksProfilesByInference) {
  const LatencyProfiler<Space, Black> latency{Black{}};
  static_assert(Profiler<LatencyProfiler<Space, Black>, Space>);
  static_assert(!TableProfilerType<LatencyProfiler<Space, Black>>);
  EXPECT_EQ(latency.profile({}), measured({}));
}

}  // namespace linear_predictor_test
