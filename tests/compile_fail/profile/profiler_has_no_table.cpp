// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a profiler without a table cannot give ranges, expectations, counts or exact draws; use one whose
// expect: profiler_has_no_table<
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/profile/count_within.hpp"

using namespace hwnas;

using Space = Input<LayerChoice<Conv3x3, Identity>, Shape{3, 32, 32}>;

struct BlackBox {
  using space = Space;
  using unit = Flops;
  [[nodiscard]] Flops profile(const Architecture<Space>&) const { return 7_FLOPs; }
};
static_assert(Profiler<BlackBox, Space> && !TableProfilerType<BlackBox>);

#ifdef HWNAS_COMPILE_FAIL
using Counted = BlackBox;
#else
using Counted = FlopsProfiler<Space>;
#endif
[[maybe_unused]] const auto all = count_within(Counted{}, 0_FLOPs, Flops::max());
