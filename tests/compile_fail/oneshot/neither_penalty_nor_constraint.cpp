// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: what follows a search's policy must be a penalty (ExpectationPenalty, SamplePenalty) or a constraint
#include "hwnas/oneshot/sample_penalty.hpp"
#include "hwnas/oneshot/terms.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"

using namespace hwnas;

using Space = Input<LayerChoice<Conv3x3, Identity>, Shape{3, 32, 32}>;
#ifdef HWNAS_COMPILE_FAIL
using Term = FlopsProfiler<Space>;
#else
using Term = HardConstraint<FlopsProfiler<Space>>;
#endif
void check() { require_term<Term>(); }
