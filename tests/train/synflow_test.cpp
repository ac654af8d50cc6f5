// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/train/synflow.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/zoo/nasbench201.hpp"
#include "laws/evaluator_laws.hpp"

namespace synflow_test {

using namespace hwnas;

using Space =
    Input<Sequential<Named<"block", LayerChoice<Conv<Kernel<1>, Out<6>>, Conv<Kernel<3>, Out<6>>>>, Flatten, Linear<5>>,
          Shape{2, 4, 4}>;

Architecture<Space> with_block(int index) {
  Architecture<Space> a;
  a.set("block", index).value();
  return a;
}

TEST(Synflow, KeepsTheLawsAndDependsOnTheSeed) {
  Synflow<Space> evaluator{Rng{1}};
  EXPECT_EQ(laws::evaluator_laws<Space>(evaluator, {with_block(0), with_block(1)}), 2U);
  EXPECT_NE(Synflow<Space>{Rng{2}}.evaluate(with_block(0), {})->score(),
            evaluator.evaluate(with_block(0), {})->score());
}

// R is homogeneous of degree one in each layer's weights, so that each layer's part of the sum is R itself (Euler): with
// two layers of weights the score is 2R, up to batch-norm's epsilon.
TEST(Synflow, IsTheOutputTimesTheLayersOfAChain) {
  const Rng rng{1};
  torch::manual_seed(weight_seed(rng));
  Subnet<Space> net{with_block(1)};
  net.to(torch::kFloat64);
  net.eval();
  torch::NoGradGuard no_gradients;
  for (auto& named : net.named_parameters()) {
    named.key().ends_with("bias") ? named.value().zero_() : named.value().abs_();
  }
  const double r = net.forward(torch::ones({1, 2, 4, 4}, torch::kFloat64)).sum().item<double>();
  EXPECT_NEAR(Synflow<Space>{rng}.evaluate(with_block(1), {})->score(), std::log(2 * r), 1e-6);
}

TEST(Synflow, GrowsWithWhatLiesOnPathsAndRefusesNetworksWithoutOne) {
  using Bench = zoo::NasBench201Space<Shape{3, 16, 16}, 10, zoo::Widths<4, 8, 16>, 1>;
  Synflow<Bench> evaluator{Rng{1}};
  const auto all = [](std::uint8_t op) { return Architecture<Bench>::from_values({op, op, op, op, op, op}); };
  EXPECT_GT(evaluator.evaluate(all(3), {})->score(), evaluator.evaluate(all(2), {})->score());
  EXPECT_GT(evaluator.evaluate(all(2), {})->score(), evaluator.evaluate(all(1), {})->score());
  const auto cut = evaluator.evaluate(all(0), {});
  ASSERT_FALSE(cut.has_value());
  EXPECT_EQ(cut.error().message, "synflow is 0: expected a finite number above 0");
}

}  // namespace synflow_test
