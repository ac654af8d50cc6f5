// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Every strategy that learns on every kind of decision: layers, nested ones, inputs, kernels, depths, widths, shared
///        labels; inside a budget.
#include "hwnas/oneshot/learned_search.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include <gtest/gtest.h>

#include "hwnas/oneshot/darts.hpp"
#include "hwnas/oneshot/enas.hpp"
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/gumbel_darts.hpp"
#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/oneshot/proxylessnas.hpp"
#include "hwnas/oneshot/sample_penalty.hpp"
#include "hwnas/profile/profilers.hpp"
#include "nn/spaces.hpp"

namespace hwnas {
namespace every_space_test {

using Inner = LayerChoice<MaxPool<>, AvgPool<>>;
using Nested = spaces::OnImages<Conv<Kernel<3>, Out<4>>, LayerChoice<Conv3x3, Sequential<Conv1x1, Inner>, Identity>, Inner,
                                spaces::Head>;
using Depths = spaces::OnImages<Conv<Kernel<3>, Out<4>>, Repeat<MBConv<one_of<2, 3>, Kernel<3, 5>>, 1, 3>, spaces::Head>;

Loader loader() {
  ImageData data{.name = "noise", .shape = {3, 12, 12}, .classes = 5};
  Rng rng{5};
  for (std::int64_t i = 0; i < 16; ++i) {
    data.labels.push_back(i % 5);
    for (int pixel = 0; pixel < 3 * 12 * 12; ++pixel) data.pixels.push_back(static_cast<std::uint8_t>(rng.below(256)));
  }
  return Loader::make(data, {.batch_size = 8, .training = true, .normalisation = normalisation_of(data), .workers = 0},
                      Rng{3}).value();
}

/// Some steps on a budget in the middle of the range: everything is finite, the logits move, the choice is inside.
template <class Space, class Policy> void expect_learns(Policy policy) {
  SCOPED_TRACE(type_name<Policy>);
  const FlopsProfiler<Space> flops;
  const auto [least, most] = flops.range();
  const Flops budget{(least.value() + most.value()) / 2};
  torch::manual_seed(1);
  Supernet<Space> supernet;
  // Rewards differ by their costs even where so young a network tells no classes apart.
  using Hardware = std::conditional_t<Policy::differentiable, ExpectationPenalty<FlopsProfiler<Space>, AddLinear>,
                                      SamplePenalty<FlopsProfiler<Space>, AddLinear>>;
  OneShot search{supernet, policy, Hardware{flops, budget, AddLinear{.lambda = 1}}, HardConstraint{flops, budget}};
  const Loader images = loader();
  const auto found = search.fit({images, images}, {.epochs = 2}, Rng{4});
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_LE(flops.profile(found->best.architecture), budget);
  const auto& history = search.strategy().history();
  EXPECT_EQ(history.size(), 4U);
  for (const ArchitectureStep& step : history) EXPECT_TRUE(std::isfinite(step.loss) && step.entropy > 0);
  const auto logits = search.strategy().logits().all();
  EXPECT_TRUE(std::all_of(logits.begin(), logits.end(), [](double x) { return std::isfinite(x); }));
  if constexpr (!HasOwnDistribution<Policy, Space>) {
    EXPECT_TRUE(std::any_of(logits.begin(), logits.end(), [](double x) { return std::abs(x) > 0.01; }));
  }
}

const ArchitectureOptions quick{.rate = 0.05, .every = 1};

template <class Space> void expect_gradients_learn() {
  expect_learns<Space>(ProxylessNas<Gradient>{ProxylessNasOptions{.architecture = quick}});
  expect_learns<Space>(Darts{{.architecture = quick}});
  expect_learns<Space>(Darts{{.architecture = quick, .order = DartsOptions::Order::second}});
  expect_learns<Space>(GumbelDarts{{.architecture = quick}});
}
template <class Space> void expect_samples_learn() {
  expect_learns<Space>(ProxylessNas<Reinforce>{{.architecture = quick, .samples = 4}});
  expect_learns<Space>(Enas{{.architecture = quick, .samples = 4, .controller = {.hidden = 8}}});
}

TEST(EverySpace, NestedChoicesAreLearnt) {
  expect_gradients_learn<Nested>();
  expect_samples_learn<Nested>();
}
TEST(EverySpace, SharedLabelsAreLearnt) {
  expect_gradients_learn<spaces::Shared>();
  expect_samples_learn<spaces::Shared>();
}
TEST(EverySpace, ChoicesOfInputsAreLearnt) {
  expect_gradients_learn<spaces::Darts>();
  expect_samples_learn<spaces::Darts>();
}
TEST(EverySpace, KernelsExpansionsAndDepthsAreLearnt) {
  expect_gradients_learn<Depths>();
  expect_samples_learn<Depths>();
}
TEST(EverySpace, WidthsAreLearntFromSamples) { expect_samples_learn<spaces::Elastic>(); }

}  // namespace every_space_test
}  // namespace hwnas
