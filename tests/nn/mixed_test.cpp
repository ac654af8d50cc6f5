// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Mixtures of candidates against what the candidates give alone.
#include "hwnas/nn/mixed_graph.hpp"

#include <set>

#include <gtest/gtest.h>

#include "nn/networks.hpp"
#include "nn/spaces.hpp"

namespace hwnas {
namespace mixed_test {

using spaces::Head;
using spaces::OnImages;

template <class Space> Mixture mixture(bool all, bool binary, const Architecture<Space>& a = {}) {
  Mixture result{.binary = binary};
  int gate = 0;
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    std::vector<std::uint8_t> runs{a.values()[d]};
    for (int v = 0; all && v < decisions<Space>[d].count; ++v) {
      if (v != a[d]) runs.push_back(static_cast<std::uint8_t>(v));
    }
    result.runs.push_back(runs);
    result.first_gate.push_back(gate);
    gate += decisions<Space>[d].count;
  }
  return result;
}

template <class Space> torch::Tensor one_hot(const Architecture<Space>& a) {
  std::vector<float> gates;
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    for (int v = 0; v < decisions<Space>[d].count; ++v) gates.push_back(v == a[d] ? 1 : 0);
  }
  return torch::tensor(gates);
}

template <class Space> void expect_one_hot_gates_run_the_path() {
  torch::manual_seed(1);
  Supernet<Space> supernet;
  supernet.eval();
  const torch::NoGradGuard no_gradients;
  Rng rng{2};
  for (int i = 0; i < 6; ++i) {
    const auto a = Uniform<Space>{}(rng);
    const torch::Tensor images = images_of(supernet.input_shape(a));
    const torch::Tensor alone = supernet.forward(images, a);
    const torch::Tensor weighted = supernet.forward(images, mixture<Space>(true, false), one_hot(a));
    EXPECT_TRUE(torch::allclose(alone, weighted, 1e-4, 1e-5)) << fmt::format("{}", a);
    const torch::Tensor binary = supernet.forward(images, mixture<Space>(true, true, a), one_hot(a));
    EXPECT_TRUE(torch::equal(alone, binary)) << fmt::format("{}", a);
  }
}

using Nested = OnImages<Conv<Kernel<3>, Out<4>>,
                        Named<"a", LayerChoice<Sequential<Conv3x3, Named<"b", LayerChoice<Conv1x1, Identity>>>,
                                               Identity, MBConv<one_of<2, 3>, Kernel<3, 5>>>>,
                        Repeat<Named<"x", LayerChoice<Conv3x3, Identity>>, 1, 3>, Head>;

// Shared labels, nested choices, depths, kernels and expansions, cells with sums, inputs and operations to choose.
TEST(Mixed, OneHotGatesRunThePath) {
  expect_one_hot_gates_run_the_path<Nested>();
  expect_one_hot_gates_run_the_path<spaces::Shared>();
  expect_one_hot_gates_run_the_path<spaces::Cells>();
  expect_one_hot_gates_run_the_path<spaces::Darts>();
}

TEST(Mixed, DepthsShareTheBlocksTheyHaveInCommon) {
  using Deep = OnImages<Conv<Kernel<3>, Out<4>>, Repeat<Conv3x3, 1, 4>, Head>;
  Supernet<Deep> supernet;
  const auto mixed = mixture<Deep>(true, false);
  int convolutions = 0;
  for (const Step& step : supernet.SharedNetwork::plan(mixed).steps) {
    convolutions += step.primitive.kind == PrimitiveKind::convolution ? 1 : 0;
  }
  EXPECT_EQ(convolutions, 5);
}

// d loss / d gate of a binary mixture, against the weighted mixture at the same one-hot gates.
TEST(Mixed, BinaryGatesHaveTheGradientOfTheWeightedSum) {
  torch::manual_seed(3);
  Supernet<Nested> supernet;
  supernet.eval();
  Rng rng{4};
  for (int i = 0; i < 4; ++i) {
    const auto a = Uniform<Nested>{}(rng);
    const torch::Tensor images = images_of(supernet.input_shape(a));
    const auto gradient = [&](bool binary) {
      const torch::Tensor gates = one_hot(a).requires_grad_();
      const torch::Tensor loss = supernet.forward(images, mixture<Nested>(true, binary, a), gates).pow(2).sum();
      return torch::autograd::grad({loss}, {gates}).front();
    };
    const torch::Tensor weighted = gradient(false), binary = gradient(true);
    EXPECT_GT(binary.abs().sum().item<double>(), 0);
    EXPECT_TRUE(torch::allclose(weighted, binary, 1e-3, 1e-4)) << fmt::format("{}", a) << '\n' << weighted << binary;
  }
}

TEST(Mixed, BinaryMixtureTrainsTheActivePathOnly) {
  Supernet<Nested> supernet;
  const Architecture<Nested> a;
  supernet.forward(images_of(supernet.input_shape(a)), mixture<Nested>(true, true, a), one_hot(a)).sum().backward();
  std::set<void*> used;
  for (const auto& p : supernet.path_parameters(a)) used.insert(p.unsafeGetTensorImpl());
  for (const auto& p : supernet.parameters()) EXPECT_EQ(p.grad().defined(), used.contains(p.unsafeGetTensorImpl()));
}

// The active candidate gives zeros, and the other's gate still learns.
TEST(Mixed, AZeroOnThePathLeavesGradientsToTheOthers) {
  using WithZero = OnImages<Conv<Kernel<3>, Out<4>>, Residual<Named<"a", LayerChoice<Zero, Conv3x3>>>, Head>;
  Supernet<WithZero> supernet;
  const Architecture<WithZero> a;
  const torch::Tensor gates = one_hot(a).requires_grad_();
  const torch::Tensor y = supernet.forward(images_of(supernet.input_shape(a)), mixture<WithZero>(true, true, a), gates);
  EXPECT_NE(torch::autograd::grad({y.pow(2).sum()}, {gates}).front()[1].item<double>(), 0);
}

}  // namespace mixed_test
}  // namespace hwnas
