// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a Cell with several Inputs must stand in a CellStack, which feeds it; elsewhere it has one
// expect: inputs_without_stack<
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Sequential<Cell<Inputs<2>, Node<From<0, Conv3x3>, From<1, Conv3x3>>>>;
#else
using Body = CellStack<Cell<Inputs<2>, Node<From<0, Conv3x3>, From<1, Conv3x3>>>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
