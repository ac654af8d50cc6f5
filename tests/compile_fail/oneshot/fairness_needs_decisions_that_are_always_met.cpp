// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: FairNas must have decisions that every architecture meets
#include "hwnas/oneshot/fairnas.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Inner = LayerChoice<LayerChoice<Conv3x3, Conv5x5>, Identity>;
#else
using Inner = LayerChoice<Conv3x3, Conv5x5, Identity>;
#endif
constexpr int paths = FairNas<Input<Inner, Shape{3, 8, 8}>>::paths;
