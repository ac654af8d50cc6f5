// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: an operator's Groups must divide its input and output channels; change Groups or Out
// expect: groups_must_divide_channels<
// expect: Conv<
// expect: Groups<3>
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Sequential<Conv3x3, Conv<Groups<3>>>;
#else
using Body = Sequential<Conv3x3, Conv<Groups<4>>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
