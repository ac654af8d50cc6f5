// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a LayerChoice must have at least one candidate; add one, or Identity for 'nothing'
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Sequential<Conv3x3, LayerChoice<>>;
#else
using Body = Sequential<Conv3x3, LayerChoice<Identity>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
