// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/adaptive_sampling.hpp"

#include <set>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"

namespace adaptive_sampling_test {

using namespace hwnas;

KernelKey convolution(int cin, int cout, int size, int kernel) {
  Net net{Shape{cin, size, size}};
  net.conv({.out = cout, .kernel = kernel}).act(Activation::relu);
  KernelKey key;
  for (const KernelPart& part : lower(net.nodes())) {
    const GraphNode& node = net.nodes()[static_cast<std::size_t>(part.first)];
    const KernelOperand operand{node.inputs[0], node.primitive.in};
    append(key, part.op, {&node, 1}, {&operand, 1}, key.nodes.empty() ? -1 : 0);
  }
  return key;
}
KernelPool some_pool(int count) {
  KernelPool pool;
  Rng rng{3};
  for (int i = 0; i < count; ++i) {
    const auto below = [&](std::uint64_t n) { return static_cast<int>(rng.below(n)); };
    const KernelKey key = convolution(8 + 8 * below(16), 8 + 8 * below(16), 7 + below(20), 1 + 2 * below(3));
    pool.add({&key, 1});
  }
  return pool;
}
// A device that runs most kernels alike, and 5x5 kernels at another speed for each number of channels: where a predictor has to look.
Milliseconds planted(const KernelKey& key) {
  const KernelFeatures f = key.features();
  const double odd = f.k == 5 ? 1 + 0.25 * static_cast<double>(f.cin / 8 % 4) : 1;
  return Milliseconds{0.005 + static_cast<double>(f.macs) / 4e6 * odd};
}
void measure(std::vector<MeasuredVariant>& measured, const std::vector<KernelVariant>& batch) {
  for (const KernelVariant& variant : batch) measured.push_back({variant, planted(variant.kernel)});
}
const TreeOptions quick{.rounds = 60};

double share_right(const KernelPool& pool, const std::vector<MeasuredVariant>& measured) {
  KernelPredictor predictor;
  predictor.fit(distinct_samples(measured), quick).value();
  std::vector<KernelSample> all;
  for (const PooledKernel& pooled : pool.all()) all.push_back({pooled.kernel, planted(pooled.kernel)});
  return predictor.evaluate(all).value().at("all").within_10;
}
// How many samples it takes until a share of all kernels is predicted within 10 %.
std::size_t samples_until(const KernelPool& pool, double share, SamplingOptions options) {
  AdaptiveSampler sampler{pool, options};
  std::vector<MeasuredVariant> measured;
  for (;;) {
    const auto batch = sampler.ask(measured).value();
    if (batch.empty()) return 1'000'000;
    measure(measured, batch);
    if (measured.size() >= 100 && share_right(pool, measured) >= share) return measured.size();
  }
}

TEST(AdaptiveSampler, NeedsFewerSamplesThanThePriorAlone) {
  const KernelPool pool = some_pool(900);
  const SamplingOptions options{.prior = 100, .batch = 50, .target = 1, .folds = 3, .trees = quick};
  SamplingOptions prior = options;
  prior.prior = pool.all().size();
  const std::size_t adaptive = samples_until(pool, 0.88, options), plain = samples_until(pool, 0.88, prior);
  EXPECT_LT(adaptive, plain);
  EXPECT_LT(adaptive, pool.all().size());
}

TEST(AdaptiveSampler, MeasuresEveryTypeFirstAndNothingTwice) {
  KernelPool pool = some_pool(100);
  Net net{Shape{16, 14, 14}};
  net.pool({.kind = Pooling::max});
  const KernelOperand operand{0, {16, 14, 14}};
  KernelKey rare;
  append(rare, KernelOp::maxpool, net.nodes(), {&operand, 1}, -1);
  pool.add({&rare, 1});
  AdaptiveSampler sampler{pool, {.prior = 40, .batch = 16}};
  std::vector<MeasuredVariant> measured;
  std::set<std::string> types, texts;
  while (measured.size() < sampler.prior()) {
    const auto batch = sampler.ask(measured).value();
    ASSERT_LE(batch.size(), 16U);
    for (const KernelVariant& v : batch) {
      types.insert(v.kernel.type());
      EXPECT_TRUE(texts.insert(v.kernel.text()).second);
    }
    measure(measured, batch);
  }
  EXPECT_EQ(measured.size(), 40U);
  EXPECT_TRUE(types.contains("maxpool"));
}

TEST(AdaptiveSampler, GoesOnAfterAnInterruptionWithWhatIsMissing) {
  const KernelPool pool = some_pool(200);
  const SamplingOptions options{.prior = 60, .batch = 20, .trees = quick};
  std::vector<MeasuredVariant> measured;
  measure(measured, AdaptiveSampler{pool, options}.ask(measured).value());
  measure(measured, AdaptiveSampler{pool, options}.ask(measured).value());
  measure(measured, AdaptiveSampler{pool, options}.ask(measured).value());
  EXPECT_EQ(measured.size(), 60U);
  EXPECT_EQ(distinct_samples(measured).size(), 60U);
}

TEST(AdaptiveSampler, EndsAtItsTarget) {
  const KernelPool pool = some_pool(200);
  AdaptiveSampler sampler{pool, {.prior = 60, .batch = 60, .target = 0, .trees = quick}};
  std::vector<MeasuredVariant> measured;
  measure(measured, sampler.ask(measured).value());
  EXPECT_TRUE(sampler.ask(measured).value().empty());
  EXPECT_GT(sampler.good_share(), 0);
}

TEST(AdaptiveSampler, MeasuresAgainWhatIsFarOff) {
  const KernelPool pool = some_pool(60);
  AdaptiveSampler sampler{pool, {.prior = 60, .batch = 60, .target = 1, .trees = quick}};
  std::vector<MeasuredVariant> measured;
  measure(measured, sampler.ask(measured).value());
  measured[7].latency = measured[7].latency * 5;
  const std::string odd = measured[7].variant.kernel.text();
  const auto batch = sampler.ask(measured).value();
  EXPECT_EQ(std::count_if(batch.begin(), batch.end(), [&](const KernelVariant& v) { return v.kernel.text() == odd; }),
            1);
}

TEST(DistinctSamples, AreMediansOfRepeatedMeasurements) {
  const KernelKey key = convolution(8, 8, 7, 3);
  const KernelVariant variant{key, key.text()};
  const auto samples =
      distinct_samples(std::vector<MeasuredVariant>{{variant, 1_ms}, {variant, 9_ms}, {variant, 2_ms}});
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples.front().latency, 2_ms);
}

TEST(KernelVariant, ChangesChannelsOfWhatReadsAndMakesThem) {
  const KernelKey wider = with_channels(convolution(8, 16, 7, 3), 24, 40).value();
  EXPECT_EQ(wider.text(), convolution(24, 40, 7, 3).text());
  EXPECT_EQ(wider.features().macs, convolution(24, 40, 7, 3).features().macs);
}
TEST(KernelVariant, KeepsDepthwiseConvolutionsDepthwise) {
  Net net{Shape{16, 14, 14}};
  net.conv({.kernel = 3, .groups = 16});
  const KernelOperand operand{0, {16, 14, 14}};
  KernelKey key;
  append(key, KernelOp::dwconv, net.nodes(), {&operand, 1}, -1);
  const KernelKey wider = with_channels(key, 20, 99).value();
  EXPECT_TRUE(wider.main().depthwise());
  EXPECT_EQ(wider.last().out.c, 20);
}
TEST(KernelVariant, LeavesGroupedConvolutionsAlone) {
  Net net{Shape{16, 14, 14}};
  net.conv({.out = 32, .kernel = 3, .groups = 4});
  const KernelOperand operand{0, {16, 14, 14}};
  KernelKey key;
  append(key, KernelOp::conv, net.nodes(), {&operand, 1}, -1);
  EXPECT_FALSE(with_channels(key, 20, 20).has_value());
}

}  // namespace adaptive_sampling_test
