// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a CellStack must be made of Cells with Inputs<2>; each is fed by its two predecessors
// expect: cell_needs_two_inputs<
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = CellStack<Cell<Node<From<0, Conv3x3>>>>;
#else
using Body = CellStack<Cell<Inputs<2>, Node<From<0, Conv3x3>, From<1, Conv3x3>>>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
