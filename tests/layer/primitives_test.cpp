// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Shape rules and costs of the primitives, one rule a test.
#include <gtest/gtest.h>

#include "hwnas/layer/costs.hpp"
#include "hwnas/layer/net.hpp"

namespace hwnas {
namespace primitives_test {

Primitive convolution(Shape in, const layer::ConvolutionOptions& options) {
  Fault fault;
  const Primitive p = layer::Convolution::make(in, options, fault);
  EXPECT_FALSE(fault);
  return p;
}

TEST(Convolution, CostsOutputsTimesWindow) {
  const PrimitiveCosts costs = costs_of(convolution({3, 224, 224}, {.out = 32, .kernel = 3, .stride = 2}));
  EXPECT_EQ(costs.flops, 112 * 112 * 32 * 3 * 9);
  EXPECT_EQ(costs.params, 32 * 3 * 9);
  EXPECT_EQ(costs.nni_extra, 0);
}
TEST(Convolution, BiasIsAParameterAndCountsInNnisWay) {
  const PrimitiveCosts costs = costs_of(convolution({4, 5, 5}, {.out = 6, .bias = true}));
  EXPECT_EQ(costs.flops, 25 * 24);
  EXPECT_EQ(costs.params, 24 + 6);
  EXPECT_EQ(costs.nni_extra, 25 * 6);
}
TEST(Convolution, DepthwiseReadsOneChannel) {
  const Primitive p = convolution({32, 7, 7}, {.kernel = 5, .groups = 32});
  EXPECT_TRUE(p.depthwise());
  EXPECT_EQ(costs_of(p).flops, 49 * 32 * 25);
}
TEST(Convolution, OneChannelIsNotDepthwise) { EXPECT_FALSE(convolution({1, 7, 7}, {.out = 1}).depthwise()); }
TEST(Convolution, OffsetCutsTheTopLeft) {
  // FactorizedReduce's second half: a 1 x 1 convolution of stride 2 over the image without its first row and column.
  EXPECT_EQ(convolution({4, 8, 8}, {.out = 4, .stride = 2, .offset = 1}).out, (Shape{4, 4, 4}));
  EXPECT_EQ(convolution({4, 7, 7}, {.out = 4, .stride = 2, .offset = 1}).out, (Shape{4, 3, 3}));
}
TEST(Convolution, RectanglesKeepTheirSides) {
  EXPECT_EQ(convolution({2, 10, 6}, {.out = 2, .kernel = 3, .stride = 2}).out, (Shape{2, 5, 3}));
}
TEST(Convolution, FaultOfZeroChannels) {
  Fault fault;
  (void)layer::Convolution::make({0, 4, 4}, {.out = 3}, fault);
  EXPECT_EQ(fault.code, FaultCode::channels_must_be_positive);
}
TEST(Convolution, TheFirstFaultIsKept) {
  Fault fault{.code = FaultCode::split_must_divide};
  (void)layer::Convolution::make({4, 4, 4}, {.out = 3, .stride = 0}, fault);
  EXPECT_EQ(fault.code, FaultCode::split_must_divide);
}

TEST(Linear, CostsInTimesOut) {
  Fault fault;
  const PrimitiveCosts costs = costs_of(layer::Linear::make({1280, 1, 1}, {.out = 1000}, fault));
  EXPECT_EQ(costs.flops, 1'280'000);
  EXPECT_EQ(costs.params, 1'281'000);
  EXPECT_EQ(costs.nni_extra, 1000);
}
TEST(MatrixProduct, CostsEveryProduct) {
  Fault fault;
  const Primitive p = layer::MatrixProduct::make({2, 3, 4}, {2, 4, 5}, fault);
  EXPECT_FALSE(fault);
  EXPECT_EQ(p.out, (Shape{2, 3, 5}));
  EXPECT_EQ(costs_of(p).flops, 2 * 3 * 4 * 5);
}
TEST(MatrixProduct, FaultOfSidesThatDoNotFit) {
  Fault fault;
  (void)layer::MatrixProduct::make({2, 3, 4}, {2, 3, 5}, fault);
  EXPECT_EQ(fault.code, FaultCode::operands_differ);
}

TEST(Normalisation, CountsFourAnElementInNnisWay) {
  const PrimitiveCosts costs = costs_of(layer::Normalisation::make({8, 3, 3}, true));
  EXPECT_EQ(costs.flops, 0);
  EXPECT_EQ(costs.params, 16);
  EXPECT_EQ(costs.nni_extra, 4 * 72);
}
TEST(ElementActivation, NnisProfilerKnowsOnlySome) {
  const auto counted = [](Activation a) { return costs_of(layer::ElementActivation::make({8, 3, 3}, a)).nni_extra; };
  for (Activation a : {Activation::relu, Activation::relu6, Activation::sigmoid, Activation::tanh}) {
    EXPECT_EQ(counted(a), 72) << name_of(a);
  }
  for (Activation a : {Activation::hswish, Activation::hsigmoid, Activation::swish}) {
    EXPECT_EQ(counted(a), 0) << name_of(a);
  }
}

TEST(WindowPooling, CostsNothingAndPadsHalfItsKernel) {
  Fault fault;
  const Primitive p = layer::WindowPooling::make({8, 32, 32}, {.kernel = 3, .stride = 2}, fault);
  EXPECT_EQ(p.out, (Shape{8, 16, 16}));
  EXPECT_EQ(costs_of(p), PrimitiveCosts{});
}
TEST(WindowPooling, EqualMaximaCompareEqualWhateverTheyCount) {
  // Padding never wins a maximum, so that flag must not make two kernels of one.
  Fault fault;
  EXPECT_EQ(layer::WindowPooling::make({8, 8, 8}, {.kind = Pooling::max, .count_include_pad = true}, fault),
            layer::WindowPooling::make({8, 8, 8}, {.kind = Pooling::max, .count_include_pad = false}, fault));
}
TEST(WindowPooling, FaultOfAWindowThatDoesNotFit) {
  Fault fault;
  (void)layer::WindowPooling::make({8, 2, 8}, {.kernel = 3, .padding = 0}, fault);
  EXPECT_EQ(fault.code, FaultCode::kernel_exceeds_input);
}
TEST(GlobalPooling, GivesOnePixel) { EXPECT_EQ(layer::GlobalPooling::make({8, 5, 3}).out, (Shape{8, 1, 1})); }

TEST(Movement, SplitShuffleAndFlattenKeepEveryElement) {
  Fault fault;
  EXPECT_EQ(2 * layer::Split::make({8, 3, 3}, 2, fault).out.elements(), 72);
  EXPECT_EQ(layer::Shuffle::make({8, 3, 3}, 4, fault).out, (Shape{8, 3, 3}));
  EXPECT_EQ(layer::Flatten::make({8, 3, 3}).out, (Shape{72, 1, 1}));
  EXPECT_FALSE(fault);
}
TEST(Scale, FaultOfAGateThatIsNoChannelVector) {
  Fault fault;
  (void)layer::Scale::make({8, 3, 3}, {8, 3, 3}, fault);
  EXPECT_EQ(fault.code, FaultCode::operands_differ);
}

TEST(Net, EachCallReadsTheTensorBefore) {
  Net net{{4, 8, 8}};
  net.conv({.out = 6, .kernel = 3}).norm().act(Activation::relu);
  ASSERT_EQ(net.nodes().size(), 3U);
  for (std::size_t i = 1; i < 3; ++i) EXPECT_EQ(net.nodes()[i].inputs[0], net.nodes()[i - 1].output);
  EXPECT_EQ(net.shape(), (Shape{6, 8, 8}));
}
TEST(Net, NoActivationIsNoPrimitive) {
  Net net{{4, 8, 8}};
  net.act(Activation::none);
  EXPECT_TRUE(net.nodes().empty());
}
TEST(Net, SplitMakesTwoTensors) {
  Net net{{4, 8, 8}};
  const auto [kept, worked] = net.split();
  net.at(worked).conv({.out = 3});
  const auto made = net.here();
  net.at(kept).concat(made);
  EXPECT_EQ(net.shape(), (Shape{5, 8, 8}));
  EXPECT_EQ(net.nodes().back().inputs[0], kept.id);
  EXPECT_EQ(net.nodes().back().inputs[1], made.id);
}
TEST(Net, FaultOfAnAddOfTwoShapes) {
  Net net{{4, 8, 8}};
  const auto input = net.here();
  net.conv({.out = 5}).add(input);
  EXPECT_EQ(net.fault().code, FaultCode::operands_differ);
}
TEST(Net, FaultOfAConcatOfTwoSizes) {
  Net net{{4, 8, 8}};
  const auto input = net.here();
  net.conv({.stride = 2}).concat(input);
  EXPECT_EQ(net.fault().code, FaultCode::concat_of_different_sizes);
}

}  // namespace primitives_test
}  // namespace hwnas
