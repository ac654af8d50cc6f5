// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: FairNas must run as many paths a step as the least common multiple of the candidates' counts
#include "hwnas/oneshot/fairnas.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/nodes.hpp"

using namespace hwnas;

using Three = LayerChoice<Conv3x3, Conv5x5, Identity>;
using Five = LayerChoice<Conv3x3, Conv5x5, Conv<Kernel<7>>, Conv<Kernel<9>>, Identity>;
using Seven = LayerChoice<Conv3x3, Conv5x5, Conv<Kernel<7>>, Conv<Kernel<9>>, Conv<Kernel<11>>, Conv<Kernel<13>>, Identity>;
#ifdef HWNAS_COMPILE_FAIL
using Third = Seven;  // 105 paths a step
#else
using Third = Five;
#endif
constexpr int paths = FairNas<Input<Sequential<Three, Five, Third>, Shape{3, 8, 8}>>::paths;
