// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a Cell must have at least one Node
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Cell<Inputs<1>>;
#else
using Body = Cell<Node<From<0, Conv3x3>>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
