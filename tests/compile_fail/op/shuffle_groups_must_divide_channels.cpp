// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a channel shuffle's groups must divide the channels; change Groups or the channels before it
// expect: ChannelShuffle<3>
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = ChannelShuffle<3>;
#else
using Body = ChannelShuffle<4>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
