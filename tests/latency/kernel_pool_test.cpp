// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/kernel_pool.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/latency/kernel_trellis.hpp"
#include "hwnas/zoo/nasbench201.hpp"

namespace kernel_pool_test {

using namespace hwnas;
using Space = zoo::NasBench201Space<Shape{3, 8, 8}, 10, zoo::Widths<4, 8>, 2>;
using A = Architecture<Space>;

std::vector<std::string> running(const A& a, const FusionRules& rules = {}) {
  std::vector<std::string> texts;
  for (const KernelKey& kernel : running_kernels(kernel_graph(a), rules)) texts.push_back(kernel.text());
  std::sort(texts.begin(), texts.end());
  return texts;
}

// Nothing of the image arrives: batch-norm of zeros, ReLU, pooling and the classifier are left.
TEST(RunningKernels, AreFewWhereNothingIsConnected) {
  const auto texts = running(A{});
  ASSERT_EQ(texts.size(), 4U) << texts.front();
  EXPECT_TRUE(std::any_of(texts.begin(), texts.end(), [](const std::string& t) { return t.starts_with("fc "); }));
  EXPECT_FALSE(std::any_of(texts.begin(), texts.end(), [](const std::string& t) { return t.starts_with("conv "); }));
}

// Where all is connected, they are what the device runs.
TEST(RunningKernels, AreAllKernelsWhereNothingIsDead) {
  A a;
  for (const Decision& d : decisions<Space>) a.set(d.label, 3).value();  // 3x3 convolutions everywhere
  const auto all = detected_kernels(a, FusionRules{});
  const auto runs = std::count_if(all.begin(), all.end(), [](const DetectedKernel& k) {
    return std::any_of(k.kernel.ops.begin(), k.kernel.ops.end(), [](KernelOp op) { return op != KernelOp::none; });
  });
  EXPECT_EQ(static_cast<std::ptrdiff_t>(running(a).size()), runs);
}

}  // namespace kernel_pool_test
