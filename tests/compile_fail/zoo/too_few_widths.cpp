// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: the zoo's Widths must have a number for each stage, the stem and the head
#include "hwnas/profile/profilers.hpp"
#include "hwnas/zoo/fbnet.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Channels = zoo::Widths<16, 16, 24>;
#else
using Channels = zoo::FbNetWidths;
#endif
using Space = zoo::FbNetSpace<Shape{3, 32, 32}, 10, Channels>;
[[maybe_unused]] constexpr FlopsProfiler<Space> flops;
