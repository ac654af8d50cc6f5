// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a Residual must keep the shape of its input; remove the stride or set Out to the input's channels
// expect: residual_changes_shape<
// expect: Stride<2>
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Sequential<Conv3x3, Residual<Conv<Stride<2>>>>;
#else
using Body = Sequential<Conv3x3, Residual<Conv<Stride<1>>>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
