// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: KeepCandidates must keep a candidate of every decision; a mask must not be 0
// expect: mask_keeps_nothing
#include "hwnas/op/conv.hpp"
#include "hwnas/profile/keep_candidates.hpp"

using namespace hwnas;

using Space = Input<Sequential<LayerChoice<Conv1x1, Conv3x3>>, Shape{3, 8, 8}>;
#ifdef HWNAS_COMPILE_FAIL
using Reduced = KeepCandidates<Space, 0x0>;
#else
using Reduced = KeepCandidates<Space, 0x2>;
#endif
[[maybe_unused]] constexpr FlopsProfiler<Reduced> flops;
