// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: the profiler is of another space than its AnyProfiler
#include "hwnas/op/conv.hpp"
#include "hwnas/profile/any_profiler.hpp"
#include "hwnas/profile/profilers.hpp"

using namespace hwnas;

using Space = Input<LayerChoice<Conv1x1, Conv3x3>, Shape{3, 8, 8}>;
using Other = Input<LayerChoice<Conv3x3, Conv5x5>, Shape{3, 8, 8}>;
#ifdef HWNAS_COMPILE_FAIL
const AnyProfiler<Space, Flops> flops{FlopsProfiler<Other>{}};
#else
const AnyProfiler<Space, Flops> flops{FlopsProfiler<Space>{}};
#endif
