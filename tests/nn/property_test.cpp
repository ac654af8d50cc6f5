// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Over random architectures of every operator and zoo space: the networks are what the tables say.
#include <set>

#include <gtest/gtest.h>

#include "networks.hpp"
#include "spaces.hpp"

namespace nn = hwnas::nn;

template <>
struct hwnas::nn::LeafModule<hwnas::spaces::Shift> : torch::nn::Module {
  explicit LeafModule(hwnas::Shape in) : shift{register_parameter("shift", torch::randn({1, in.c, 1, 1}))} {}
  torch::Tensor forward(const torch::Tensor& images) { return images + shift; }
  torch::Tensor shift;
};
template <>
struct hwnas::nn::LeafModule<hwnas::spaces::Half> : torch::nn::Module {
  explicit LeafModule(hwnas::Shape) {}
  torch::Tensor forward(const torch::Tensor& images) { return torch::max_pool2d(images, 2); }
};

namespace hwnas {
namespace {

template <class Space>
class EveryNetwork : public testing::Test {
 protected:
  static constexpr int draws = 12;

  static void SetUpTestSuite() { torch::manual_seed(1); }

  template <class Check>
  void over_random_architectures(Check&& check) {
    Rng rng{2};
    for (int i = 0; i < draws; ++i) {
      const auto a = Uniform<Space>{}(rng);
      SCOPED_TRACE(fmt::format("{}", a));
      check(a);
    }
  }
};

using Spaces = testing::Types<spaces::Layers, spaces::Elastic, spaces::Shared, spaces::Grouped, spaces::Cells, spaces::Darts,
                              spaces::Resolutions, spaces::Leaves>;
TYPED_TEST_SUITE(EveryNetwork, Spaces);

TYPED_TEST(EveryNetwork, HasTheParametersAndShapesOfTheTable) {
  this->over_random_architectures([](const auto& a) {
    Subnet<TypeParam> net{a};
    EXPECT_EQ(parameter_count(net), ParamsProfiler<TypeParam>{}.profile(a).value());
    const torch::NoGradGuard no_gradients;
    EXPECT_EQ(shape_of(net.forward(images_of(net.plan().in))), net.plan().out);
    EXPECT_EQ(Compiled<TypeParam>::output, net.plan().out);
  });
}

TYPED_TEST(EveryNetwork, EqualsThePathOfTheSupernet) {
  Supernet<TypeParam> supernet;
  this->over_random_architectures([&](const auto& a) {
    // Statistics that are not the initial ones.
    supernet.train();
    static_cast<void>(supernet.forward(images_of(supernet.input_shape(a), 4), a));
    Subnet<TypeParam> net{a};
    load(net, supernet).value();
    supernet.eval();
    net.eval();
    const auto images = images_of(net.plan().in);
    const auto expected = supernet.forward(images, a);
    const auto found = net.forward(images);
    EXPECT_EQ(found.sizes(), expected.sizes());
    EXPECT_TRUE(torch::allclose(found, expected, 1e-5, 1e-6)) << (found - expected).abs().max();
  });
}

TYPED_TEST(EveryNetwork, GradientsReachThePathAlone) {
  Supernet<TypeParam> supernet;
  this->over_random_architectures([&](const auto& a) {
    supernet.zero_grad();
    for (auto& p : supernet.parameters()) p.mutable_grad().reset();
    supernet.forward(images_of(supernet.input_shape(a), 4), a).square().sum().backward();
    std::set<const void*> path;
    for (const auto& p : supernet.path_parameters(a)) path.insert(p.unsafeGetTensorImpl());
    for (const auto& item : supernet.named_parameters()) {
      EXPECT_EQ(item.value().grad().defined(), path.contains(item.value().unsafeGetTensorImpl())) << item.key();
    }
  });
}

TYPED_TEST(EveryNetwork, TrainsAsThePathOfTheSupernetDoes) {
  Supernet<TypeParam> supernet;
  this->over_random_architectures([&](const auto& a) {
    Subnet<TypeParam> net{a};
    load(net, supernet).value();
    for (auto& p : supernet.parameters()) p.mutable_grad().reset();
    const auto images = images_of(net.plan().in, 4);
    supernet.forward(images, a).square().sum().backward();
    net.forward(images).square().sum().backward();
    const auto all = supernet.named_parameters();
    for (const auto& item : net.named_parameters()) {
      if (!item.value().grad().defined()) continue;  // before a Zero
      const auto expected = detail::part_of(all[item.key()].grad(), item.value().sizes());
      EXPECT_TRUE(torch::allclose(item.value().grad(), expected, 1e-3, 1e-4)) << item.key();
    }
    const auto statistics = supernet.named_buffers();
    for (const auto& item : net.named_buffers()) {
      const auto expected = detail::part_of(statistics[item.key()], item.value().sizes());
      EXPECT_TRUE(torch::allclose(item.value().to(torch::kFloat32), expected.to(torch::kFloat32), 1e-4, 1e-5)) << item.key();
    }
  });
}

}  // namespace
}  // namespace hwnas
