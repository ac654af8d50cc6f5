// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: tensors that are concatenated must have the same height and width; change the odd one's Stride
// expect: concat_of_different_sizes<
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Cell<Node<From<0, Conv3x3>>, Node<From<1, Conv<Stride<2>>>>, Output<Concat>>;
#else
using Body = Cell<Node<From<0, Conv3x3>>, Node<From<1, Conv3x3>>, Output<Concat>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
