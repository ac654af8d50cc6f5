// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/train/naswot.hpp"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/zoo/nasbench201.hpp"
#include "laws/evaluator_laws.hpp"

namespace naswot_test {

using namespace hwnas;

// One layer of two channels without batch-norm, on two pixels of one channel: four rectified linear units.
using Space =
    Input<Sequential<Named<"block", LayerChoice<Conv<Kernel<1>, Out<2>, Norm<None>>, Conv<Kernel<1>, Out<2>>>>, Flatten,
                     Linear<2>>,
          Shape{1, 1, 2}>;

const torch::Tensor& three_images() {
  static const torch::Tensor images = torch::tensor({1.0F, 2.0F, -1.0F, 0.5F, -2.0F, -3.0F}).view({3, 1, 1, 2});
  return images;
}

TEST(Naswot, IsTheDeterminantOfTheKernelByHand) {
  const Rng rng{4};
  const Architecture<Space> a;
  auto net = seeded_subnet(a, weight_seed(rng));
  std::array<float, 2> weight{}, bias{};
  for (const auto& named : net->named_parameters()) {
    const torch::Tensor& value = named.value();
    if (value.dim() == 4) weight = {value[0].item<float>(), value[1].item<float>()};
    if (value.dim() == 1 && bias == std::array<float, 2>{}) bias = {value[0].item<float>(), value[1].item<float>()};
  }
  const float pixels[3][2] = {{1.0F, 2.0F}, {-1.0F, 0.5F}, {-2.0F, -3.0F}};
  double k[3][3];
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      int distance = 0;
      for (std::size_t unit = 0; unit < 4; ++unit) {
        const auto on = [&](int image) { return weight[unit / 2] * pixels[image][unit % 2] + bias[unit / 2] > 0; };
        distance += on(i) != on(j) ? 1 : 0;
      }
      k[i][j] = 4 - distance;
    }
  }
  const double determinant = k[0][0] * (k[1][1] * k[2][2] - k[1][2] * k[2][1]) -
                             k[0][1] * (k[1][0] * k[2][2] - k[1][2] * k[2][0]) +
                             k[0][2] * (k[1][0] * k[2][1] - k[1][1] * k[2][0]);
  const Naswot<Space> evaluator{three_images(), rng};
  const torch::Tensor kernel = evaluator.kernel(a);
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) EXPECT_EQ(kernel[i][j].item<double>(), k[i][j]) << i << ", " << j;
  }
  ASSERT_GT(determinant, 0) << "the seed must tell the three images apart";
  EXPECT_NEAR(evaluator.evaluate(a, {})->score(), std::log(determinant), 1e-9);
}

TEST(Naswot, KeepsTheLawsAndDependsOnTheSeed) {
  using Bench = zoo::NasBench201Space<Shape{3, 16, 16}, 10, zoo::Widths<4, 8, 16>, 1>;
  torch::manual_seed(1);
  const torch::Tensor images = torch::randn({8, 3, 16, 16});
  const auto all = [](std::uint8_t op) { return Architecture<Bench>::from_values({op, op, op, op, op, op}); };
  Naswot<Bench> evaluator{images, Rng{1}};
  EXPECT_EQ(laws::evaluator_laws<Bench>(evaluator, {all(1), all(2), all(3), all(4)}), 4U);
  EXPECT_NE(Naswot<Bench>(images, Rng{2}).evaluate(all(3), {})->score(), evaluator.evaluate(all(3), {})->score());
  // More rectified linear units tell more.
  EXPECT_GT(evaluator.evaluate(all(3), {})->score(), evaluator.evaluate(all(1), {})->score());
}

TEST(Naswot, RefusesImagesThatItCannotTellApart) {
  const torch::Tensor twice = three_images().narrow(0, 0, 1).repeat({2, 1, 1, 1});
  const auto answer = Naswot<Space>{twice, Rng{4}}.evaluate({}, {});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().message,
            "naswot is -inf: expected 2 images that the network's rectified linear units tell apart");
}

}  // namespace naswot_test
