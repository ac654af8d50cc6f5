// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a strategy that learns by gradients cannot use a SamplePenalty, which has none
// expect: ExpectationPenalty
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/sample_penalty.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"

using namespace hwnas;

using Space = Input<LayerChoice<Conv3x3, Identity>, Shape{3, 32, 32}>;
struct Differentiable {
  using space = Space;
  static constexpr bool differentiable = true;
};
#ifdef HWNAS_COMPILE_FAIL
using Term = SamplePenalty<FlopsProfiler<Space>, AddLinear>;
#else
using Term = ExpectationPenalty<FlopsProfiler<Space>, AddLinear>;
#endif
void check() { require_penalty_fits<Differentiable, Term>(); }
