// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: the shapes of one Input must differ in height, which is how files name the resolution
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Images = Input<Conv3x3, Shape{3, 32, 32}, Shape{3, 32, 64}>;
#else
using Images = Input<Conv3x3, Shape{3, 32, 32}, Shape{3, 64, 64}>;
#endif
static_assert(space_size<Images> == 2);
