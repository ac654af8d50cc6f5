// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: one label must always name the same list of candidates; rename one of the two nodes
// expect: label_has_two_candidate_lists<
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Sequential<Named<"x", LayerChoice<Conv3x3, Identity>>, Named<"x", LayerChoice<Conv3x3, Conv5x5, Identity>>>;
#else
using Body = Sequential<Named<"x", LayerChoice<Conv3x3, Identity>>, Named<"y", LayerChoice<Conv3x3, Conv5x5, Identity>>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
