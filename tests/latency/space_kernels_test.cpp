// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/space_kernels.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"

namespace space_kernels_test {

using namespace hwnas;
using Space = Input<Sequential<Conv<Kernel<3>, Out<8>>, LayerChoice<Conv<Kernel<1>>, Conv<Kernel<3>>, Identity>,
                               Residual<MBConv<2, SqueezeExcite<4>>>, GlobalAvgPool, Flatten, Linear<10>>,
                    Shape{3, 8, 8}>;

// conv3-8, bn8, relu8; conv8-8 of 1 and 3; MBConv: conv8-16, bn16, relu16 (relu6), dwconv, se, conv16-8; add, pooling, linear.
static_assert(distinct_kernels<Space>.size() == 14);
static_assert(distinct_primitives<Space>.size() > distinct_kernels<Space>.size());

TEST(DistinctKernels, AreThoseOfTheTrellisWithoutRules) {
  const auto kernels = kernel_trellis<Space>({}).value().kernels;
  std::multiset<std::string> run, known;
  for (const KernelKey& k : kernels) run.insert(k.type());
  for (const UnfusedKernel& k : distinct_kernels<Space>) known.emplace(name_of(k.op));
  EXPECT_EQ(run, known);
}

}  // namespace space_kernels_test
