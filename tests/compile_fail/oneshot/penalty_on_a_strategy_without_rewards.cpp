// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: this strategy has no reward that a penalty could lower
#include "hwnas/oneshot/sample_penalty.hpp"
#include "hwnas/oneshot/terms.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"

using namespace hwnas;

using Space = Input<LayerChoice<Conv3x3, Identity>, Shape{3, 32, 32}>;
struct Strategy {
  using space = Space;
#ifndef HWNAS_COMPILE_FAIL
  template <class P> void penalise(const P&) {}
#endif
};
using Term = SamplePenalty<FlopsProfiler<Space>, AddLinear>;
void check(Strategy& strategy, const Term& term) { give_term(strategy, term); }
