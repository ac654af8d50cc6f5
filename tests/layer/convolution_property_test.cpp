// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Random convolutions and poolings: shapes and costs against counting every position.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "hwnas/layer/costs.hpp"
#include "hwnas/layer/net.hpp"

namespace hwnas {
namespace convolution_property_test {

// Places at which a window stands, counted one by one.
int positions(int size, int kernel, int stride, int padding, int dilation) {
  int count = 0;
  for (int at = -padding; at + dilation * (kernel - 1) < size + padding; at += stride) ++count;
  return count;
}
struct Window {
  int kernel, stride, padding, dilation;
};
Window any_window() {
  return {*rc::gen::inRange(1, 8), *rc::gen::inRange(1, 4), *rc::gen::inRange(0, 4), *rc::gen::inRange(1, 4)};
}
Shape any_image() { return {1, *rc::gen::inRange(1, 30), *rc::gen::inRange(1, 30)}; }

TEST(WindowedSize, CountsThePlacesOfAWindow) {
  EXPECT_TRUE(rc::check([] {
    const Window w = any_window();
    const int size = any_image().h;
    RC_ASSERT(layer::windowed_size(size, w.kernel, w.stride, w.padding, w.dilation) ==
              positions(size, w.kernel, w.stride, w.padding, w.dilation));
  }));
}
TEST(WindowedSize, DefaultPaddingOfOddKernelsKeepsTheSize) {
  EXPECT_TRUE(rc::check([] {
    const int size = any_image().h;
    const int kernel = 2 * *rc::gen::inRange(0, 5) + 1;
    const int dilation = *rc::gen::inRange(1, 4);
    RC_ASSERT(layer::windowed_size(size, kernel, 1, kernel / 2 * dilation, dilation) == size);
  }));
}
TEST(WindowedSize, DefaultPaddingDividesTheSizeByTheStrideRoundingUp) {
  EXPECT_TRUE(rc::check([] {
    const int size = any_image().h;
    const int kernel = 2 * *rc::gen::inRange(0, 5) + 1;
    const int stride = *rc::gen::inRange(1, 5);
    RC_ASSERT(layer::windowed_size(size, kernel, stride, kernel / 2, 1) == (size + stride - 1) / stride);
  }));
}
TEST(Convolution, EitherIsWholeOrFaulty) {
  EXPECT_TRUE(rc::check([] {
    const Window w = any_window();
    Shape in = any_image();
    in.c = *rc::gen::inRange(1, 13);
    const int groups = *rc::gen::inRange(1, 5);
    const int out = *rc::gen::inRange(1, 13);
    Fault fault;
    const Primitive p = layer::Convolution::make(in,
                                                 {.out = out,
                                                  .kernel = w.kernel,
                                                  .stride = w.stride,
                                                  .padding = w.padding,
                                                  .dilation = w.dilation,
                                                  .groups = groups},
                                                 fault);
    const bool fits = p.out.h > 0 && p.out.w > 0;
    const bool divides = in.c % groups == 0 && out % groups == 0;
    RC_ASSERT(static_cast<bool>(fault) == !(fits && divides));
    if (fault) return;
    RC_ASSERT(costs_of(p).params == std::int64_t{out} * (in.c / groups) * w.kernel * w.kernel);
    RC_ASSERT(costs_of(p).flops == costs_of(p).params * positions(in.h, w.kernel, w.stride, w.padding, w.dilation) *
                                       positions(in.w, w.kernel, w.stride, w.padding, w.dilation));
  }));
}
TEST(Convolution, GroupsCostThatManyTimesLess) {
  EXPECT_TRUE(rc::check([] {
    const int groups = *rc::gen::inRange(1, 9);
    const Shape in{groups * *rc::gen::inRange(1, 5), *rc::gen::inRange(1, 20), *rc::gen::inRange(1, 20)};
    const int out = groups * *rc::gen::inRange(1, 5);
    Fault fault;
    const auto costs = [&](int g) {
      return costs_of(layer::Convolution::make(in, {.out = out, .kernel = 3, .groups = g}, fault));
    };
    RC_ASSERT(costs(1).flops == groups * costs(groups).flops);
    RC_ASSERT(costs(1).params == groups * costs(groups).params);
    RC_ASSERT(!fault);
  }));
}
TEST(WindowPooling, HasTheShapeOfADepthwiseConvolution) {
  EXPECT_TRUE(rc::check([] {
    const Window w = any_window();
    Shape in = any_image();
    in.c = *rc::gen::inRange(1, 9);
    Fault of_pooling;
    Fault of_convolution;
    const Primitive pooling =
        layer::WindowPooling::make(in, {.kernel = w.kernel, .stride = w.stride, .padding = w.padding}, of_pooling);
    const Primitive convolution = layer::Convolution::make(
        in, {.kernel = w.kernel, .stride = w.stride, .padding = w.padding, .groups = in.c}, of_convolution);
    RC_ASSERT(pooling.out == convolution.out);
    RC_ASSERT(of_pooling.code == of_convolution.code);
  }));
}

}  // namespace convolution_property_test
}  // namespace hwnas
