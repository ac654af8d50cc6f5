// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: an operator's Stride must be positive
// expect: stride_must_be_positive<
// expect: Stride<0>
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Conv<Stride<0>>;
#else
using Body = Conv<Stride<2>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
