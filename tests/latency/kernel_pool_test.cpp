// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/kernel_pool.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
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

// Edges into the nodes 1, 2 (from 0, 1) and 3 (from 0, 1, 2): nothing, skip, 1x1, 3x3, pooling.
A cell(const std::array<int, 6>& edges) {
  A a;
  for (std::size_t d = 0; d < edges.size(); ++d) a.set(decisions<Space>[d].label, edges[d]).value();
  return a;
}
std::ptrdiff_t count(const A& a, const FusionRules& rules, std::string_view type) {
  const auto texts = running(a, rules);
  return std::count_if(texts.begin(), texts.end(), [&](const std::string& text) { return text.starts_with(type); });
}
constexpr int cells = 4;  // two of each width

TEST(RunningKernels, LeaveOutConstantsWhereTheyAreFolded) {
  const FusionRules folding{.folds_constants = true};
  const A a = cell({0, 1, 1, 1, 2, 0});  // node 3 is the image and a convolution of zeros
  for (const char* op : {"relu ", "conv ", "bn "}) EXPECT_EQ(count(a, {}, op) - count(a, folding, op), cells) << op;
  EXPECT_EQ(count(a, {}, "add "), count(a, folding, "add ")) << "its batch-norm's constant is added";
  const A alive = cell({3, 1, 1, 1, 2, 0});
  EXPECT_EQ(running(alive, folding), running(alive));
  EXPECT_FALSE(running(A{}, folding).empty()) << "the classifier of nothing";
}

TEST(RunningKernels, LeaveOutWhatIsEqualWhereThatRunsOnce) {
  const FusionRules merging{.merges_equals = true};
  const A pools = cell({3, 4, 1, 4, 1, 1});  // two nodes pool the first
  EXPECT_EQ(count(pools, {}, "avgpool ") - count(pools, merging, "avgpool "), cells);
  const A convolutions = cell({3, 3, 3, 3, 3, 3});
  EXPECT_EQ(count(convolutions, {}, "relu ") - count(convolutions, merging, "relu "), 3 * cells);
  EXPECT_EQ(count(convolutions, {}, "conv "), count(convolutions, merging, "conv ")) << "their weights differ";
}

TEST(RunningKernels, AreNeverMoreOrOthersUnderThem) {
  Rng rng{3};
  const Uniform<Space> uniform;
  for (int i = 0; i < 300; ++i) {
    const A a = uniform(rng);
    const auto all = running(a), left = running(a, {.folds_constants = true, .merges_equals = true});
    EXPECT_TRUE(std::includes(all.begin(), all.end(), left.begin(), left.end())) << "network " << i;
  }
}

}  // namespace kernel_pool_test
