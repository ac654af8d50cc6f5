// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: the edges that a node adds up must have the same shape; change Stride or Out of the odd one
// expect: sum_of_different_shapes<
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Sum<Conv3x3, Conv<Kernel<5>, Out<16>>>;
#else
using Body = Sum<Conv3x3, Conv5x5>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
