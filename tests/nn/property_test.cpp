// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Over random architectures of every operator and zoo space: the networks are what the tables say.
#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "hwnas/zoo/darts.hpp"
#include "hwnas/zoo/fbnet.hpp"
#include "hwnas/zoo/nasbench201.hpp"
#include "hwnas/zoo/networks.hpp"
#include "hwnas/zoo/once_for_all.hpp"
#include "hwnas/zoo/small.hpp"

#include "networks.hpp"
#include "spaces.hpp"

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
namespace property_test {

template <class Space>
void over_random_architectures(int draws, const std::function<void(const Architecture<Space>&)>& check) {
  torch::manual_seed(1);
  Rng rng{2};
  for (int i = 0; i < draws; ++i) {
    const auto a = Uniform<Space>{}(rng);
    SCOPED_TRACE(fmt::format("{}", a));
    check(a);
  }
}

template <class Space>
void expect_what_the_table_says(const Architecture<Space>& a) {
  Subnet<Space> net{a};
  EXPECT_EQ(parameter_count(net), ParamsProfiler<Space>{}.profile(a).value());
  const torch::NoGradGuard no_gradients;
  net.eval();
  EXPECT_EQ(shape_of(net.forward(images_of(net.plan().in, 1))), net.plan().out);
  EXPECT_EQ(Compiled<Space>::output, net.plan().out);
}

/// The zoo as it is published, on its own images.
template <class Space>
class ZooNetwork : public testing::Test {};
using Zoo = testing::Types<zoo::ProxylessNas, zoo::SposShuffleNetV2, zoo::FbNet, zoo::NasBench201, zoo::MobileNetV3Ofa,
                           zoo::Darts, zoo::MobileNetV2, zoo::MobileNetV3Large, zoo::ShuffleNetV2>;
TYPED_TEST_SUITE(ZooNetwork, Zoo);

TYPED_TEST(ZooNetwork, HasTheParametersAndShapesOfTheTable) {
  over_random_architectures<TypeParam>(3, expect_what_the_table_says<TypeParam>);
}

/// Small spaces with every node and operator, and the zoo on small images.
template <class Space>
class EveryNetwork : public testing::Test {
 protected:
  static constexpr int draws = 8;
};
using Spaces = testing::Types<
    spaces::Layers, spaces::Elastic, spaces::Shared, spaces::Grouped, spaces::Cells, spaces::Darts, spaces::Resolutions,
    spaces::Leaves, zoo::small::Spos, zoo::small::ProxylessNas,
    zoo::NasBench201Space<Shape{3, 12, 12}, 10, zoo::Widths<4, 8, 16>, 2>, zoo::DartsSpace<Shape{3, 16, 16}, 10, 4, 5>,
    zoo::DartsSpace<Shape{3, 16, 16}, 10, 4, 4, zoo::DartsCells<zoo::DartsNone::candidate, Affine<false>>>,
    zoo::FbNetSpace<Shape{3, 32, 32}, 10, zoo::Widths<8, 8, 8, 16, 24>, zoo::Depths<1, 2, 2>, zoo::Strides<1, 2, 2>>,
    zoo::MobileNetV3OfaSpace<Shape{3, 32, 32}, 10, zoo::Widths<8, 8, 8, 8, 16, 16, 24, 48, 64>>>;
TYPED_TEST_SUITE(EveryNetwork, Spaces);

TYPED_TEST(EveryNetwork, HasTheParametersAndShapesOfTheTable) {
  over_random_architectures<TypeParam>(this->draws, expect_what_the_table_says<TypeParam>);
}

TYPED_TEST(EveryNetwork, EqualsThePathOfTheSupernet) {
  Supernet<TypeParam> supernet;
  over_random_architectures<TypeParam>(this->draws, [&](const auto& a) {
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
  over_random_architectures<TypeParam>(this->draws, [&](const auto& a) {
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
  over_random_architectures<TypeParam>(this->draws, [&](const auto& a) {
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
      EXPECT_TRUE(torch::allclose(item.value().to(torch::kFloat32), expected.to(torch::kFloat32), 1e-4, 1e-5))
          << item.key();
    }
  });
}

}  // namespace property_test
}  // namespace hwnas
