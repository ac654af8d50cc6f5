// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a profiler must know the image's shape; wrap the space, as in Input<Space, Shape{3, 224, 224}>
// expect: space_without_input<
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"

using namespace hwnas;

using Space = Sequential<Conv3x3, LayerChoice<Conv3x3, Identity>>;
#ifdef HWNAS_COMPILE_FAIL
using Profiled = Space;
#else
using Profiled = Input<Space, Shape{3, 32, 32}>;
#endif
static_assert(FlopsProfiler<Profiled>{}.range().min < 100_MFLOPs);
