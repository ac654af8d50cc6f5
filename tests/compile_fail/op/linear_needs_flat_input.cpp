// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: Linear must have a flat input (C, 1, 1); put GlobalAvgPool or Flatten before it
// expect: Linear<10>
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Linear<10>;
#else
using Body = Sequential<Flatten, Linear<10>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
