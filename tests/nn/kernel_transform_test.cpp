// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Smaller kernels that learned matrices make of larger ones.
#include "hwnas/nn/kernel_transform.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/networks.hpp"
#include "nn/spaces.hpp"

namespace hwnas {
namespace kernel_transform_test {

using spaces::Head;
using spaces::OnImages;
using torch::Tensor;

// Elastic kernels of a depthwise and of an ordinary convolution, with elastic widths; the last stands at the root.
using Block = MBConv<one_of<2, 3>, Kernel<3, 5, 7>, Act<HSwish>>;
using Space = OnImages<Conv<Kernel<3>, Out<6, 8>>, Named<"b", Block>, Named<"c", Conv<Kernel<1, 2, 4>, Out<8>>>, Head>;
const NetworkOptions transformed{.smaller_kernels = SmallerKernels::transformed};

std::vector<std::string> matrices_of(const torch::nn::Module& module) {
  std::vector<std::string> found;
  for (const std::string& name : names_of(module)) {
    if (name.find("to") != std::string::npos) found.push_back(name);
  }
  return found;
}
/// Matrices that are no identity.
void disturb(Supernet<Space>& supernet) {
  const torch::NoGradGuard no_gradients;
  for (const auto& item : supernet.named_parameters()) {
    if (item.key().find("to") == std::string::npos) continue;
    Tensor matrix = item.value();
    matrix.add_(torch::randn_like(matrix), 0.3);
  }
}
Architecture<Space> with_kernel(int index) {
  Architecture<Space> a;
  a.set("b/kernel", index).value();
  a.set("b/expand", 1).value();
  return a;
}
double output_of(Supernet<Space>& supernet, const Architecture<Space>& a) {
  supernet.eval();
  return supernet.forward(torch::ones({1, 3, 12, 12}), a).sum().item<double>();
}

TEST(KernelTransform, IsAParameterOfEachStepBetweenSizes) {
  const Supernet<Space> supernet{transformed};
  EXPECT_EQ(matrices_of(supernet), (std::vector<std::string>{"1.b.conv1_7to5", "1.b.conv1_5to3", "2.c.conv0_4to2",
                                                             "2.c.conv0_2to1"}));
  EXPECT_EQ(supernet.named_parameters()["1.b.conv1_7to5"].sizes(), (std::vector<std::int64_t>{25, 25}));
  EXPECT_EQ(supernet.named_parameters()["1.b.conv1_5to3"].sizes(), (std::vector<std::int64_t>{9, 9}));
  EXPECT_TRUE(matrices_of(Supernet<Space>{}).empty());
  EXPECT_TRUE(matrices_of(Subnet<Space>{with_kernel(2), transformed}).empty());
}

TEST(KernelTransform, BeginsAsTheCentre) {
  torch::manual_seed(1);
  Supernet<Space> plain;
  torch::manual_seed(1);
  Supernet<Space> supernet{transformed};
  plain.eval();
  supernet.eval();
  Rng rng{2};
  for (int i = 0; i < 20; ++i) {
    const auto a = Uniform<Space>{}(rng);
    const Tensor images = images_of(plain.input_shape(a));
    EXPECT_TRUE(torch::equal(supernet.forward(images, a), plain.forward(images, a))) << fmt::format("{}", a);
  }
  // Whatever the sizes: chains of even and odd kernels, too.
  const Tensor whole = torch::randn({6, 4, 4, 4});
  const List<KernelTransform> chain{{.to = 3, .offset = 0, .matrix = torch::eye(9)},
                                    {.to = 2, .offset = 1, .matrix = torch::eye(4)}};
  for (const int kernel : {2, 3, 4}) {
    EXPECT_TRUE(torch::equal(kernel_from(whole, chain, 5, 3, kernel), detail::centre(whole, 5, 3, kernel))) << kernel;
  }
}

// Written out as in the official code: y[o][i][r] = sum over c of M[r][c] x[o][i][c], one size after another.
TEST(KernelTransform, MultipliesTheFlattenedCentre) {
  const Tensor whole = torch::randn({2, 1, 7, 7}), to5 = torch::randn({25, 25}), to3 = torch::randn({9, 9});
  const List<KernelTransform> chain{{.to = 5, .offset = 1, .matrix = to5}, {.to = 3, .offset = 1, .matrix = to3}};
  const auto apply = [](const Tensor& matrix, const Tensor& from, int size, int channel) {
    const Tensor made = torch::zeros({size, size});
    for (int r = 0; r < size * size; ++r) {
      double sum = 0;
      for (int c = 0; c < size * size; ++c) {
        sum += matrix[r][c].item<double>() * from[channel][0][1 + c / size][1 + c % size].item<double>();
      }
      made[r / size][r % size] = sum;
    }
    return made;
  };
  const Tensor five = torch::stack({apply(to5, whole, 5, 0), apply(to5, whole, 5, 1)}).unsqueeze(1);
  EXPECT_TRUE(torch::allclose(kernel_from(whole, chain, 2, 1, 5), five, 1e-4, 1e-5));
  const Tensor three = torch::stack({apply(to3, five, 3, 0), apply(to3, five, 3, 1)}).unsqueeze(1);
  EXPECT_TRUE(torch::allclose(kernel_from(whole, chain, 2, 1, 3), three, 1e-4, 1e-5));
}

TEST(KernelTransform, GetsGradientsWhereTheKernelIsSmaller) {
  Supernet<Space> supernet{transformed};
  for (const int index : {0, 1, 2}) {  // kernels 3, 5, 7
    for (auto& p : supernet.parameters()) p.mutable_grad().reset();
    const auto a = with_kernel(index);
    supernet.forward(images_of(supernet.input_shape(a), 4), a).square().sum().backward();
    const auto all = supernet.named_parameters();
    const Tensor to5 = all["1.b.conv1_7to5"].grad(), to3 = all["1.b.conv1_5to3"].grad();
    EXPECT_EQ(to5.defined(), index < 2);
    EXPECT_EQ(to3.defined(), index < 1);
    for (const Tensor& gradient : {to5, to3}) {
      EXPECT_TRUE(!gradient.defined() || gradient.abs().sum().item<double>() > 0);
    }
    std::size_t with_gradient = 0;
    for (const auto& p : supernet.parameters()) with_gradient += p.grad().defined() ? 1 : 0;
    EXPECT_EQ(supernet.path_parameters(a).size(), with_gradient);
  }
}

TEST(KernelTransform, SubnetsLoadTheKernelThatComesOut) {
  torch::manual_seed(3);
  Supernet<Space> supernet{transformed};
  disturb(supernet);
  supernet.eval();
  Rng rng{4};
  for (int i = 0; i < 20; ++i) {
    const auto a = Uniform<Space>{}(rng);
    Subnet<Space> net{a};
    load(net, supernet).value();
    net.eval();
    const Tensor images = images_of(net.plan().in);
    EXPECT_TRUE(torch::allclose(net.forward(images), supernet.forward(images, a), 1e-5, 1e-6)) << fmt::format("{}", a);
  }
}

TEST(KernelTransform, CannotBeUndone) {
  Supernet<Space> supernet{transformed};
  Subnet<Space> small{with_kernel(0)};
  const auto written = load(supernet, small);
  ASSERT_FALSE(written.has_value());
  EXPECT_NE(written.error().message.find("1.b.conv1.weight (learned matrices make it of a larger kernel)"),
            std::string::npos)
      << written.error().message;
  auto largest = with_kernel(2);
  largest.set("c", 2).value();
  EXPECT_TRUE(load(supernet, Subnet<Space>{largest}).has_value());
}

TEST(KernelTransform, IsCopiedBetweenSupernetsAndNeverLost) {
  torch::manual_seed(5);
  Supernet<Space> from{transformed}, to{transformed}, plain;
  disturb(from);
  load(to, from).value();
  EXPECT_EQ(output_of(to, with_kernel(0)), output_of(from, with_kernel(0)));
  EXPECT_FALSE(load(plain, from).has_value());
  EXPECT_FALSE(load(to, plain).has_value());
}

}  // namespace kernel_transform_test
}  // namespace hwnas
