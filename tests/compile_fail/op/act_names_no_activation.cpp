// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: Act must name None, ReLU, ReLU6, HSwish, HSigmoid, Sigmoid, Swish or Tanh
// expect: Identity
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Conv<Act<Identity>>;
#else
using Body = Conv<Act<HSwish>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
