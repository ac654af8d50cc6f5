// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/measure/peak_memory.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/nn/subnet.hpp"

namespace peak_memory_test {

using namespace hwnas;

TEST(AllocationCounter, CountsWhatThisThreadAllocatesAndFrees) {
  const auto counter = std::make_shared<AllocationCounter>();
  {
    const c10::DebugInfoGuard guard{c10::DebugInfoKind::PROFILER_STATE, counter};
    const torch::Tensor kept = torch::empty({1000});
    static_cast<void>(torch::empty({500}));
    static_cast<void>(torch::empty({300}));
    EXPECT_EQ(counter->live(), Bytes{4000});
  }
  const torch::Tensor outside = torch::empty({10'000});
  EXPECT_EQ(counter->peak(), Bytes{6000});
}

struct Closeness {
  double lowest = 1e9, highest = 0;
};
// Measured by predicted, over random networks.
template <class Space>
Closeness closeness(int networks, int batch = 1) {
  Closeness result;
  Rng rng{7};
  for (int i = 0; i < networks; ++i) {
    const auto a = Uniform<Space>{}(rng);
    Subnet<Space> net{a};
    const auto measured = static_cast<double>(measure_peak_memory(net, batch).value().value());
    const double ratio = measured / static_cast<double>(MemoryProfiler<Space>{}.profile(a).value() * batch);
    result.lowest = std::min(result.lowest, ratio);
    result.highest = std::max(result.highest, ratio);
  }
  fmt::print("measured / predicted: {:.4f} to {:.4f}\n", result.lowest, result.highest);
  return result;
}

// Nothing but the network's own tensors; a sum of one tensor with itself holds it once, where the prediction has it twice.
using Pool = LayerChoice<AvgPool<>, AvgPool<Kernel<5>>, Identity>;
using Pooled = Input<Sequential<Named<"a", Pool>, Residual<Pool>, Named<"b", Pool>, GlobalAvgPool, Flatten, Linear<4>>,
                     Shape{16, 24, 24}>;
TEST(PeakMemory, IsThePredictionWhereOnlyTensorsOfTheNetworkAreMade) {
  const Closeness found = closeness<Pooled>(10);
  EXPECT_GE(found.lowest, 0.66);
  EXPECT_GT(found.highest, 0.99);
  EXPECT_LT(found.highest, 1.01);
}

// LibTorch's own workspace comes on top. The bounds are wide: which algorithm it takes depends on its build and the machine.
using Normed = LayerChoice<Conv<Kernel<3>, Out<8, 16, 32>>, MBConv<one_of<3, 6>, Out<16>>>;
using Convolutions =
    Input<Sequential<Named<"a", AnyShape<Normed>>, Named<"b", AnyShape<Normed>>, GlobalAvgPool, Flatten, Linear<4>>,
          Shape{3, 24, 24}>;
TEST(PeakMemory, OfTinyConvolutionsIsMoreByTheirWorkspace) {
  const Closeness one = closeness<Convolutions>(20);
  EXPECT_GT(one.lowest, 0.99);
  EXPECT_LT(one.highest, 10);  // 1.44 to 8.2
  const Closeness eight = closeness<Convolutions>(20, 8);
  EXPECT_GT(eight.lowest, 0.99);
  EXPECT_LT(eight.highest, 3);  // 1.43 to 2.28
}

}  // namespace peak_memory_test
