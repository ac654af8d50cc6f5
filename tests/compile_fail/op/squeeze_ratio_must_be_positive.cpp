// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: SqueezeExcite must have a positive ratio, as in SqueezeExcite<4>
// expect: SqueezeExcite<0>
#include "hwnas/op/squeeze_excite.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = SqueezeExcite<0>;
#else
using Body = SqueezeExcite<4>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
