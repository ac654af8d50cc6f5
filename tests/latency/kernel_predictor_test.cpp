// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/kernel_predictor.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/zoo/proxylessnas.hpp"
#include "laws/predictor_laws.hpp"
#include "temporary_folder.hpp"

namespace kernel_predictor_test {

using namespace hwnas;

FusionRules usual_rules() {
  FusionRules rules;
  for (KernelOp conv : {KernelOp::conv, KernelOp::dwconv}) {
    for (KernelOp reader : {KernelOp::bn, KernelOp::relu}) rules.allow(conv, reader);
  }
  return rules;
}

// A machine that runs 5 G multiply-adds a second, moves 8 GB, starts in 2 us, and is slow where an image leaves the cache.
Milliseconds measured(const KernelKey& k) {
  const KernelFeatures f = k.features();
  const double compute = static_cast<double>(f.macs) / 5e6, memory = static_cast<double>(f.bytes) / 8e6;
  return Milliseconds{0.002 + std::max(compute, memory) * (f.bytes > 1'000'000 ? 1.3 : 1)};
}

std::vector<KernelKey> some_kernels(int convolutions = 400) {
  std::vector<KernelKey> keys;
  Rng rng{7};
  for (int i = 0; i < convolutions; ++i) {
    const int c = 4 + 4 * static_cast<int>(rng.below(60)), h = 7 + static_cast<int>(rng.below(50));
    Net net{Shape{c, h, h}};
    net.conv({.out = 8 + 8 * static_cast<int>(rng.below(40)), .kernel = 1 + 2 * static_cast<int>(rng.below(3))})
        .norm()
        .act(Activation::relu);
    if (i % 2 == 0) net.at(NetTensor{0}).conv({.out = c, .kernel = 3, .groups = c});
    KernelKey key;
    for (const KernelPart& part : lower(net.nodes())) {
      const GraphNode& node = net.nodes()[part.first];
      if (part.op == KernelOp::dwconv) keys.push_back(std::exchange(key, {}));
      const KernelOperand operand{node.inputs[0], node.primitive.in};
      append(key, part.op, {&node, 1}, {&operand, 1}, key.nodes.empty() ? -1 : 0);
    }
    keys.push_back(key);
  }
  return keys;
}
std::vector<KernelSample> samples_of(const std::vector<KernelKey>& keys) {
  std::vector<KernelSample> samples;
  for (const KernelKey& k : keys) samples.push_back({k, measured(k)});
  return samples;
}
const KernelPredictor& fitted() {
  static const KernelPredictor predictor = [] {
    KernelPredictor made{usual_rules()};
    made.conditions = {{"device", "one"}, {"threads", "1"}};
    made.fit(samples_of(some_kernels()), {.rounds = 120}).value();
    return made;
  }();
  return predictor;
}
std::filesystem::path file() { return scratch_file("kernel_predictor_test.json"); }
std::string content() {
  std::ostringstream text;
  text << std::ifstream{file()}.rdbuf();
  return text.str();
}

TEST(KernelPredictor, LearnsWhatItWasNotShown) {
  const auto keys = some_kernels(800);
  const auto all = samples_of(keys);
  const auto errors = fitted().evaluate(std::span{all}.subspan(all.size() / 2)).value();
  EXPECT_GT(errors.at("conv-bn-relu").within_10, 0.8);
  EXPECT_GT(errors.at("dwconv").within_10, 0.8);
  EXPECT_GT(errors.at("all").spearman, 0.98);
  EXPECT_EQ(errors.at("all").count, all.size() - all.size() / 2);
}

TEST(KernelPredictor, ObeysTheLawsOfPredictors) {
  auto keys = some_kernels(20);
  keys.emplace_back(keys.front()).ops.front() = KernelOp::softmax;  // never measured
  laws::predictor_laws(fitted(), keys);
}

TEST(KernelPredictor, ComesBackFromItsFileWithTheSameAnswers) {
  fitted().save(file()).value();
  const auto back = KernelPredictor::load(file()).value();
  EXPECT_EQ(back.conditions, fitted().conditions);
  EXPECT_EQ(back.rules(), fitted().rules());
  EXPECT_EQ(back.types(), fitted().types());
  for (const KernelKey& k : some_kernels(20)) {
    EXPECT_EQ(back.predict(k)->ticks(), fitted().predict(k)->ticks());
    EXPECT_EQ(back.extrapolation(k), fitted().extrapolation(k));
  }
}

TEST(KernelPredictor, WarnsOfOtherConditions) {
  fitted().save(file()).value();
  std::vector<std::string> lines;
  const auto loaded = KernelPredictor::load(file(), {{"device", "two"}, {"threads", "1"}},
                                            [&](const std::string& line) { lines.push_back(line); });
  ASSERT_TRUE(loaded);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(lines[0].find("device one, here it is two"), std::string::npos) << lines[0];
}

TEST(KernelPredictor, RefusesFilesThatAreNotItsOwn) {
  fitted().save(file()).value();
  const std::string good = content();
  const auto refused = [&](const std::string& text, Error::Code code, const std::string& says) {
    std::ofstream{file()} << text;
    const auto read = KernelPredictor::load(file());
    ASSERT_FALSE(read) << says;
    EXPECT_EQ(read.error().code, code);
    EXPECT_NE(read.error().message.find(says), std::string::npos) << read.error().message;
    EXPECT_EQ(read.error().message.find('\n'), std::string::npos);
  };
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  refused(good.substr(0, good.size() / 2), Error::Code::bad_format, "no complete JSON");
  std::ofstream{file()} << good.substr(0, good.size() - good.size() / 10);
  EXPECT_LT(KernelPredictor::load(file()).error().message.size(), 300U);  // not all of what it had read
  refused(with("predictor 2", "predictor 1"), Error::Code::mismatch, "expected \"format\"");
  refused(with("\"threads\": \"1\"", "\"threads\": \"2\""), Error::Code::bad_format, "edited or damaged");
  refused(with("\"checksum\"", "\"check\""), Error::Code::bad_format, "checksum");
  refused("[]", Error::Code::bad_format, "expected a JSON object");
  EXPECT_EQ(KernelPredictor::load("/nowhere.json").error().code, Error::Code::not_found);
}

TEST(KernelPredictor, FlagsExtrapolation) {
  KernelKey key = some_kernels(1).front();
  ASSERT_EQ(key.type(), "conv-bn-relu");
  EXPECT_FALSE(fitted().extrapolation(samples_of(some_kernels(3))[0].kernel));
  KernelKey other = key;
  other.ops.push_back(KernelOp::add);
  EXPECT_NE(fitted().extrapolation(other)->find("predicted as conv-bn-relu"), std::string::npos);
  EXPECT_TRUE(fitted().predict(other));
  key.batch = 64;
  EXPECT_NE(fitted().extrapolation(key)->find("batch of 64"), std::string::npos);
  KernelKey dilated = some_kernels(3)[0], half = dilated;
  dilated.nodes.front().primitive.dilation = 2;
  EXPECT_NE(fitted().extrapolation(dilated).value_or("").find("dilation of 2"), std::string::npos);
  half.data_type = DataType::float16;
  EXPECT_NE(fitted().extrapolation(half).value_or("").find(" of "), std::string::npos);
  other.ops = {KernelOp::softmax};
  EXPECT_EQ(fitted().predict(other).error().code, Error::Code::unknown_name);
  EXPECT_TRUE(fitted().extrapolation(other));
}

// Dilated windows take half as long again here: no other feature tells them apart.
TEST(KernelPredictor, LearnsWhatDilationCosts) {
  std::vector<KernelSample> samples;
  for (const KernelKey& plain : some_kernels()) {
    KernelKey dilated = plain;
    dilated.nodes.front().primitive.dilation = 2;
    samples.push_back({plain, measured(plain)});
    samples.push_back({dilated, measured(plain) * 1.5});
  }
  KernelPredictor predictor{usual_rules()};
  ASSERT_TRUE(predictor.fit(samples));
  predictor.save(file()).value();
  const auto back = KernelPredictor::load(file()).value();
  double ratios = 0;
  for (std::size_t i = 0; i < samples.size(); i += 2) {
    ratios += back.predict(samples[i + 1].kernel)->value() / back.predict(samples[i].kernel)->value();
    EXPECT_EQ(back.predict(samples[i + 1].kernel)->ticks(), predictor.predict(samples[i + 1].kernel)->ticks());
  }
  EXPECT_NEAR(ratios / (static_cast<double>(samples.size()) / 2), 1.5, 0.05);
}

TEST(KernelPredictor, RefusesLatenciesThatAreNone) {
  KernelPredictor predictor;
  EXPECT_FALSE(predictor.fit({}));
  for (const double bad :
       {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    auto samples = samples_of(some_kernels(3));
    samples[1].latency = Milliseconds{bad};
    const auto result = predictor.fit(samples);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find(samples[1].kernel.text()), std::string::npos);
  }
}

TEST(KernelPredictor, FillsTheLatencyColumnOfASpace) {
  using Space = zoo::ProxylessNas;
  std::vector<KernelSample> samples = samples_of(some_kernels());
  const KernelTrellis trellis = kernel_trellis<Space>(usual_rules()).value();
  for (const KernelKey& k : trellis.kernels) samples.push_back({k, measured(k)});
  KernelPredictor predictor{usual_rules()};
  predictor.fit(samples, {.rounds = 60}).value();
  const LatencyProfiler<Space, KernelPredictor> latency{predictor};
  Rng rng{3};
  const auto a = Uniform<Space>{}(rng);
  std::int64_t sum = 0;
  for (const DetectedKernel& k : detected_kernels(a, usual_rules())) sum += predictor.predict(k.kernel)->ticks();
  EXPECT_EQ(latency.ticks(a), sum);
}

}  // namespace kernel_predictor_test
