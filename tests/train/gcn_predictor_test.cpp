// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/train/gcn_predictor.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "laws/predictor_laws.hpp"
#include "laws/profiler_laws.hpp"
#include "train/support.hpp"

namespace hwnas::test {
namespace gcn_predictor_test {

using Block = LayerChoice<Conv3x3, Conv1x1, Identity, Zero>;
using Cells = Cell<Node<From<0, Block>>, Node<From<0, Block>, From<1, Block>>>;
using Space =
    Input<Sequential<Conv<Out<8>>, Cells, Repeat<Conv<Kernel<3, 5>>, 0, 2>, GlobalAvgPool, Flatten, Linear<4>>,
          Shape{3, 8, 8}>;
using OtherSpace = Input<Sequential<Conv<Out<8>>, Named<"a", LayerChoice<Conv3x3, Identity>>>, Shape{3, 8, 8}>;
using Predicts = GcnPredictor<Space>;
const GcnOptions quick{.width = 16, .epochs = 60};

// No sum over choices: what only zeros read is not run. The device starts a kernel quicker after a convolution.
Milliseconds measured(const Architecture<Space>& a) {
  const auto features = graph_features(graph_of(*space_layout<Space>(), a.values()));
  double sum = 1;
  for (std::size_t n = 0; n < features.rows.size(); ++n) {
    const auto is_conv = [&](int k) {
      return features.rows[static_cast<std::size_t>(k)][static_cast<std::size_t>(KernelOp::conv)] == 1;
    };
    const bool warm = std::any_of(features.before[n].begin(), features.before[n].end(), is_conv);
    sum += warm ? 0.05 : 0.15;
  }
  return Milliseconds{sum + 1e-5 * static_cast<double>(FlopsProfiler<Space>{}.profile(a).value())};
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
std::vector<Architecture<Space>> networks(int n, std::uint64_t seed) {
  std::vector<Architecture<Space>> result;
  for (const auto& sample : samples(n, seed)) result.push_back(sample.architecture);
  return result;
}
const Predicts& fitted() {
  static const Predicts predictor = [] {
    Predicts made;
    made.conditions["device"] = "one";
    made.fit(samples(150, 1), quick).value();
    return made;
  }();
  return predictor;
}

TEST(GraphFeatures, AreTheKernelsThatTheNetworkRuns) {
  // In execution order; the flattening before the last is a view.
  using Small =
      Input<Sequential<Conv3x3, Residual<Conv<Out<3>, Act<None>>>, GlobalAvgPool, Flatten, Linear<2>>, Shape{3, 8, 8}>;
  const GraphFeatures features = graph_features(graph_of(*space_layout<Small>(), Architecture<Small>{}.values()));
  std::vector<std::string> kinds;
  std::vector<float> weights;
  for (const auto& row : features.rows) {
    for (std::size_t k = 0; k < GraphFeatures::kinds; ++k) {
      if (row[k] == 1) kinds.emplace_back(kernel_op_names[k]);
    }
    weights.push_back(row.back());
  }
  EXPECT_EQ(kinds, (std::vector<std::string>{"conv", "bn", "relu", "conv", "bn", "add", "global-avgpool", "fc"}));
  EXPECT_EQ(features.before[5], (std::vector<int>{2, 4}));  // the sum reads the block's input and its result
  EXPECT_EQ(features.before[7], (std::vector<int>{6}));     // a view is no kernel
  EXPECT_EQ(features.before[0], (std::vector<int>{}));
  double sum = 0;
  for (const float w : weights) sum += w;
  EXPECT_EQ(sum, static_cast<double>(ParamsProfiler<Small>{}.profile({}).value()));
}

TEST(GraphBatch, GivesTheSumsOfEachGraphByItself) {
  std::vector<GraphFeatures> graphs;
  for (const auto& a : networks(10, 5)) graphs.push_back(graph_features(graph_of(*space_layout<Space>(), a.values())));
  std::vector<const GraphFeatures*> all;
  for (const auto& graph : graphs) all.push_back(&graph);
  const GraphConvolution net{3, 8, 1};
  const FeatureScale scale = FeatureScale::of(all);
  const GraphBatch together{all, 3};
  const torch::Tensor whole = net.forward(GraphTensors{together, scale});
  std::size_t rows = 0;
  for (std::size_t g = 0; g < all.size(); ++g) {
    rows += graphs[g].rows.size();
    const torch::Tensor alone = net.forward(GraphTensors{GraphBatch{std::span{all}.subspan(g, 1), 3}, scale});
    EXPECT_NEAR(whole[static_cast<std::int64_t>(g)].item<double>(), alone[0].item<double>(), 1e-4);
  }
  EXPECT_LT(together.rows.size(), rows / 4);  // what networks have in common is there once
}

// The formula, node by node, without what GraphBatch saves.
TEST(GraphConvolution, IsItsFormula) {
  const GraphFeatures graph = graph_features(graph_of(*space_layout<Space>(), networks(1, 9).front().values()));
  const GraphFeatures* one = &graph;
  const FeatureScale scale = FeatureScale::of({&one, 1});
  const GraphConvolution net{2, 4, 3};
  const auto p = net.parameters();  // W0 W1 W2 b0 b1 b2
  const auto n = static_cast<std::int64_t>(graph.rows.size());
  torch::Tensor h = torch::empty({n, static_cast<std::int64_t>(GraphFeatures::count)});
  for (std::int64_t i = 0; i < n; ++i) {
    auto row = graph.rows[static_cast<std::size_t>(i)];
    h[i] = (torch::from_blob(row.data(), {static_cast<std::int64_t>(row.size())}) - scale.mean) / scale.deviation;
  }
  torch::Tensor next = torch::empty({n, 4});
  for (std::int64_t i = 0; i < n; ++i) {
    torch::Tensor sum = h[i].clone();
    for (const int b : graph.before[static_cast<std::size_t>(i)]) sum += h[b];
    next[i] = torch::relu(
        torch::matmul(sum / static_cast<double>(1 + graph.before[static_cast<std::size_t>(i)].size()), p[0]) + p[3]);
  }
  torch::Tensor g = torch::zeros({h.size(1)});
  g[static_cast<std::int64_t>(KernelOp::none)] = 1;
  g = torch::relu(torch::matmul(g + h.sum(0) / static_cast<double>(n), p[0]) + p[3]);
  g = torch::relu(torch::matmul(g + next.sum(0) / static_cast<double>(n), p[1]) + p[4]);
  const double expected = (torch::matmul(g, p[2]) + p[5]).item<double>();
  EXPECT_NEAR(net.forward(GraphTensors{GraphBatch{{&one, 1}, 2}, scale})[0].item<double>(), expected,
              1e-4 * (1 + std::abs(expected)));
}

TEST(GcnPredictor, PredictsNetworksItHasNotSeen) {
  const auto unseen = samples(200, 2);
  const ErrorStatistics gcn = fitted().evaluate(unseen).value();
  EXPECT_GT(gcn.spearman, 0.97);
  EXPECT_GT(gcn.within_10, 0.9);
}

TEST(GcnPredictor, ObeysTheLawsOfPredictors) {
  laws::predictor_laws(fitted(), networks(20, 3));
  laws::predictor_laws(Predicts{}, networks(3, 3));
}

TEST(GcnPredictor, AnswersManyAsItAnswersEach) {
  const auto some = networks(300, 4);  // more than one batch of inference
  const auto all = fitted().predict_all(some).value();
  ASSERT_EQ(all.size(), some.size());
  for (std::size_t i = 0; i < some.size(); i += 7) {
    EXPECT_NEAR(all[i].value(), fitted().predict(some[i])->value(), 1e-4);
  }
  EXPECT_TRUE(fitted().predict_all({}).value().empty());
}

TEST(GcnPredictor, ProfilesByInference) {
  using Profiles = LatencyProfiler<Space, Predicts>;
  static_assert(Profiler<Profiles, Space>);
  static_assert(!TableProfilerType<Profiles>);  // range and exact draws are a compile error:
                                                // compile_fail/profile/profiler_has_no_table
  const Profiles latency{fitted()};
  const auto a = networks(1, 6).front();
  laws::profiler_laws<Space>(latency, 10);
  EXPECT_EQ(latency.profile(a), *fitted().predict(a));
  const Milliseconds limit = latency.profile(a);
  auto strategy = Chain{Random<Space>{}, Filter{[&](const auto& b) { return latency.profile(b) <= limit; }}};
  Rng rng{1};
  for (int i = 0; i < 5; ++i) EXPECT_LE(latency.profile(strategy.ask(rng).value()), limit);
}

TEST(GcnPredictor, IsTheSameForEqualSeeds) {
  Predicts one, two;
  const GcnOptions brief{.layers = 2, .width = 8, .epochs = 3, .seed = 5};
  one.fit(samples(20, 1), brief).value();
  two.fit(samples(20, 1), brief).value();
  for (const auto& a : networks(5, 8)) EXPECT_NEAR(one.predict(a)->value(), two.predict(a)->value(), 1e-6);
}

TEST(GcnPredictor, ComesBackFromItsFile) {
  const TemporaryFolder folder;
  fitted().save(folder / "p.gcn").value();
  const Predicts back = Predicts::load(folder / "p.gcn").value();
  EXPECT_EQ(back.conditions, fitted().conditions);
  for (const auto& a : networks(20, 7)) EXPECT_EQ(back.predict(a)->ticks(), fitted().predict(a)->ticks());
}

TEST(GcnPredictor, RefusesOtherFiles) {
  const TemporaryFolder folder;
  const auto file = folder / "p.gcn";
  fitted().save(file).value();
  const auto refused = [&](const auto& read, Error::Code code, const std::string& says) {
    ASSERT_FALSE(read) << says;
    EXPECT_EQ(read.error().code, code) << read.error().message;
    EXPECT_NE(read.error().message.find(says), std::string::npos) << read.error().message;
  };
  refused(GcnPredictor<OtherSpace>::load(file), Error::Code::mismatch, "expected the space");
  refused(Predicts::load(folder / "none"), Error::Code::not_found, "none");
  const auto changed = [&](const std::string& name, StateRecord::Value value) {
    StateRecord state = load_state(file).value();
    state.put(name, std::move(value));
    save_state(state, folder / "other").value();
    return Predicts::load(folder / "other");
  };
  refused(changed("format", std::string{"hwnas gcn predictor 2"}), Error::Code::mismatch,
          "expected the format hwnas gcn predictor 1");
  refused(changed("width", std::int64_t{17}), Error::Code::mismatch, "parameter/0");
  refused(changed("layers", std::int64_t{-1}), Error::Code::mismatch, "-1 layers");
  refused(changed("features", std::int64_t{3}), Error::Code::mismatch, "3 features");
  refused(changed("mean", std::int64_t{3}), Error::Code::mismatch, "'mean'");
  refused(changed("scale/mean", to_array(torch::full({static_cast<std::int64_t>(GraphFeatures::count)}, NAN))),
          Error::Code::mismatch, "not finite");
  std::string bytes;
  {
    std::ifstream in{file, std::ios::binary};
    bytes.assign(std::istreambuf_iterator<char>{in}, {});
  }
  std::ofstream{folder / "cut", std::ios::binary} << bytes.substr(0, bytes.size() / 2);
  refused(Predicts::load(folder / "cut"), Error::Code::bad_format, "cut off");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] + 1);
  std::ofstream{folder / "edited", std::ios::binary} << bytes;
  refused(Predicts::load(folder / "edited"), Error::Code::bad_format, "damaged");
}

TEST(GcnPredictor, RefusesBadSamplesAndOptionsAndStaysWhatItWas) {
  Predicts predictor = fitted();
  const auto a = networks(1, 3).front();
  const Milliseconds before = *predictor.predict(a);
  EXPECT_FALSE(predictor.fit(samples(1, 1), quick));
  auto bad = samples(3, 1);
  bad[1].latency = Milliseconds{-1};
  EXPECT_FALSE(predictor.fit(bad, quick));
  EXPECT_FALSE(predictor.fit(samples(5, 1), {.layers = 0}));
  EXPECT_FALSE(predictor.fit(samples(5, 1), {.rate = std::nan("")}));
  int asked = 0;
  const auto stopped =
      predictor.fit(samples(5, 1), {.width = 4, .go_on = [&](int epoch, double) { return ++asked, epoch < 2; }});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Error::Code::interrupted);
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(*predictor.predict(a), before);
  EXPECT_EQ(Predicts{}.predict(a).error().code, Error::Code::unavailable);
  EXPECT_EQ(Predicts{}.save("never").error().code, Error::Code::unavailable);
}

}  // namespace gcn_predictor_test
}  // namespace hwnas::test
