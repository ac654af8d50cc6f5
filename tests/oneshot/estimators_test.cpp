// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Estimators against what they estimate.
#include "hwnas/oneshot/proxylessnas.hpp"

#include <array>
#include <cmath>
#include <iostream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/enumerate.hpp"
#include "hwnas/zoo/small.hpp"
#include "oneshot/estimates.hpp"
#include "oneshot/small_space.hpp"

namespace hwnas {
namespace estimators_test {

using oneshot_test::Space;
using oneshot_test::Means;
using oneshot_test::One;
using oneshot_test::skewed;

// d loss / d gate of every candidate with candidate `active` on the path.
Probabilities<One> gate_gradients(Supernet<One>& supernet, const Batch& batch, int active) {
  Mixture mixture = all_candidates<One>();
  mixture.binary = true;
  std::swap(mixture.runs[0].front(), mixture.runs[0][static_cast<std::size_t>(active)]);
  Probabilities<One> gates;
  gates[0][static_cast<std::size_t>(active)] = 1;
  return mixture_gradient(supernet, batch, mixture, gates).by_gates;
}

constexpr auto both_modes = {ProxylessNasOptions::Paths::two, ProxylessNasOptions::Paths::all};

// d loss / d gate j beside candidate `active`, by differences of the loss of the weighted sum that gates stand for.
double gate_slope(Supernet<One>& supernet, const Batch& batch, int active, int j) {
  constexpr double h = 1e-4;
  const auto loss = [&](double step) {
    const torch::Tensor gates = torch::zeros({4}, torch::kFloat64);
    gates[active] += 1;
    gates[j] += step;
    return cross_entropy(supernet.forward(batch.images, all_candidates<One>(), gates), batch.labels).item<double>();
  };
  return (loss(h) - loss(-h)) / (2 * h);
}

// The paper's formula written out, sum over j of g_j p_j ([i = j] - p_i), without any of the library's derivatives.
TEST(ProxylessNas, EstimateIsTheFormulaWithGateGradientsByFiniteDifferences) {
  torch::manual_seed(1);
  Supernet<One> supernet;
  supernet.to(torch::kFloat64);
  supernet.eval();
  Batch batch = keep_batches(oneshot_test::loader(16, true)).value().front();
  batch.images = batch.images.to(torch::kFloat64);
  const Conditioned<One> inside = skewed<One>();
  Rng rng{3};
  for (const auto paths : both_modes) {
    const ProxylessNas<Gradient> policy{{.paths = paths}};
    for (int draw = 0; draw < 8; ++draw) {
      const auto estimate = policy.estimate(PolicyRun<One>{supernet, {}, inside}, batch, rng, {});
      const auto& ran = estimate.mixture.runs[0];
      ASSERT_EQ(ran.size(), paths == ProxylessNasOptions::Paths::two ? 2U : 4U);
      std::array<double, 4> g{}, p{};
      double sum = 0, largest = 0;
      for (const auto j : ran) sum += inside.probabilities()[0][j];
      for (const auto j : ran) {
        p[j] = inside.probabilities()[0][j] / sum;
        g[j] = gate_slope(supernet, batch, ran.front(), j);
      }
      for (std::size_t i = 0; i < 4; ++i) {
        double formula = 0;
        for (std::size_t j = 0; j < 4; ++j) formula += g[j] * p[j] * ((i == j ? 1.0 : 0.0) - p[i]);
        EXPECT_NEAR(estimate.by_logits[0][i], formula, 1e-6);
        largest = std::max(largest, std::abs(formula));
      }
      EXPECT_GT(largest, 1e-4) << "nothing was tested";
    }
  }
}

/// A network with a linear head: its loss on images of class 0 is the sum of the costs of what runs, by their gates.
struct LinearLoss {
  Probabilities<Space> costs{};
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& images, const Mixture&, const torch::Tensor& gates) const {
    const std::vector<float> numbers(costs.all().begin(), costs.all().end());
    const torch::Tensor q = torch::dot(gates, torch::tensor(numbers));
    const torch::Tensor margin = -torch::log(torch::expm1(q));  // log(1 + exp(-margin)) = q
    return torch::stack({margin, torch::zeros_like(margin)}).expand({images.size(0), 2});
  }
};

// There, the estimate is the gradient of the expected loss, whatever was active: against differences by the logits.
TEST(ProxylessNas, EstimateIsTheGradientOfTheExpectationOfALinearHead) {
  Probabilities<Space> logits;
  LinearLoss network;
  Rng rng{6};
  for (double& x : logits.all()) x = 2 * rng.uniform() - 1;
  for (double& x : network.costs.all()) x = 0.5 + rng.uniform();
  Conditioned<Space> inside;
  inside.set(softmax(logits));
  const Batch batch{torch::zeros({2, 1, 8, 8}), torch::zeros({2}, torch::kInt64)};
  for (const auto paths : both_modes) {
    const ProxylessNas<Gradient> policy{{.paths = paths}};
    for (int draw = 0; draw < 5; ++draw) {
      const auto estimate =
          policy.estimate(PolicyRun<Space, LinearLoss>{network, logits, inside}, batch, rng, Reward<Space>{});
      const auto expected = [&] {  // over the candidates that ran
        double sum = 0;
        for (std::size_t d = 0; d < decision_total<Space>; ++d) {
          double weights = 0, weighted = 0;
          for (const auto v : estimate.mixture.runs[d]) {
            weights += std::exp(logits[d][v]);
            weighted += std::exp(logits[d][v]) * network.costs[d][v];
          }
          sum += weighted / weights;
        }
        return sum;
      };
      for (std::size_t i = 0; i < logits.all().size(); ++i) {
        const double h = 1e-4, before = logits.all()[i];
        logits.all()[i] = before + h;
        const double above = expected();
        logits.all()[i] = before - h;
        const double below = expected();
        logits.all()[i] = before;
        EXPECT_NEAR(estimate.by_logits.all()[i], (above - below) / (2 * h), 1e-5);
      }
    }
  }
}

/// Direction and length of one gradient beside another.
struct Likeness {
  double cosine = 0;
  double length = 0;  ///< as a share of the other's
};
template <class S> Likeness likeness(const Probabilities<S>& x, const Probabilities<S>& truth) {
  double product = 0, own = 0, other = 0;
  for (std::size_t i = 0; i < truth.all().size(); ++i) {
    product += x.all()[i] * truth.all()[i];
    own += x.all()[i] * x.all()[i];
    other += truth.all()[i] * truth.all()[i];
  }
  return {product / std::sqrt(own * other), std::sqrt(own / other)};
}

// On a real network gates that are 0 or 1 see a slope, not the loss of the other candidate: the estimate is biased. This
// prints by how much, beside the exact gradient of the expected loss over all networks.
TEST(ProxylessNas, BiasOnARealNetworkIsReported) {
  torch::manual_seed(1);
  Supernet<Space> supernet;
  const auto batches = keep_batches(oneshot_test::loader(64, true)).value();
  const Conditioned<Space> inside = skewed<Space>();
  Rng rng{3};
  torch::optim::SGD optimiser{supernet.parameters(), torch::optim::SGDOptions{0.05}};
  for (int step = 0; step < 60; ++step) {  // single paths, as the search trains them
    const Batch& batch = batches[static_cast<std::size_t>(step) % batches.size()];
    optimiser.zero_grad();
    ProxylessNas{}.weight_loss(PolicyRun<Space>{supernet, {}, inside}, batch, rng).backward();
    optimiser.step();
  }
  supernet.eval();
  const Batch& batch = batches.front();
  Probabilities<Space> truth;
  for_each_architecture<Space>([&](const Architecture<Space>& a) {
    const torch::NoGradGuard no_gradients;
    const double loss = cross_entropy(supernet.forward(batch.images, a), batch.labels).item<double>();
    const double weight = std::exp(inside.log_probability(a)) * loss;
    const auto score = inside.score(a);
    for (std::size_t i = 0; i < truth.all().size(); ++i) truth.all()[i] += weight * score.all()[i];
  });
  for (const auto paths : both_modes) {
    const bool two = paths == ProxylessNasOptions::Paths::two;
    const ProxylessNas<Gradient> policy{{.paths = paths}};
    Probabilities<Space> mean;
    constexpr int draws = 400;
    for (int i = 0; i < draws; ++i) {
      const auto one = policy.estimate(PolicyRun<Space>{supernet, {}, inside}, batch, rng, {}).by_logits;
      for (std::size_t k = 0; k < mean.all().size(); ++k) mean.all()[k] += one.all()[k] / draws;
    }
    const Likeness found = likeness(mean, truth);
    std::cout << fmt::format("{}: cosine with the exact gradient {:.2f}, length {:.2f} of its\n",
                             two ? "two paths" : "all paths", found.cosine, found.length);
    EXPECT_GT(found.cosine, 0.8);
    EXPECT_GT(found.length, 0.3);
    EXPECT_LT(found.length, 2);
  }
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

/// Any reward: REINFORCE's mean must be the gradient of its expectation.
double reward_of(const Architecture<Space>& a) {
  double value = 3;
  for_each_active_choice(
      a, [&](std::size_t d, int v) { value += static_cast<double>((d + 2) * static_cast<std::size_t>(v) % 5); });
  return value;
}

/// Minus the gradient of the expected reward, over all architectures.
Probabilities<Space> exact_gradient(const Conditioned<Space>& inside) {
  Probabilities<Space> truth;
  for_each_architecture<Space>([&](const Architecture<Space>& a) {
    if (!inside.contains(a)) return;
    const double weight = std::exp(inside.log_probability(a)) * reward_of(a);
    const auto score = inside.score(a);
    for (std::size_t i = 0; i < truth.all().size(); ++i) truth.all()[i] -= weight * score.all()[i];
  });
  return truth;
}
/// Of many updates of three samples.
Means<Space> estimates(const Conditioned<Space>& inside, ProxylessNasOptions::Baseline baseline) {
  ProxylessNas<Reinforce> policy{{.samples = 3, .baseline = baseline}};
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
  return means;
}
void expect_unbiased(const Conditioned<Space>& inside) {
  estimates(inside, ProxylessNasOptions::Baseline::leave_one_out).expect_near(exact_gradient(inside));
}

TEST(ProxylessNasReinforce, LeaveOneOutIsUnbiased) { expect_unbiased(skewed<Space>()); }
TEST(ProxylessNasReinforce, LeaveOneOutIsUnbiasedInsideABudget) {
  auto inside = Conditioned<Space>::make(HardConstraint{FlopsProfiler<Space>{}, Flops{30'000}}).value();
  inside.set(skewed<Space>().probabilities());
  expect_unbiased(inside);
}

// The official baseline takes in the samples that it is compared with: of n samples and a rate r, each less r / n of its
// own reward, which shortens the gradient to 1 - r / n. Leaving one out does not.
TEST(ProxylessNasReinforce, AMovingAverageShortensTheGradient) {
  using Baseline = ProxylessNasOptions::Baseline;
  const Conditioned<Space> inside = skewed<Space>();
  const auto truth = exact_gradient(inside);
  const auto share = [&](Baseline baseline) {
    Means<Space> means = estimates(inside, baseline);
    for (double& x : means.sum.all()) x /= means.count;
    const Likeness found = likeness(means.sum, truth);
    return found.cosine * found.length;  // along the truth
  };
  EXPECT_NEAR(share(Baseline::moving_average), 1 - 0.99 / 3, 0.03);
  EXPECT_NEAR(share(Baseline::leave_one_out), 1, 0.03);
}

// Where log Z is only bounded, so would be its gradient: the same reward for all must teach nothing all the same.
TEST(ProxylessNasReinforce, AMovingAverageNeedsNoExactTotal) {
  using Large = zoo::small::ProxylessNas;
  auto coarse = Conditioned<Large>::make(DrawOptions{.memory = 1 << 15},
                                         HardConstraint{FlopsProfiler<Large>{}, 5_MFLOPs});
  ASSERT_TRUE(coarse.has_value()) << coarse.error().message;
  ASSERT_FALSE(coarse->is_exact());
  ProxylessNas<Reinforce> policy{{.samples = 3, .baseline = ProxylessNasOptions::Baseline::moving_average}};
  Rng rng{4};
  std::vector<Architecture<Large>> samples;
  for (int k = 0; k < 3; ++k) samples.push_back(coarse->draw(rng));
  for (const double x : policy.policy_gradient(*coarse, samples, {1, 1, 1}).all()) EXPECT_NEAR(x, 0, 1e-12);
}

}  // namespace estimators_test
}  // namespace hwnas
