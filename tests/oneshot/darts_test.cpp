// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/oneshot/darts.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "oneshot/estimates.hpp"
#include "oneshot/small_space.hpp"

namespace hwnas {
namespace darts_test {

using oneshot_test::One;
using oneshot_test::skewed;

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

}  // namespace darts_test
}  // namespace hwnas
