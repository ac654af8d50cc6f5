// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The profilers of this room obey the laws of profilers; a black box those that it can.
#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "laws/profiler_laws.hpp"

namespace profiler_laws_test {

using namespace hwnas;
using Space =
    Input<Sequential<Conv<Kernel<3>, Out<8>>, Repeat<LayerChoice<Conv3x3, MBConv<3, Kernel<3, 5>>, Identity>, 1, 4>,
                     Conv<Out<8, 16>>, GlobalAvgPool, Flatten, Linear<10>>,
          Shape{3, 12, 12}, Shape{3, 16, 16}>;

TEST(FlopsProfiler, ObeysTheLaws) { laws::table_profiler_laws(FlopsProfiler<Space>{}); }
TEST(FlopsProfiler, ObeysTheLawsCountingAsNniDoes) { laws::table_profiler_laws(FlopsProfiler<Space, counting::nni>{}); }
TEST(ParamsProfiler, ObeysTheLaws) { laws::table_profiler_laws(ParamsProfiler<Space>{}); }
TEST(MemoryProfiler, ObeysTheLaws) { laws::table_profiler_laws(MemoryProfiler<Space>{}); }

struct DepthProfiler {
  using unit = Milliseconds;
  [[nodiscard]] Milliseconds profile(const Architecture<Space>& a) const {
    return Milliseconds{static_cast<double>(a.choice("1/depth").value())};
  }
};
TEST(BlackBoxProfiler, ObeysTheLaws) { laws::profiler_laws<Space>(DepthProfiler{}); }

}  // namespace profiler_laws_test
