// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a label must not be empty, all digits, or contain '/'; these belong to automatic labels
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Named<"", LayerChoice<Conv3x3, Identity>>;
#else
using Body = Named<"b12", LayerChoice<Conv3x3, Identity>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
