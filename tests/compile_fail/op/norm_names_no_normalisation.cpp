// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: Norm must name BatchNorm or None
// expect: ReLU
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Conv<Norm<ReLU>>;
#else
using Body = Conv<Norm<None>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
