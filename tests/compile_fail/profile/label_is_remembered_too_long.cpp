// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a label that is met again later must not be remembered over so many other decisions; share
// expect: label_is_remembered_too_long<
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"

using namespace hwnas;

// Widths that are met again decide the shapes in between: every one of them has to be remembered.
template <class Width>
using Wide = Conv<Kernel<1>, Width>;
using Widths = Out<2, 4, 6, 8>;
using Forward = Sequential<Named<"a", Wide<Widths>>, Named<"b", Wide<Widths>>, Named<"c", Wide<Widths>>,
                           Named<"d", Wide<Widths>>, Named<"e", Wide<Widths>>, Named<"f", Wide<Widths>>,
                           Named<"g", Wide<Widths>>, Named<"h", Wide<Widths>>>;
using Space = Input<Sequential<Forward, Forward>, Shape{3, 8, 8}>;

#ifdef HWNAS_COMPILE_FAIL
static_assert(FlopsProfiler<Space>{}.range().min > 0_FLOPs);
#else
static_assert(FlopsProfiler<Space>{}.profile(Architecture<Space>{}) > 0_FLOPs);
#endif
