// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/measure/predictor_builder.hpp"

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"

namespace predictor_builder_test {

using namespace hwnas;

using Block = LayerChoice<MBConv<3>, MBConv<6, Kernel<5>>, MBConv<3, SqueezeExcite<4>>>;
using Space = Input<Sequential<Conv<Out<8>>, Named<"a", Block>, Named<"b", Block>, Named<"c", Block>, Named<"d", Block>,
                               GlobalAvgPool, Flatten, Linear<4>>,
                    Shape{3, 16, 16}>;

// A device with a cost function instead of a processor: kernels inside networks take 1.5 times what they take alone, and a machine
// that becomes slower while it measures.
struct PlantedDevice : MeasuresInRounds<PlantedDevice> {
  std::shared_ptr<int> prepared = std::make_shared<int>(0);
  int cold = 0;  ///< so many things are measured while the machine is half as fast
  std::string failure{};
  [[nodiscard]] static std::string name() { return "planted"; }
  [[nodiscard]] static Conditions conditions() { return {{"device", "planted"}}; }
  [[nodiscard]] static MeasureOptions options() { return {.warmup = 0, .rounds = 1, .runs = 1, .max_drift = 0}; }
  [[nodiscard]] static std::shared_ptr<void> hold() { return nullptr; }
  [[nodiscard]] Result<TimedRun> prepare(const std::shared_ptr<FixedNetwork>& network, int) const {
    ++*prepared;
    double cost = 0;
    int layers = 0;
    for (const Step& step : network->plan().steps) {
      cost += 0.002 + static_cast<double>(costs_of(step.primitive).flops) / 5e6 +
              static_cast<double>(step.primitive.out.elements()) / 1e6;
      layers += step.primitive.kind == PrimitiveKind::convolution ? 1 : 0;
    }
    const double slower = (1 + *prepared / 2000.0) * (*prepared <= cold ? 2 : 1);
    const double milliseconds = cost * (layers > 5 ? 1.5 : 1) * slower;
    return TimedRun{[milliseconds, failure = failure]() -> Result<Milliseconds> {
      if (!failure.empty()) return Error{Error::Code::unavailable, failure};
      return Milliseconds{milliseconds};
    }};
  }
};

BuilderOptions quick(std::shared_ptr<double> clock, double minutes) {
  BuilderOptions options{
      .minutes = minutes, .sampling = {.prior = 20, .batch = 8, .trees = {.rounds = 60}}, .networks = 30, .draws = 60};
  options.clock = [clock] { return *clock += 1; };  // a second goes by whenever it is looked at
  return options;
}
std::vector<AnySpace> spaces() { return {any_space<Space>("small", "three blocks")}; }
std::filesystem::path log_path() {
  return std::filesystem::path{testing::TempDir()} /
         (std::string{testing::UnitTest::GetInstance()->current_test_info()->name()} + "_builder.csv");
}
MeasurementLog opened(PlantedDevice& device) {
  return MeasurementLog::open(log_path(), building_conditions(device, spaces(), {})).value();
}

TEST(PredictorBuilder, LearnsNetworksThatItWasNotShown) {
  PlantedDevice device;
  PredictorBuilder<PlantedDevice> builder{device, spaces(), {}, {}, quick(std::make_shared<double>(0), 20)};
  const BuiltPredictor built = builder.build().value();
  EXPECT_EQ(built.network_count, 30U);
  EXPECT_GT(built.networks.within_5, 0.9);
  EXPECT_GT(built.kernels.at("conv").count, 5U);
  EXPECT_EQ(built.predictor.conditions.at("device"), "planted");
  // Through the profiler, as any predictor of kernels, and after a file.
  const auto path = log_path().replace_extension("json");
  built.predictor.save(path).value();
  const auto latency = LatencyProfiler<Space, KernelPredictor>::make(KernelPredictor::load(path).value()).value();
  const auto kernels = running_kernels(kernel_graph(Architecture<Space>{}), {});
  EXPECT_NEAR(latency.profile(Architecture<Space>{}).value(), built.predictor.predict_network(kernels).value().value(),
              1e-3);
  std::filesystem::remove(path);
}

// A process begins cold: what is predicted is the speed that the machine had for most of the time.
TEST(PredictorBuilder, PredictsTheUsualSpeed) {
  PlantedDevice device{.cold = 10};
  PredictorBuilder<PlantedDevice> builder{device, spaces(), {}, {}, quick(std::make_shared<double>(0), 20)};
  const BuiltPredictor built = builder.build().value();
  PlantedDevice warm;
  PredictorBuilder<PlantedDevice> other{warm, spaces(), {}, {}, quick(std::make_shared<double>(0), 20)};
  const BuiltPredictor usual = other.build().value();
  EXPECT_NEAR(built.reference / usual.reference, 1, 0.1);
  const auto kernels = running_kernels(kernel_graph(Architecture<Space>{}), {});
  EXPECT_NEAR(built.predictor.predict_network(kernels).value().value() /
                  usual.predictor.predict_network(kernels).value().value(),
              1, 0.15);
}

TEST(PredictorBuilder, StopsAtItsDeadline) {
  PlantedDevice device;
  auto clock = std::make_shared<double>(0);
  PredictorBuilder<PlantedDevice> builder{device, spaces(), {}, {}, quick(clock, 1)};
  const BuiltPredictor built = builder.build().value();
  EXPECT_EQ(built.ended, "the budget is spent");
  EXPECT_LT(*clock, 60 + 30);  // a batch looks at the clock once for each of its rows
}

TEST(PredictorBuilder, GoesOnWithoutLosingAMeasurement) {
  std::filesystem::remove(log_path());
  PlantedDevice device;
  PredictorBuilder<PlantedDevice> first{device, spaces(), {}, opened(device), quick(std::make_shared<double>(0), 0.5)};
  ASSERT_TRUE(first.build());
  const auto before = opened(device).rows();
  ASSERT_GT(before.size(), 0U);
  const BuiltPredictor built =
      PredictorBuilder<PlantedDevice>{device, spaces(), {}, opened(device), quick(std::make_shared<double>(0), 20)}
          .build()
          .value();
  const auto after = opened(device).rows();
  EXPECT_GT(after.size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(after[i].name, before[i].name);
  EXPECT_GT(after[before.size()].seconds, before.back().seconds);
  EXPECT_GT(built.networks.within_10, 0.9);
  std::filesystem::remove(log_path());
}

TEST(PredictorBuilder, KeepsWhatWasMeasuredBeforeADeviceFailed) {
  std::filesystem::remove(log_path());
  PlantedDevice device;
  PredictorBuilder<PlantedDevice> first{device, spaces(), {}, opened(device), quick(std::make_shared<double>(0), 0.5)};
  ASSERT_TRUE(first.build());
  const auto kept = opened(device).rows().size();
  device.failure = "the cable fell out";
  const auto failed =
      PredictorBuilder<PlantedDevice>{device, spaces(), {}, opened(device), quick(std::make_shared<double>(0), 20)}
          .build();
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().message, "the cable fell out");
  EXPECT_EQ(opened(device).rows().size(), kept);
  std::filesystem::remove(log_path());
}

TEST(PredictorBuilder, MeasuresNoNetworkThatIsReserved) {
  PlantedDevice device;
  BuilderOptions options = quick(std::make_shared<double>(0), 20);
  options.reserved = [](const AnySpace&, const AnySpace::Values& values) { return values[0] == 0; };
  PredictorBuilder<PlantedDevice> builder{device, spaces(), {}, {}, options};
  ASSERT_TRUE(builder.build().has_value());
  ASSERT_FALSE(builder.networks().empty());
  for (const MeasuredNetwork& n : builder.networks()) EXPECT_FALSE(n.name().starts_with("small:0-")) << n.name();
}

TEST(PredictorBuilder, TeachesLessWithLessTime) {
  PlantedDevice device;
  PredictorBuilder<PlantedDevice> builder{device, spaces(), {}, {}, quick(std::make_shared<double>(0), 20)};
  const BuiltPredictor whole = builder.build().value();
  const BuiltPredictor half = builder.learnt(builder.seconds() / 2).value();
  EXPECT_LT(half.kernel_count + half.network_count, whole.kernel_count + whole.network_count);
  EXPECT_FALSE(builder.learnt(0).has_value());
}

TEST(PredictorBuilder, RefusesMeasurementsOfOtherSpaces) {
  std::filesystem::remove(log_path());
  PlantedDevice device;
  auto log = opened(device);
  log.append(std::vector{LoggedMeasurement{.kind = "network", .name = "small:9-0-0-0", .minimum = 1, .median = 1}})
      .value();
  const auto built =
      PredictorBuilder<PlantedDevice>{device, spaces(), {}, std::move(log), quick(std::make_shared<double>(0), 1)}
          .build();
  ASSERT_FALSE(built.has_value());
  EXPECT_NE(built.error().message.find("\"small:9-0-0-0\" is no network of these spaces"), std::string::npos);
  std::filesystem::remove(log_path());
}

}  // namespace predictor_builder_test
