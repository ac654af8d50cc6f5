// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a penalty must be about the space that is searched; give its profiler the same space
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/sample_penalty.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"

using namespace hwnas;

using Space = Input<LayerChoice<Conv3x3, Identity>, Shape{3, 32, 32}>;
struct Sampling {
  using space = Space;
  static constexpr bool differentiable = false;
};
using Other = Input<LayerChoice<Conv5x5, Identity>, Shape{3, 32, 32}>;
#ifdef HWNAS_COMPILE_FAIL
using Term = SamplePenalty<FlopsProfiler<Other>, AddLinear>;
#else
using Term = SamplePenalty<FlopsProfiler<Space>, AddLinear>;
#endif
void check() { require_penalty_fits<Sampling, Term>(); }
