// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: Input must have at least one shape, as in Input<Space, Shape{3, 224, 224}>
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Images = Input<Conv3x3>;
#else
using Images = Input<Conv3x3, Shape{3, 32, 32}>;
#endif
static_assert(space_size<Images> == 1);
