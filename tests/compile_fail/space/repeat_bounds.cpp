// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: Repeat<Block, Min, Max> must have 0 <= Min <= Max and 0 < Max
// expect: bad_depth<
// expect: 3, 1>
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Repeat<Conv3x3, 3, 1>;
#else
using Body = Repeat<Conv3x3, 1, 3>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
