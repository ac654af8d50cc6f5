// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Supernet, Subnet and load: names, slices, errors, files; each kind of primitive against LibTorch by hand.
#include <cmath>
#include <functional>
#include <sstream>

#include <gtest/gtest.h>

#include "hwnas/nn/torch.hpp"
#include "hwnas/nn/walked_layout.hpp"

#include "networks.hpp"
#include "spaces.hpp"

namespace hwnas {
namespace network_test {

namespace F = torch::nn::functional;
using spaces::OnImages;
using torch::Tensor;

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

/// Runs one operator as a network on images of 12 x 12 and gives what `by_hand` computes from the same weights.
template <class Op>
void expect_equal(Shape in, const std::function<Tensor(Tensor, FixedNetwork&)>& by_hand) {
  torch::manual_seed(3);
  Subnet<Input<Op, Shape{8, 12, 12}>> net{{}};
  ASSERT_EQ(net.plan().in, in);
  net.eval();
  const Tensor images = images_of(in, 3);
  const Tensor copy = images.clone();
  const Tensor found = net.forward(images);
  const Tensor expected = by_hand(images, net);
  EXPECT_TRUE(torch::equal(images, copy)) << "the images were written over";
  ASSERT_EQ(found.sizes(), expected.sizes());
  EXPECT_TRUE(torch::allclose(found, expected, 1e-5, 1e-6)) << (found - expected).abs().max();
}
constexpr Shape on8{8, 12, 12};

Tensor parameter(FixedNetwork& net, const std::string& name) { return net.named_parameters()[name]; }

Tensor norm(FixedNetwork& net, const std::string& name, const Tensor& x) {
  const auto p = net.named_parameters();
  const auto b = net.named_buffers();
  return torch::batch_norm(x, p[name + ".weight"], p[name + ".bias"], b[name + ".running_mean"],
                           b[name + ".running_var"], false, 0.1, 1e-5, false);
}

TEST(Primitive, InvertedResidualWithSqueezeIsWhatThePaperDraws) {
  using Op = MBConv<3, Kernel<5>, SqueezeExcite<4>, Act<HSwish>>;
  expect_equal<Op>(on8, [](const Tensor& x, FixedNetwork& net) {
    const auto conv = [&](const std::string& name) { return parameter(net, name + ".weight"); };
    Tensor y = torch::hardswish(norm(net, "bn0", torch::conv2d(x, conv("conv0"))));
    y = torch::hardswish(norm(net, "bn1", torch::conv2d(y, conv("conv1"), {}, 1, 2, 1, 24)));
    Tensor gate = F::adaptive_avg_pool2d(y, F::AdaptiveAvgPool2dFuncOptions(1));
    gate = torch::relu(torch::conv2d(gate, conv("conv2"), parameter(net, "conv2.bias")));
    gate = torch::hardsigmoid(torch::conv2d(gate, conv("conv3"), parameter(net, "conv3.bias")));
    return x + norm(net, "bn2", torch::conv2d(y * gate, conv("conv4")));
  });
}

TEST(Primitive, ShuffleMixesTheChannelsOfGroups) {
  expect_equal<ChannelShuffle<4>>(on8, [](const Tensor& x, FixedNetwork&) {
    return x.index_select(1, torch::tensor({0, 2, 4, 6, 1, 3, 5, 7}));
  });
}

TEST(Primitive, FactorizedReduceReadsEvenAndOddPixels) {
  expect_equal<darts::FactorizedReduce<Out<6>>>(on8, [](const Tensor& x, FixedNetwork& net) {
    const Tensor y = torch::relu(x);
    const Tensor even = torch::conv2d(y, parameter(net, "conv0.weight"), {}, 2);
    const Tensor odd = torch::conv2d(y.slice(2, 1).slice(3, 1), parameter(net, "conv1.weight"), {}, 2);
    return norm(net, "bn0", torch::cat({even, odd}, 1));
  });
}

TEST(Primitive, DilatedDepthwiseConvolution) {
  expect_equal<darts::DilConv<5>>(on8, [](const Tensor& x, FixedNetwork& net) {
    const Tensor y = torch::conv2d(torch::relu(x), parameter(net, "conv0.weight"), {}, 1, 4, 2, 8);
    return norm(net, "bn0", torch::conv2d(y, parameter(net, "conv1.weight")));
  });
}

TEST(Primitive, ShuffleUnitPassesHalfOfTheChannels) {
  expect_equal<ShuffleBlock<Kernel<3>>>(on8, [](const Tensor& x, FixedNetwork& net) {
    const auto halves = x.chunk(2, 1);
    Tensor y = torch::relu(norm(net, "bn0", torch::conv2d(halves[1], parameter(net, "conv0.weight"))));
    y = norm(net, "bn1", torch::conv2d(y, parameter(net, "conv1.weight"), {}, 1, 1, 1, 4));
    y = torch::relu(norm(net, "bn2", torch::conv2d(y, parameter(net, "conv2.weight"))));
    return torch::cat({halves[0], y}, 1).index_select(1, torch::tensor({0, 4, 1, 5, 2, 6, 3, 7}));
  });
}

TEST(Primitive, AveragePoolingLeavesPaddingOut) {
  expect_equal<AvgPool<>>(on8, [](const Tensor& x, FixedNetwork&) {
    return torch::avg_pool2d(x, 3, 1, 1, false, false);
  });
}
TEST(Primitive, MaximumPooling) {
  expect_equal<MaxPool<Kernel<2>, Stride<2>, Padding<0>>>(
      on8, [](const Tensor& x, FixedNetwork&) { return torch::max_pool2d(x, 2); });
}
TEST(Primitive, ZerosHaveTheStridedShape) {
  expect_equal<Zeros<Stride<2>, Out<4>>>(on8, [](const Tensor&, FixedNetwork&) { return torch::zeros({3, 4, 6, 6}); });
}
TEST(Primitive, FlattenGivesVectorsAndLinearTakesThem) {
  expect_equal<Sequential<Flatten, Linear<5>, ReLU>>(on8, [](const Tensor& x, FixedNetwork& net) {
    return torch::relu(
        torch::linear(x.flatten(1), parameter(net, "1.linear0.weight"), parameter(net, "1.linear0.bias")));
  });
}
TEST(Primitive, ConvolutionAfterFlattenSeesOnePixel) {
  expect_equal<Sequential<GlobalAvgPool, Flatten, Conv<Kernel<1>, Out<3>, Norm<None>, Act<None>>>>(
      on8, [](const Tensor& x, FixedNetwork& net) {
        return torch::conv2d(x.mean({2, 3}, true), parameter(net, "2.conv0.weight"), parameter(net, "2.conv0.bias"));
      });
}

/// Activations one after another: none may be written over what another's gradient still reads.
TEST(Primitive, ActivationsHaveTheGradientsOfLibTorch) {
  using Space = Input<Sequential<Conv<Kernel<1>, Norm<None>, Act<HSwish>>, ReLU, ReLU6, HSwish, HSigmoid, Sigmoid,
                                 Swish, Tanh, Residual<ReLU>, Conv<Kernel<1>, Norm<None>, Act<Tanh>>>,
                      Shape{8, 12, 12}>;
  Subnet<Space> net{{}};
  const Tensor images = images_of(on8).requires_grad_();
  const Tensor copy = images.detach().clone().requires_grad_();
  net.forward(images).square().sum().backward();
  const auto conv = [&](const Tensor& x, const std::string& name) {
    return torch::conv2d(x, parameter(net, name + ".weight"), parameter(net, name + ".bias"));
  };
  Tensor x = torch::hardswish(conv(copy, "0.conv0"));
  x = torch::hardswish(torch::hardtanh(torch::relu(x), 0, 6));
  x = torch::tanh(torch::silu(torch::sigmoid(torch::hardsigmoid(x))));
  torch::tanh(conv(torch::relu(x) + x, "9.conv0")).square().sum().backward();
  EXPECT_TRUE(torch::allclose(images.grad(), copy.grad(), 1e-4, 1e-7));
}

/// A net that has matrix products and softmax: no operator of the library emits them.
TEST(Primitive, MatrixProductAndSoftmax) {
  Net net{Shape{2, 4, 3}};
  const auto input = net.here();
  net.softmax();
  const auto weights = net.here();
  net.at(input).global_pool();
  const auto gate = net.here();
  net.at(weights).scale(gate);
  const auto network = operator_network({2, 4, 3}, net.nodes(), net.here().id);
  const Tensor x = images_of({2, 4, 3});
  EXPECT_TRUE(torch::allclose(network->forward(x), x.softmax(-1) * x.mean({2, 3}, true)));

  Net square{Shape{2, 4, 4}};
  const auto matrix = square.here();
  square.matmul(matrix);
  const Tensor y = images_of({2, 4, 4});
  EXPECT_TRUE(torch::allclose(operator_network({2, 4, 4}, square.nodes(), square.here().id)->forward(y), y.matmul(y)));
}

TEST(OperatorNetwork, RunsTheFragmentsOfASpace) {
  const TrellisLists lists = Compiled<spaces::Cells>::lists();
  for (const Fragment& fragment : lists.fragments) {
    const auto network = operator_network(fragment.in, lists.nodes_of(fragment), fragment.result);
    EXPECT_EQ(shape_of(network->forward(images_of(fragment.in))), fragment.out);
    EXPECT_EQ(parameter_count(*network), params_of(lists, fragment));
  }
}

// --- names -----------------------------------------------------------------------------------------------------------
using Named1 =
    OnImages<Conv<Kernel<3>, Out<4>>, Named<"b.1", LayerChoice<MBConv<2>, Identity, Sequential<Conv1x1, Conv1x1>>>,
             Repeat<Conv1x1, 1, 2>, GlobalAvgPool, Linear<3>>;

TEST(Names, AreThePathInTheType) {
  const Supernet<Named1> supernet;
  EXPECT_EQ(names_of(supernet),
            (std::vector<std::string>{
                "0.conv0.weight",         "0.bn0.weight",         "0.bn0.bias",           "1.b_1.0.conv0.weight",
                "1.b_1.0.bn0.weight",     "1.b_1.0.bn0.bias",     "1.b_1.0.conv1.weight", "1.b_1.0.bn1.weight",
                "1.b_1.0.bn1.bias",       "1.b_1.0.conv2.weight", "1.b_1.0.bn2.weight",   "1.b_1.0.bn2.bias",
                "1.b_1.2.0.conv0.weight", "1.b_1.2.0.bn0.weight", "1.b_1.2.0.bn0.bias",   "1.b_1.2.1.conv0.weight",
                "1.b_1.2.1.bn0.weight",   "1.b_1.2.1.bn0.bias",   "2.0.conv0.weight",     "2.0.bn0.weight",
                "2.0.bn0.bias",           "2.1.conv0.weight",     "2.1.bn0.weight",       "2.1.bn0.bias",
                "4.linear0.weight",       "4.linear0.bias"}));
}

TEST(Names, OfASubnetAreTheSupernets) {
  Architecture<Named1> a;
  a.set("b.1", 1).value();
  EXPECT_EQ(names_of(Subnet<Named1>{a}),
            (std::vector<std::string>{"0.conv0.weight", "0.bn0.weight", "0.bn0.bias", "2.0.conv0.weight",
                                      "2.0.bn0.weight", "2.0.bn0.bias", "4.linear0.weight", "4.linear0.bias"}));
}

TEST(Names, AVariantWithoutTheFirstConvolutionKeepsTheNamesOfTheOthers) {
  using Space = OnImages<Conv<Kernel<3>, Out<4>>, Named<"b", MBConv<one_of<1, 6>>>>;
  const Supernet<Space> supernet;
  const auto all = supernet.named_parameters();
  EXPECT_EQ(all["1.b.conv0.weight"].sizes(), (at::IntArrayRef{24, 4, 1, 1}));
  EXPECT_EQ(all["1.b.conv1.weight"].sizes(), (at::IntArrayRef{24, 1, 3, 3}));
  const Subnet<Space> narrow{{}};
  const auto own = narrow.named_parameters();
  EXPECT_FALSE(own.contains("1.b.conv0.weight"));
  EXPECT_EQ(own["1.b.conv1.weight"].sizes(), (at::IntArrayRef{4, 1, 3, 3}));
  EXPECT_EQ(own["1.b.conv2.weight"].sizes(), (at::IntArrayRef{4, 4, 1, 1}));
}

TEST(Weights, BelongToPlacesWhereALabelStandsTwice) {
  const Supernet<spaces::Shared> supernet;
  const auto all = supernet.named_parameters();
  EXPECT_FALSE(torch::equal(all["1.x.0.conv0.weight"], all["3.x.0.conv0.weight"]));
}

TEST(Weights, OfSmallerKernelsAndWidthsAreTheCentreAndTheFirstChannels) {
  using Space = OnImages<Conv<Kernel<3, 5>, Out<4, 6>>>;
  Supernet<Space> supernet;
  const Subnet<Space> net{{}};
  Subnet<Space> copy{{}};
  load(copy, supernet).value();
  const Tensor whole = supernet.named_parameters()["0.conv0.weight"];
  ASSERT_EQ(whole.sizes(), (at::IntArrayRef{6, 3, 5, 5}));
  EXPECT_TRUE(
      torch::equal(copy.named_parameters()["0.conv0.weight"], whole.slice(0, 0, 4).slice(2, 1, 4).slice(3, 1, 4)));

  load(supernet, net).value();
  const Tensor part = whole.slice(0, 0, 4).slice(2, 1, 4).slice(3, 1, 4);
  EXPECT_TRUE(torch::equal(net.named_parameters()["0.conv0.weight"], part));
  EXPECT_GT(whole.slice(0, 4).abs().sum().item<float>(), 0) << "the rest stays";
}

TEST(Weights, GroupsHaveModulesOfTheirOwn) {
  const Supernet<OnImages<Conv<Kernel<3>, Out<8>>, Conv<Kernel<1>, Groups<1, 2>>>> supernet;
  const auto all = supernet.named_parameters();
  EXPECT_EQ(all["1.conv0.weight"].sizes(), (at::IntArrayRef{8, 8, 1, 1}));
  EXPECT_EQ(all["1.conv1.weight"].sizes(), (at::IntArrayRef{8, 4, 1, 1}));
}

// --- load ------------------------------------------------------------------------------------------------------------
TEST(Load, NamesWhatDoesNotFitAndChangesNothing) {
  using Other = OnImages<Conv<Kernel<3>, Out<5>>, Named<"b.1", LayerChoice<MBConv<2>>>, GlobalAvgPool, Linear<3>>;
  Subnet<Named1> net{{}};
  const Supernet<Other> other;
  const Tensor before = net.named_parameters()["4.linear0.weight"].clone();
  const auto result = load(net, other);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Error::Code::mismatch);
  expect_part(result.error().message, "2.0.conv0.weight (not there)");
  EXPECT_TRUE(torch::equal(net.named_parameters()["4.linear0.weight"], before));

  Subnet<Other> narrower{{}};
  Supernet<Named1> supernet;
  const auto shapes = load(supernet, narrower);
  ASSERT_FALSE(shapes);
  expect_part(shapes.error().message, "0.conv0.weight ([5, 3, 3, 3] against [4, 3, 3, 3])");
}

TEST(Load, CopiesStatisticsToo) {
  Supernet<Named1> supernet;
  static_cast<void>(supernet.forward(images_of({3, 12, 12}, 4), {}));
  Subnet<Named1> net{{}};
  load(net, supernet).value();
  EXPECT_TRUE(torch::equal(net.named_buffers()["0.bn0.running_mean"], supernet.named_buffers()["0.bn0.running_mean"]));
  EXPECT_EQ(net.named_buffers()["0.bn0.num_batches_tracked"].item<int>(), 1);
}

// --- state, seeds, modes ---------------------------------------------------------------------------------------------
TEST(Network, IsSavedAndLoadedByLibTorch) {
  const auto a = std::make_shared<Supernet<Named1>>();
  const auto b = std::make_shared<Supernet<Named1>>();
  std::stringstream file;
  torch::save(a, file);
  auto target = b;
  torch::load(target, file);
  a->eval();
  b->eval();
  const Tensor images = images_of({3, 12, 12});
  EXPECT_TRUE(torch::equal(a->forward(images, {}), b->forward(images, {})));
}

TEST(Network, MovesToAnotherType) {
  Subnet<Named1> net{{}};
  net.to(torch::kFloat64);
  EXPECT_EQ(net.forward(images_of({3, 12, 12}).to(torch::kFloat64)).dtype(), torch::kFloat64);
}

TEST(Network, RefusesImagesOfAnotherShapeInOneSentence) {
  Subnet<Named1> net{{}};
  for (const auto& sizes : std::vector<std::vector<std::int64_t>>{{2, 3, 12, 13}, {2, 1, 12, 12}, {3, 12, 12}}) {
    try {
      static_cast<void>(net.forward(torch::zeros(sizes)));
      FAIL() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code, Error::Code::mismatch);
      expect_part(error.message, "must get a batch of images of (3, 12, 12)");
    }
  }
}

TEST(Network, BatchNormNeedsMoreThanOneValueToTrain) {
  Subnet<OnImages<Conv<Kernel<1>>, GlobalAvgPool, BatchNorm>> net{{}};
  EXPECT_THROW(static_cast<void>(net.forward(images_of({3, 12, 12}, 1))), Error);
  net.eval();
  EXPECT_NO_THROW(static_cast<void>(net.forward(images_of({3, 12, 12}, 1))));
}

TEST(Network, BeginsWithTheSeedsWeights) {
  torch::manual_seed(5);
  const Supernet<Named1> a;
  torch::manual_seed(5);
  const Supernet<Named1> b;
  for (const auto& item : a.named_parameters()) {
    EXPECT_TRUE(torch::equal(item.value(), b.named_parameters()[item.key()])) << item.key();
  }
}

TEST(Network, BeginsWithFanOutVariance) {
  const Subnet<OnImages<Conv<Kernel<3>, Out<256>>, Conv<Kernel<3>, Out<128>>, GlobalAvgPool, Linear<200>>> net{{}};
  const auto all = net.named_parameters();
  EXPECT_NEAR(all["1.conv0.weight"].std().item<double>(), std::sqrt(2.0 / (9 * 128)), 3e-4);  // He et al. 2015, fan-out
  EXPECT_NEAR(all["3.linear0.weight"].std().item<double>(), 0.01, 3e-4);
  EXPECT_EQ(all["1.bn0.weight"].min().item<double>(), 1);
  EXPECT_EQ(all["3.linear0.bias"].abs().max().item<double>(), 0);
}

TEST(Network, TakesBatchNormsNumbers) {
  Supernet<Named1> supernet{{.norm = {.epsilon = 1e-3, .momentum = 0.2}}};
  const auto norms = supernet.path_norms({});
  ASSERT_EQ(norms.size(), 5);
  EXPECT_EQ(norms[0]->options.eps(), 1e-3);
  EXPECT_EQ(norms[0]->options.momentum().value(), 0.2);
}

TEST(Network, AveragesBatchesAlikeWithoutMomentum) {
  Subnet<OnImages<BatchNorm>> net{{}};
  for (const auto& module : net.modules(false)) {
    if (auto* layer = module->as<torch::nn::BatchNorm2dImpl>()) layer->options.momentum(c10::nullopt);
  }
  const Tensor a = images_of({3, 12, 12}, 4);
  const Tensor b = images_of({3, 12, 12}, 4) + 3;
  static_cast<void>(net.forward(a));
  static_cast<void>(net.forward(b));
  EXPECT_TRUE(torch::allclose(net.named_buffers()["0.bn0.running_mean"], (a.mean({0, 2, 3}) + b.mean({0, 2, 3})) / 2,
                              1e-4, 1e-6));
}

TEST(Network, CanBeBuiltFromValuesAtRunTime) {
  const auto layout = walked_layout(program<Named1>);
  const Architecture<Named1> a;
  FixedNetwork net{layout, a.values()};
  Supernet<Named1> supernet;
  load(net, supernet).value();
  net.eval();
  supernet.eval();
  const Tensor images = images_of({3, 12, 12});
  EXPECT_TRUE(torch::equal(net.forward(images), supernet.forward(images, a)));
}

TEST(Network, SaysThatALeafHasNoModule) {
  const Architecture<spaces::Leaves> a;
  EXPECT_THROW((FixedNetwork{walked_layout(program<spaces::Leaves>), a.values()}), Error);
}

}  // namespace network_test
}  // namespace hwnas
