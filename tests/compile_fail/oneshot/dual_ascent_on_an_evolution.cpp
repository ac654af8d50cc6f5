// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: DualAscent cannot be the formula of a penalty on evolution
// expect: use HardConstraint
#include "hwnas/oneshot/sample_penalty.hpp"
#include "hwnas/oneshot/terms.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"

using namespace hwnas;

using Space = Input<LayerChoice<Conv3x3, Identity>, Shape{3, 32, 32}>;
struct Evolving {
  using space = Space;
  static constexpr bool differentiable = false;
  template <class P> void penalise(const P&) { require_penalises_scores<Evolving, P>(); }
};
#ifdef HWNAS_COMPILE_FAIL
using Formula = DualAscent;
#else
using Formula = AbsoluteReward;
#endif
void check(Evolving& strategy, const SamplePenalty<FlopsProfiler<Space>, Formula>& term) { give_term(strategy, term); }
