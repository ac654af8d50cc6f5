// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: overflow
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Repeat<LayerChoice<Conv1x1, Conv3x3, Conv5x5, Conv7x7>, 65>;  // 4^65 = 2^130
#else
using Body = Repeat<LayerChoice<Conv1x1, Conv3x3, Conv5x5, Conv7x7>, 60>;
#endif
static_assert(space_size<Input<Body, Shape{1, 4, 4}>> > 0);
