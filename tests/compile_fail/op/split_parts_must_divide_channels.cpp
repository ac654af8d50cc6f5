// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a split must divide the channels evenly; give the block an even number of channels
// expect: ShuffleBlock<
#include "hwnas/op/conv.hpp"
#include "hwnas/op/shuffle_block.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Sequential<Conv<Out<7>>, ShuffleBlock<Kernel<3>>>;
#else
using Body = Sequential<Conv<Out<8>>, ShuffleBlock<Kernel<3>>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
