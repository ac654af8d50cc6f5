// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Two hundred decisions compile within the compilers' default limits, in a trellis of two hundred states.
#include "hwnas/core.hpp"

namespace growth_static_test {

using namespace hwnas;

using Block = LayerChoice<Conv1x1, Identity>;
template <int Count>
using Long = Input<Repeat<Block, Count>, Shape{4, 8, 8}>;

static_assert(decisions<Long<200>>.size() == 200);
static_assert(Compiled<Long<200>>::shape().states.size() == 200);
static_assert(Compiled<Long<200>>::shape().edges.size() == 1 + 2 * 200);
static_assert(FlopsProfiler<Long<200>>{}.range().max == Flops{200 * 4 * 4 * 64});

// States grow with the length, whatever may be repeated.
static_assert(Compiled<Long<40>>::shape().states.size() == 2 * Compiled<Long<20>>::shape().states.size());

}  // namespace growth_static_test
