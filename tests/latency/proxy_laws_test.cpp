// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/latency/proxy/adaproxy.hpp"
#include "hwnas/latency/proxy/auto_adapter.hpp"
#include "hwnas/latency/proxy/bayesian_ridge.hpp"
#include "hwnas/latency/proxy/calibrated.hpp"
#include "hwnas/latency/proxy/gaussian_process.hpp"
#include "hwnas/latency/proxy/multi_proxy.hpp"
#include "hwnas/latency/proxy/rank_aware.hpp"
#include "latency/proxy_world.hpp"
#include "laws/adapter_laws.hpp"

namespace proxy_laws_test {

using namespace hwnas;
using hwnas::testing::World;

static_assert(Adapter<AdaProxy> && Adapter<AutoAdapter> && Adapter<BayesianRidge> && Adapter<GaussianProcess> &&
              Adapter<MultiProxyMixture> && Adapter<RankAware> && Adapter<Calibrated<RankAware>>);
static_assert(!Adapter<int> && !Adapter<RidgePath>);

class AdapterLaws : public ::testing::Test {
 protected:
  const World world{300, 7, 0.02};
  const Eigen::Index target = 6;
  const ProxyPool pool = world.pool(6);
  const Samples samples = world.first(target, 20);
  const Eigen::MatrixXd proxy = pool.smoothed().rowwise().mean();
};

TEST_F(AdapterLaws, AdaProxyObeysThem) {
  laws::check_adapter_laws(
      [&] {
        return AdaProxy{world.one_hot, linear_latency_model(world.one_hot, world.latency.col(0))};
      },
      samples);
}
TEST_F(AdapterLaws, AdaProxyWithValidationObeysThem) {
  laws::check_adapter_laws(
      [&] {
        return AdaProxy{
            world.one_hot, linear_latency_model(world.one_hot, world.latency.col(0)), {LambdaChoice::validation, 8}};
      },
      samples);
}
TEST_F(AdapterLaws, BayesianRidgeObeysThem) {
  laws::check_adapter_laws([&] { return BayesianRidge{world.one_hot, proxy}; }, samples);
  laws::check_adapter_laws([&] { return BayesianRidge{world.one_hot}; }, samples);
  laws::check_adapter_laws([&] { return BayesianRidge{world.one_hot, proxy, some_pairs}; }, samples);
}
TEST_F(AdapterLaws, GaussianProcessObeysThem) {
  laws::check_adapter_laws([&] { return GaussianProcess{world.one_hot, proxy}; }, samples);
}
TEST_F(AdapterLaws, MultiProxyMixtureObeysThem) {
  laws::check_adapter_laws([&] { return MultiProxyMixture{pool.smoothed()}; }, samples);
}
TEST_F(AdapterLaws, RankAwareObeysThem) {
  laws::check_adapter_laws([&] { return RankAware{world.one_hot, proxy}; }, samples);
}
TEST_F(AdapterLaws, CalibratedObeysThem) {
  laws::check_adapter_laws([&] { return Calibrated{MultiProxyMixture{pool.smoothed()}}; }, samples);
}
TEST_F(AdapterLaws, AutoAdapterObeysThem) {
  laws::check_adapter_laws([&] { return AutoAdapter{pool, {0, 1, 2, 3, 4, 5}}; }, samples);
}

TEST(Calibrated, IntervalsCoverWhatTheyPromiseWhateverTheAdapterThinks) {
  // RankAware knows the order; its own deviations are a guess.
  const World world{400, 18, 0.05, 4};
  const ProxyPool pool = world.pool(6);
  const auto coverage = [&](auto adapter, Eigen::Index samples) {
    double inside = 0, all = 0;
    for (Eigen::Index device = 6; device < 18; ++device) {
      adapter.fit(world.first(device, samples)).value();
      const Predictions p = adapter.predict_all().value();
      for (Eigen::Index i = 100; i < 400; ++i, ++all) {
        inside += std::abs(p.mean(i) - world.latency(i, device)) < 1.645 * p.deviation(i);
      }
    }
    return inside / all;
  };
  const RankAware plain{world.one_hot, pool.smoothed().rowwise().mean()};
  for (const Eigen::Index n : {6, 12, 30}) {
    EXPECT_GT(coverage(Calibrated{plain}, n), 0.84) << n << " samples; by itself " << coverage(plain, n);
    EXPECT_LT(coverage(Calibrated{plain}, n), 0.98) << n;
  }
}

TEST(Calibrated, KeepsTheMeanAndSaysByHowMuchItStretches) {
  const World world{200, 5, 0.05, 4};
  const ProxyPool pool = world.pool(4);
  MultiProxyMixture plain{pool.smoothed()};
  Calibrated adapter{plain};
  EXPECT_EQ(adapter.stretch(), 1);
  plain.fit(world.first(4, 20)).value(), adapter.fit(world.first(4, 20)).value();
  const Predictions own = plain.predict_all().value(), stretched = adapter.predict_all().value();
  EXPECT_EQ(own.mean, stretched.mean);
  EXPECT_LT((stretched.deviation - adapter.stretch() * own.deviation).norm(), 1e-12);
  EXPECT_NE(adapter.stretch(), 1);
  adapter.fit(world.first(4, 4)).value();  // no fold leaves enough to fit
  EXPECT_EQ(adapter.stretch(), 1);
}

TEST(Calibrated, StudentsQuantileIsTheTablesOne) {
  EXPECT_NEAR(student_95(5), 2.015, 0.005);
  EXPECT_NEAR(student_95(8), 1.860, 0.001);
  EXPECT_NEAR(student_95(1e6), 1.6449, 0.0001);
}

TEST(AutoAdapter, KnownDevicesUnitsDoNotMatter) {
  const World world{300, 6, 0.02};
  Eigen::MatrixXd other_units = world.latency.leftCols(5);
  other_units.col(2) *= 1000;
  const std::vector<FeatureView> views{{"as written", world.counts, world.one_hot}};
  AutoAdapter a{ProxyPool::make(views, world.latency.leftCols(5)).value(), {0, 1, 2, 3, 4}};
  AutoAdapter b{ProxyPool::make(views, other_units).value(), {0, 1, 2, 3, 4}};
  a.fit(world.first(5, 10)).value(), b.fit(world.first(5, 10)).value();
  const auto left = a.predict_all().value(), right = b.predict_all().value();
  EXPECT_LT((left.mean - right.mean).cwiseAbs().maxCoeff(), 1e-6 * left.mean.maxCoeff());
}

TEST(AutoAdapter, ConstantLatenciesStillGiveTheKnownDevicesOrder) {
  const World world{300, 6, 0.02};
  AutoAdapter adapter{world.pool(5), {0, 1, 2, 3, 4}};
  Samples samples = world.first(5, 5);
  for (Sample& sample : samples) sample.latency = Milliseconds{4};  // a timer that counts whole milliseconds
  adapter.fit(samples).value();
  // Equal samples say nothing of the order; a model that forgot the known devices would give 0.
  EXPECT_GT(rank_correlation(adapter.predict_all().value().mean, world.latency.col(5)), 0.25);
}

TEST(AutoAdapter, WorksWithOneKnownDeviceAndWithMissingCells) {
  const World world{300, 3, 0.02};
  Eigen::MatrixXd known = world.latency.leftCols(1);
  for (Eigen::Index i = 0; i < 300; i += 3) known(i, 0) = std::numeric_limits<double>::quiet_NaN();
  AutoAdapter adapter{ProxyPool::make({{"as written", world.counts, world.one_hot}}, known).value(), {0}};
  adapter.fit(world.first(2, 20)).value();
  EXPECT_GT(rank_correlation(adapter.predict_all().value().mean, world.latency.col(2)), 0.9);
}

TEST(AutoAdapter, ChoosesEachRowOnceAndOnlyAmongCandidates) {
  const World world{300, 6, 0.02};
  const AutoAdapter adapter{world.pool(5), {0, 1, 2, 3, 4}};
  std::vector<Eigen::Index> candidates(50);
  std::iota(candidates.begin(), candidates.end(), Eigen::Index{100});
  Rng rng{3};
  auto rows = adapter.choose(candidates, 20, rng);
  std::sort(rows.begin(), rows.end());
  ASSERT_EQ(rows.size(), 20U);
  EXPECT_EQ(std::unique(rows.begin(), rows.end()), rows.end());
  EXPECT_GE(rows.front(), 100);
  EXPECT_LT(rows.back(), 150);
}

TEST(AutoAdapter, AfterAFitChoosesOnlyWhatIsNotMeasuredYet) {
  const World world{300, 6, 0.02};
  AutoAdapter adapter{world.pool(5), {0, 1, 2, 3, 4}};
  const Samples samples = world.first(5, 12);
  std::vector<Eigen::Index> candidates;
  for (const Sample& sample : samples) candidates.push_back(sample.row);
  for (const Eigen::Index row : {1, 2, 3, 4}) candidates.push_back(row);
  adapter.fit(samples).value();
  Rng rng{3};
  auto rows = adapter.choose(candidates, 10, rng);
  std::sort(rows.begin(), rows.end());
  EXPECT_EQ(rows, (std::vector<Eigen::Index>{1, 2, 3, 4}));
}

TEST(AutoAdapter, WorksWithTwoKnownDevicesOfWhichOneMeasuredLittle) {
  const World world{300, 3, 0.02};
  Eigen::MatrixXd known = world.latency.leftCols(2);
  known.col(1).tail(280).setConstant(std::numeric_limits<double>::quiet_NaN());
  AutoAdapter adapter{ProxyPool::make({{"as written", world.counts, world.one_hot}}, known).value(), {0, 1}};
  adapter.fit(world.first(2, 20)).value();
  const Predictions p = adapter.predict_all().value();
  EXPECT_TRUE(p.mean.allFinite() && p.deviation.allFinite());
  EXPECT_GT(rank_correlation(p.mean, world.latency.col(2)), 0.85);
}

TEST(AutoAdapter, OneOutlierAmongTheSamplesDoesNotSpoilTheOrder) {
  const World world{300, 6, 0.02};
  AutoAdapter adapter{world.pool(5), {0, 1, 2, 3, 4}};
  Samples samples = world.first(5, 20);
  samples[4].latency = samples[4].latency * 3.0;  // something else ran on the device
  adapter.fit(samples).value();
  EXPECT_GT(rank_correlation(adapter.predict_all().value().mean, world.latency.col(5)), 0.85);
}

TEST(AutoAdapter, MoreMeasurementsRaiseTheExpectedCorrelation) {
  const World world{400, 8, 0.02};
  AutoAdapter adapter{world.pool(7), {0, 1, 2, 3, 4, 5, 6}};
  adapter.fit(world.first(7, 4)).value();
  const Confidence few = adapter.confidence().value();
  adapter.fit(world.first(7, 40)).value();
  const Confidence many = adapter.confidence().value();
  EXPECT_GT(many.expected, few.expected);
  EXPECT_LE(many.interval.low, many.expected);
  EXPECT_GE(many.interval.high, many.expected);
}

TEST(AutoAdapter, SaysHowManyMoreMeasurementsOrThatNoneWillDo) {
  const World world{400, 8, 0.3};  // noise of 30 % leaves little to predict
  AutoAdapter adapter{world.pool(7), {0, 1, 2, 3, 4, 5, 6}};
  adapter.fit(world.first(7, 6)).value();
  const Confidence asked = adapter.confidence(0.99).value();
  EXPECT_LT(asked.expected, 0.99);
  EXPECT_TRUE(asked.more_measurements.has_value() || !asked.reachable);
}

}  // namespace proxy_laws_test
