// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: an operator's arguments must be options such as Kernel<3>, Stride<2>, Out<32> or Act<ReLU>
// expect: as_option<
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Conv<Identity>;
#else
using Body = Conv<Kernel<3>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
