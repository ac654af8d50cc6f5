// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a strategy that samples architectures and learns from their rewards cannot use an ExpectationPenalty
// expect: use SamplePenalty
#include "hwnas/oneshot/enas.hpp"
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/learned_search.hpp"
#include "hwnas/oneshot/sample_penalty.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"

using namespace hwnas;

using Space = Input<LayerChoice<Conv3x3, Identity>, Shape{3, 32, 32}>;
#ifdef HWNAS_COMPILE_FAIL
using Term = ExpectationPenalty<FlopsProfiler<Space>, AddLinear>;
#else
using Term = SamplePenalty<FlopsProfiler<Space>, AddLinear>;
#endif
void check(const Term& term) { LearnedSearch<Space, Enas, Term> search{Enas{}, term}; }
