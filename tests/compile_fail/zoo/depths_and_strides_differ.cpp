// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: the zoo's Depths and Strides must have one number a stage each
#include "hwnas/profile/profilers.hpp"
#include "hwnas/zoo/fbnet.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Blocks = zoo::Depths<1, 2, 2>;
#else
using Blocks = zoo::Depths<1, 2, 2, 2, 2, 2, 1>;
#endif
using Space = zoo::FbNetSpace<Shape{3, 32, 32}, 10, zoo::FbNetWidths, Blocks>;
[[maybe_unused]] constexpr FlopsProfiler<Space> flops;
