// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/confidence.hpp"

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/latency/calibration_json.hpp"
#include "temporary_folder.hpp"

namespace confidence_test {

using namespace hwnas;

// Predictions and measurements that differ by a skewed factor.
struct World {
  std::vector<double> predicted, measured;
  World(int n, std::uint64_t seed) {
    Rng rng{seed};
    for (int i = 0; i < n; ++i) {
      predicted.push_back(1 + 9 * rng.uniform());
      measured.push_back(predicted.back() * (0.9 + 0.4 * rng.uniform() * rng.uniform()));
    }
  }
  [[nodiscard]] Calibration calibration() const { return Calibration::make(predicted, measured).value(); }
};

TEST(Calibration, HoldsAsOftenAsItSays) {
  // Averaged over calibrations and networks, an upper bound holds with probability k / (n + 1), here 0.9 of 99.
  double sum = 0;
  constexpr int worlds = 200;
  for (int w = 0; w < worlds; ++w) {
    const World fresh{200, 1000U + static_cast<std::uint64_t>(w)};
    sum += coverage(fresh.predicted, fresh.measured,
                    World{99, static_cast<std::uint64_t>(w)}.calibration().factor(0.9).value());
  }
  EXPECT_NEAR(sum / worlds, 0.9, 0.01);
}

TEST(Calibration, TakesTheRankOfTheFormula) {
  const std::vector<double> ones(19, 1.0);
  std::vector<double> measured;
  for (int i = 1; i <= 19; ++i) measured.push_back(i);
  const auto calibration = Calibration::make(ones, measured).value();
  EXPECT_EQ(calibration.factor(0.95).value(), 19);  // ceil(20 * 0.95)
  EXPECT_EQ(calibration.factor(0.5).value(), 10);
  EXPECT_EQ(calibration.interval(2_ms, 0.9).value(), (Interval{2, 38}));
}

TEST(Calibration, RefusesWhatItCannotSupport) {
  const World world{18, 1};
  const auto refused = world.calibration().factor(0.95);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("needs at least 19 networks for calibration, there are 18"), std::string::npos)
      << refused.error().message;
  for (const double p : {0.0, 1.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_FALSE(world.calibration().factor(p));
  }
  const std::vector<double> one{1}, two{1, 2}, zero{0}, nan{std::numeric_limits<double>::quiet_NaN()};
  EXPECT_FALSE(Calibration::make(one, two));
  EXPECT_FALSE(Calibration::make(zero, one));
  EXPECT_FALSE(Calibration::make(one, nan));
}

TEST(Calibration, ComesBackFromItsFile) {
  const auto file = scratch_file("calibration_test.json");
  const auto calibration = World{99, 3}.calibration();
  save_calibration(file, calibration, {{"device", "one"}, {"threads", "1"}}).value();
  const auto back = load_calibration(file, {{"device", "one"}}).value();
  for (const double p : {0.5, 0.9, 0.95, 0.99}) EXPECT_EQ(back.factor(p).value(), calibration.factor(p).value());
  EXPECT_EQ(back.ratios().size(), 99U);
}

TEST(Calibration, RefusesOtherFiles) {
  const auto file = scratch_file("calibration_test.json");
  const auto refused = [&](const std::string& text, Error::Code code, const std::string& says) {
    std::ofstream{file} << text;
    const auto read = load_calibration(file, {{"device", "one"}});
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, code) << read.error().message;
    EXPECT_NE(read.error().message.find(says), std::string::npos) << read.error().message;
  };
  // Whole ones, of what nobody calibrated.
  const auto whole = [](const std::string& text) {
    auto document = nlohmann::json::parse(text);
    document["checksum"] = json_checksum(document);
    return document.dump();
  };
  const std::string head = R"({"format": "hwnas calibration 2", "conditions": {"device": "one"}, )";
  refused(R"({"format": "hwnas calibration 1"})", Error::Code::mismatch,
          "expected \"format\": \"hwnas calibration 2\"");
  refused(whole(R"({"format": "hwnas calibration 2", "conditions": {"device": "two"}, "ratios": [1]})"),
          Error::Code::mismatch, "was calibrated for device two, here it is one");
  refused(whole(R"({"format": "hwnas calibration 2", "conditions": {}, "ratios": [1]})"), Error::Code::mismatch,
          "device nothing");
  refused(whole(head + R"("ratios": [1, -1]})"), Error::Code::bad_format, "above 0");
  refused(whole(head + R"("ratios": [1, "x"]})"), Error::Code::bad_format, "calibration_test.json");
  refused(whole(head.substr(0, head.size() - 2) + "}"), Error::Code::bad_format, "ratios");
  refused(head + R"("ratios": [1]})", Error::Code::bad_format, "checksum");
  std::string edited = whole(head + R"("ratios": [1.5]})");
  refused(edited.replace(edited.find("1.5"), 3, "1.2"), Error::Code::bad_format, "was edited or damaged");
  refused(head + R"("ratios": [1, )", Error::Code::bad_format, "no complete JSON");
  std::filesystem::remove(file);
  EXPECT_EQ(load_calibration(file).error().code, Error::Code::not_found);
}

TEST(AtConfidence, IsABudgetLikeEveryOther) {
  using Space = Input<Sequential<Conv<Out<8>>, Repeat<LayerChoice<Conv3x3, Conv1x1, Identity>, 4>>, Shape{3, 8, 8}>;
  struct Seconds {  // any predictor
    using key = OperatorKey;
    Result<Milliseconds> predict(const OperatorKey& k) const {
      return Milliseconds{0.01 * static_cast<double>(k.in.c * k.choices.size()) +
                          0.01 * static_cast<double>(k.text().size())};
    }
  };
  const LatencyProfiler<Space, Seconds> latency{Seconds{}};
  const auto calibration = World{99, 5}.calibration();
  const auto safe = at_confidence(latency, calibration, 0.95).value();
  const double factor = calibration.factor(0.95).value();
  for_each_architecture<Space>([&](const auto& a) {
    EXPECT_NEAR(safe.profile(a).value(), latency.profile(a).value() * factor, 1e-6);
    EXPECT_GE(safe.profile(a).value(), latency.profile(a).value() * factor);
  });
  const auto limit = Milliseconds{(safe.range().min.value() + safe.range().max.value()) / 2};
  ASSERT_LT(count_within(safe, 0_ms, limit).upper, space_size<Space>);
  Rng rng{1};
  const auto draw =
      uniform_within(Within{safe, 0_ms, limit}, Within{FlopsProfiler<Space>{}, 0_FLOPs, Flops::max()}).value();
  const auto conditioned = Conditioned<Space>::make(HardConstraint{safe, limit}).value();
  for (int i = 0; i < 50; ++i) {
    EXPECT_LE(latency.profile(draw(rng)).value() * factor, limit.value());
    EXPECT_LE(latency.profile(conditioned.draw(rng)).value() * factor, limit.value());
  }
}

}  // namespace confidence_test
