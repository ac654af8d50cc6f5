// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: Named must stand on something that decides; this node has no decision: remove the name, or give
// expect: nothing_to_name<
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Named<"x", Conv<Kernel<3>>>;
#else
using Body = Named<"x", Conv<Kernel<3, 5>>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
