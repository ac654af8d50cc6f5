// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a Cell's edge must read an earlier source (0 is the cell's input, then its nodes in order);
// expect: InputChoice<3
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = CellStack<Cell<Inputs<2>, Node<InputChoice<3, Conv3x3>>>>;
#else
using Body = CellStack<Cell<Inputs<2>, Node<InputChoice<2, Conv3x3>>>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
