// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: no shape formula for this operator; derive it from Operator<...> and give it a build()
// expect: is_no_operator<int>
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Sequential<Conv3x3, int>;
#else
using Body = Sequential<Conv3x3, Identity>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
