// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: an operator's kernel must not be larger than its padded input; use a smaller Kernel, more
// expect: kernel_exceeds_input<
// expect: Kernel<5>
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Conv<Kernel<5>, Padding<0>>;
#else
using Body = Conv<Kernel<5>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 4, 4}>> > 0);
