// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: budgets that are combined must be about one space; give every profiler the same space
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/profile/count_within.hpp"

using namespace hwnas;

using Space = Input<LayerChoice<Conv3x3, Identity>, Shape{3, 32, 32}>;
#ifdef HWNAS_COMPILE_FAIL
using Other = Input<LayerChoice<Conv5x5, Identity>, Shape{3, 32, 32}>;
#else
using Other = Space;
#endif
[[maybe_unused]] const auto bounds = count_within(Within{FlopsProfiler<Space>{}, 0_FLOPs, 9_MFLOPs},
                                                  Within{ParamsProfiler<Other>{}, 0_params, 9_Mparams});
