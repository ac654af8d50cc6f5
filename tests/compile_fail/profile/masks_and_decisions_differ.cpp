// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: KeepCandidates must be given one mask for each decision of the space
// expect: masks_and_decisions_differ
#include "hwnas/op/conv.hpp"
#include "hwnas/profile/keep_candidates.hpp"

using namespace hwnas;

using Choice = LayerChoice<Conv1x1, Conv3x3>;
using Space = Input<Sequential<Choice, Choice>, Shape{3, 8, 8}>;
#ifdef HWNAS_COMPILE_FAIL
using Reduced = KeepCandidates<Space, 0x1>;
#else
using Reduced = KeepCandidates<Space, 0x1, 0x3>;
#endif
[[maybe_unused]] constexpr FlopsProfiler<Reduced> flops;
