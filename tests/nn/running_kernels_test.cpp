// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The kernels that a predictor sums are those that the network runs: dead branches are left out by both alike.
#include <array>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/latency/kernel_pool.hpp"
#include "hwnas/latency/kernel_trellis.hpp"
#include "hwnas/nn/graph.hpp"
#include "hwnas/nn/space_layout.hpp"
#include "hwnas/zoo/nasbench201.hpp"
#include "hwnas/zoo/small.hpp"

namespace running_kernels_test {

using namespace hwnas;

using Counts = std::array<int, static_cast<std::size_t>(kernel_ops)>;
int& of(Counts& counts, KernelOp op) { return counts[static_cast<std::size_t>(op)]; }

template <class Space> Counts predicted(const Architecture<Space>& a) {
  Counts counts{};
  for (const KernelKey& kernel : running_kernels(kernel_graph(a), FusionRules{})) {
    for (const KernelOp op : kernel.ops) ++of(counts, op);
  }
  of(counts, KernelOp::none) = 0;
  return counts;
}
template <class Space> Counts run(const Architecture<Space>& a) {
  Counts counts{};
  for (const Operation& operation : graph_of(*space_layout<Space>(), a.values()).operations) {
    ++of(counts, kernel_op(operation.primitive));
  }
  of(counts, KernelOp::none) = 0;
  return counts;
}

template <class Space> void expect_alike(int draws) {
  Rng rng{11};
  const Uniform<Space> uniform;
  for (int i = 0; i < draws; ++i) {
    const auto a = uniform(rng);
    ASSERT_EQ(predicted(a), run(a)) << "network " << i;
  }
}

TEST(RunningKernels, AreThoseOfTheNetwork) {
  expect_alike<zoo::NasBench201Space<Shape{3, 8, 8}, 10, zoo::Widths<4, 8>, 2>>(2000);
  expect_alike<zoo::small::Spos>(200);
  expect_alike<zoo::small::ProxylessNas>(200);
}

}  // namespace running_kernels_test
