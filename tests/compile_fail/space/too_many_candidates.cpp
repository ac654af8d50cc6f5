// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a decision must have at most 256 candidates; nest it
// expect: too_many_candidates<
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = Repeat<Conv<Kernel<1>>, 0, 256>;
#else
using Body = Repeat<Conv<Kernel<1>>, 0, 255>;
#endif
static_assert(decisions<Input<Body, Shape{8, 16, 16}>>.size() == 1);
