// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  convolve(): values and gradients are those of LibTorch's conv2d, whatever the kernel, stride, padding and dilation;
///        also gradients of gradients.
#include "hwnas/nn/depthwise.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "hwnas/layer/convolution.hpp"
#include "hwnas/nn/torch.hpp"

namespace hwnas {
namespace depthwise_test {

/// A depthwise convolution with numbers of its own.
struct Case {
  Primitive p;
  torch::Tensor x, weight, bias;

  Case(Shape in, const layer::ConvolutionOptions& options, std::int64_t images, bool has_bias) {
    Fault fault;
    p = layer::Convolution::make(in, options, fault);
    const auto real = torch::TensorOptions{}.dtype(torch::kFloat64).requires_grad(true);
    x = torch::randn({images, in.c, in.h, in.w}, real);
    weight = torch::randn({in.c, 1, p.kernel, p.kernel}, real);
    if (has_bias) bias = torch::randn({in.c}, real);
  }
  [[nodiscard]] torch::Tensor by_libtorch() const {
    return torch::conv2d(x, weight, bias, p.stride, p.padding, p.dilation, p.groups);
  }
  [[nodiscard]] std::vector<torch::Tensor> inputs() const {
    return bias.defined() ? std::vector{x, weight, bias} : std::vector{x, weight};
  }
};

bool alike(const torch::Tensor& a, const torch::Tensor& b) {
  return a.sizes() == b.sizes() && torch::allclose(a, b, 1e-9, 1e-9);
}

RC_GTEST_PROP(Convolve, HasTheValuesAndGradientsOfLibTorch, ()) {
  const int kernel = *rc::gen::element(1, 2, 3, 4, 5, 7);
  const int dilation = *rc::gen::inRange(1, 3);
  const int reach = dilation * (kernel - 1) + 1;
  const int padding = *rc::gen::inRange(0, reach);
  const int least = std::max(1, reach - 2 * padding);
  const Shape in{*rc::gen::inRange(2, 6), least + *rc::gen::inRange(0, 6), least + *rc::gen::inRange(0, 6)};
  const Case c{in,
               {.kernel = kernel,
                .stride = *rc::gen::inRange(1, 4),
                .padding = padding,
                .dilation = dilation,
                .groups = in.c},
               *rc::gen::inRange(1, 4),
               *rc::gen::arbitrary<bool>()};
  const torch::Tensor expected = c.by_libtorch();
  const torch::Tensor found = convolve(c.x, c.weight, c.bias, c.p);
  RC_ASSERT(alike(found, expected));
  const torch::Tensor upstream = torch::randn_like(expected);
  const auto expected_gradients = torch::autograd::grad({expected}, c.inputs(), {upstream});
  const auto gradients = torch::autograd::grad({found}, c.inputs(), {upstream});
  for (std::size_t i = 0; i < gradients.size(); ++i) RC_ASSERT(alike(gradients[i], expected_gradients[i]));
}

TEST(Convolve, HasGradientsOfItsGradients) {
  const Case c{{4, 9, 8}, {.kernel = 5, .stride = 2, .groups = 4}, 2, true};
  const auto second = [&](const torch::Tensor& y) {
    const auto first = torch::autograd::grad({y.pow(3).sum()}, {c.x, c.weight}, {}, true, /*create_graph=*/true);
    return torch::autograd::grad({first[0].pow(2).sum() + first[1].pow(2).sum()}, {c.x, c.weight});
  };
  const auto expected = second(c.by_libtorch());
  const auto found = second(convolve(c.x, c.weight, c.bias, c.p));
  for (std::size_t i = 0; i < 2; ++i) EXPECT_TRUE(alike(found[i], expected[i]));
}

TEST(Convolve, LeavesOutWhatNeedsNoGradient) {
  const Case c{{4, 9, 9}, {.kernel = 7, .groups = 4}, 2, false};
  const torch::Tensor images = c.x.detach();
  convolve(images, c.weight, {}, c.p).sum().backward();
  EXPECT_TRUE(c.weight.grad().defined());
  EXPECT_FALSE(images.grad().defined());
  EXPECT_FALSE(convolve(c.x.detach(), c.weight.detach(), {}, c.p).requires_grad());
}

}  // namespace depthwise_test
}  // namespace hwnas
