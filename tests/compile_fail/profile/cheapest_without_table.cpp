// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a profiler without a table cannot give ranges, expectations, counts or exact draws; use one whose
// expect: profiler_has_no_table<
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/profile/cheapest.hpp"

using namespace hwnas;

using Space = Input<LayerChoice<Conv3x3, Identity>, Shape{3, 32, 32}>;

struct BlackBox {
  using space = Space;
  using unit = Flops;
  [[nodiscard]] Flops profile(const Architecture<Space>&) const { return 7_FLOPs; }
};

#ifdef HWNAS_COMPILE_FAIL
using Asked = BlackBox;
#else
using Asked = FlopsProfiler<Space>;
#endif
[[maybe_unused]] const auto best = cheapest(Asked{}, 1);
