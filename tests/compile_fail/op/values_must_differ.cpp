// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: an option's values must differ: files tell its candidates apart by them
// expect: Kernel<3, 5, 3>
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Conv<Kernel<3, 5, 3>>;
#else
using Body = Conv<Kernel<3, 5>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
