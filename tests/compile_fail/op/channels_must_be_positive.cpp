// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: an operator must have at least one input and one output channel; change Out
// expect: channels_must_be_positive<
// expect: Out<-8>
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Conv<Out<-8>>;
#else
using Body = Conv<Out<8>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
