// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Estimators against what they estimate.
#include "hwnas/oneshot/proxylessnas.hpp"

#include <gtest/gtest.h>

#include "hwnas/oneshot/darts.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/enumerate.hpp"
#include "oneshot/small_space.hpp"

namespace hwnas {
namespace {

using oneshot_test::Space;
using One = Input<Sequential<Conv<Kernel<3>, Out<4>>, Named<"a", LayerChoice<Conv3x3, Conv5x5, Identity, Conv1x1>>,
                             Flatten, Linear<2>>,
                  Shape{1, 8, 8}>;

/// Mean and standard error, one number a candidate.
template <class S> struct Means {
  Probabilities<S> sum{}, squares{};
  int count = 0;
  void add(const Probabilities<S>& x) {
    ++count;
    for (std::size_t i = 0; i < x.all().size(); ++i) {
      sum.all()[i] += x.all()[i];
      squares.all()[i] += x.all()[i] * x.all()[i];
    }
  }
  void expect_near(const Probabilities<S>& truth) const {
    for (std::size_t i = 0; i < truth.all().size(); ++i) {
      const double mean = sum.all()[i] / count;
      const double error = std::sqrt(std::max(0.0, squares.all()[i] / count - mean * mean) / count);
      EXPECT_NEAR(mean, truth.all()[i], 4.5 * error + 1e-9) << i;
    }
  }
};

template <class S> Conditioned<S> skewed() {
  Conditioned<S> inside;
  Probabilities<S> logits;
  for (std::size_t i = 0; i < logits.all().size(); ++i) logits.all()[i] = 0.4 * static_cast<double>(i % 3);
  inside.set(softmax(logits));
  return inside;
}

// d loss / d gate of every candidate with candidate `active` on the path.
Probabilities<One> gate_gradients(Supernet<One>& supernet, const Batch& batch, int active) {
  Mixture mixture = all_candidates<One>();
  mixture.binary = true;
  std::swap(mixture.runs[0].front(), mixture.runs[0][static_cast<std::size_t>(active)]);
  Probabilities<One> gates;
  gates[0][static_cast<std::size_t>(active)] = 1;
  return mixture_gradient(supernet, batch, mixture, gates).by_gates;
}

// The closed form, with the pairs' probabilities: i first and j second or the other way round, then one of both active.
TEST(ProxylessNas, TwoPathsHaveTheClosedFormAsMean) {
  torch::manual_seed(1);
  Supernet<One> supernet;
  supernet.eval();  // batch statistics do not matter here, and nothing is left behind
  const Batch batch = keep_batches(oneshot_test::loader(16, true)).value().front();
  const Conditioned<One> inside = skewed<One>();
  const auto p = inside.probabilities()[0];
  Probabilities<One> truth;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto gates = gate_gradients(supernet, batch, static_cast<int>(i));
    const auto g = gates[0];
    for (std::size_t j = 0; j < 4; ++j) {
      if (i == j) continue;
      const double pair = p[i] * p[j] / (1 - p[i]) + p[j] * p[i] / (1 - p[j]);
      const double qi = p[i] / (p[i] + p[j]), qj = 1 - qi;
      truth[0][i] += pair * qi * qi * qj * (g[i] - g[j]);
      truth[0][j] += pair * qi * qi * qj * (g[j] - g[i]);
    }
  }
  Means<One> means;
  Rng rng{3};
  const ProxylessNas<Gradient> policy;
  for (int i = 0; i < 1500; ++i) {
    means.add(policy.estimate(PolicyRun<One>{supernet, {}, inside}, batch, rng, {}).by_logits);
  }
  means.expect_near(truth);
}

TEST(ProxylessNas, AllPathsHaveTheClosedFormAsMean) {
  torch::manual_seed(1);
  Supernet<One> supernet;
  supernet.eval();
  const Batch batch = keep_batches(oneshot_test::loader(16, true)).value().front();
  const Conditioned<One> inside = skewed<One>();
  Probabilities<One> truth;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto given = softmax_gradient(inside.probabilities(), gate_gradients(supernet, batch, static_cast<int>(i)));
    for (std::size_t v = 0; v < 4; ++v) truth[0][v] += inside.probabilities()[0][i] * given[0][v];
  }
  Means<One> means;
  Rng rng{3};
  const ProxylessNas<Gradient> policy{{.paths = ProxylessNasOptions::Paths::all}};
  for (int i = 0; i < 600; ++i) {
    means.add(policy.estimate(PolicyRun<One>{supernet, {}, inside}, batch, rng, {}).by_logits);
  }
  means.expect_near(truth);
}

TEST(ProxylessNas, OtherCandidatesKeepTheirProbabilities) {
  ProxylessNas<Gradient> policy;
  Probabilities<One> before, after;
  for (std::size_t v = 0; v < 4; ++v) before[0][v] = after[0][v] = 0.3 * static_cast<double>(v);
  after[0][1] += 0.2;
  after[0][3] -= 0.1;
  Estimate<One> estimate;
  estimate.mixture.runs = {{1, 3}};
  policy.settle(before, after, estimate);
  EXPECT_NEAR(softmax(before)[0][0], softmax(after)[0][0], 1e-12);
  EXPECT_NEAR(softmax(before)[0][2], softmax(after)[0][2], 1e-12);
  EXPECT_GT(softmax(after)[0][1], softmax(before)[0][1]);
}

// DARTS's gradient, against finite differences of the loss by the logits.
TEST(Darts, GradientIsThatOfTheMixtureLoss) {
  torch::manual_seed(2);
  Supernet<One> supernet;
  supernet.to(torch::kFloat64);
  supernet.eval();
  Batch batch = keep_batches(oneshot_test::loader(16, true)).value().front();
  batch.images = batch.images.to(torch::kFloat64);
  Probabilities<One> logits;
  for (std::size_t v = 0; v < 4; ++v) logits[0][v] = 0.3 * static_cast<double>(v % 3);
  const auto loss = [&] {
    const auto gates = gates_of(softmax(logits), torch::kCPU).to(torch::kFloat64);
    return cross_entropy(supernet.forward(batch.images, all_candidates<One>(), gates), batch.labels).item<double>();
  };
  Conditioned<One> inside;
  inside.set(softmax(logits));
  Rng rng{1};
  const auto estimate = Darts{}.estimate(PolicyRun<One>{supernet, logits, inside}, batch, rng, {});
  for (std::size_t v = 0; v < 4; ++v) {
    const double h = 1e-2, before = logits[0][v];
    logits[0][v] = before + h;
    const double above = loss();
    logits[0][v] = before - h;
    const double below = loss();
    logits[0][v] = before;
    EXPECT_NEAR(estimate.by_logits[0][v], (above - below) / (2 * h), 2e-4);
  }
}

// Second order, against autograd through the unrolled step. The weights are replaced by results of that step, so that
// the gradient flows back through it.
TEST(Darts, SecondOrderIsTheGradientThroughTheUnrolledStep) {
  torch::manual_seed(3);
  Supernet<One> supernet;
  supernet.to(torch::kFloat64);
  supernet.eval();
  auto batches = keep_batches(oneshot_test::loader(32, true)).value();
  for (Batch& batch : batches) batch.images = batch.images.to(torch::kFloat64);
  const Conditioned<One> inside = skewed<One>();
  Rng rng{1};
  constexpr double rate = 0.3;
  const auto estimate_of = [&](DartsOptions::Order order) {
    const Darts darts{{.order = order, .unrolled_rate = rate, .difference = 1e-3}};
    return darts.estimate(PolicyRun<One>{.supernet = supernet, .logits = {}, .inside = inside, .training = &batches[1]},
                          batches[0], rng, {}).by_logits;
  };
  const auto before = supernet.parameters().front().clone();
  const auto first = estimate_of(DartsOptions::Order::first), second = estimate_of(DartsOptions::Order::second);
  EXPECT_TRUE(torch::equal(before, supernet.parameters().front()));

  const auto gates = gates_of(inside.probabilities(), torch::kCPU).to(torch::kFloat64).requires_grad_();
  const auto loss = [&](const Batch& batch) {
    return cross_entropy(supernet.forward(batch.images, all_candidates<One>(), gates), batch.labels);
  };
  std::vector<torch::Tensor*> slots;
  for (std::size_t s = 0; s < supernet.layout().slots().size(); ++s) {
    const Weights& w = supernet.weights()[static_cast<int>(s)];
    if (w.convolution != nullptr) slots.push_back(&w.convolution->weight);
    if (w.norm != nullptr) slots.insert(slots.end(), {&w.norm->weight, &w.norm->bias});
    if (w.linear != nullptr) slots.insert(slots.end(), {&w.linear->weight, &w.linear->bias});
  }
  std::vector<torch::Tensor> weights;
  for (const torch::Tensor* slot : slots) weights.push_back(*slot);
  const auto by_weights = torch::autograd::grad({loss(batches[1])}, weights, {}, true, /*create_graph=*/true, true);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (by_weights[i].defined()) *slots[i] = weights[i] - rate * by_weights[i];
  }
  const auto by_gates = torch::autograd::grad({loss(batches[0])}, {gates}).front();
  Probabilities<One> by_p;
  std::copy_n(by_gates.data_ptr<double>(), by_p.all().size(), by_p.all().begin());
  const auto truth = softmax_gradient(inside.probabilities(), by_p);
  double apart = 0;
  for (std::size_t v = 0; v < 4; ++v) {
    EXPECT_NEAR(second[0][v], truth[0][v], 3e-5);
    apart = std::max(apart, std::abs(first[0][v] - truth[0][v]));
  }
  EXPECT_GT(apart, 1e-4);  // or nothing was tested
}

/// Any reward: REINFORCE's mean must be the gradient of its expectation.
double reward_of(const Architecture<Space>& a) {
  double value = 3;
  for_each_active_choice(
      a, [&](std::size_t d, int v) { value += static_cast<double>((d + 2) * static_cast<std::size_t>(v) % 5); });
  return value;
}

void expect_unbiased(Conditioned<Space> inside) {
  Probabilities<Space> truth;  // minus the gradient of the expected reward
  for_each_architecture<Space>([&](const Architecture<Space>& a) {
    if (!inside.contains(a)) return;
    const double weight = std::exp(inside.log_probability(a)) * reward_of(a);
    const auto score = inside.score(a);
    for (std::size_t i = 0; i < truth.all().size(); ++i) truth.all()[i] -= weight * score.all()[i];
  });
  ProxylessNas<Reinforce> policy{{.samples = 3}};
  Means<Space> means;
  Rng rng{4};
  for (int i = 0; i < 20'000; ++i) {
    std::vector<Architecture<Space>> samples;
    std::vector<double> rewards;
    for (int k = 0; k < 3; ++k) {
      samples.push_back(inside.draw(rng));
      rewards.push_back(reward_of(samples.back()));
    }
    means.add(policy.policy_gradient(inside, samples, rewards));
  }
  means.expect_near(truth);
}

TEST(ProxylessNasReinforce, LeaveOneOutIsUnbiased) { expect_unbiased(skewed<Space>()); }
TEST(ProxylessNasReinforce, LeaveOneOutIsUnbiasedInsideABudget) {
  auto inside = Conditioned<Space>::make(HardConstraint{FlopsProfiler<Space>{}, Flops{30'000}}).value();
  inside.set(skewed<Space>().probabilities());
  expect_unbiased(std::move(inside));
}

}  // namespace
}  // namespace hwnas
