// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: Prune can look into Input, Sequential, LayerChoice, AnyShape, Named, Repeat, Residual and Sum only
// expect: prune_cannot_look_into
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/prune.hpp"

using namespace hwnas;

using Choice = LayerChoice<Conv3x3, Identity>;
#ifdef HWNAS_COMPILE_FAIL
using Inner = Cell<Node<From<0, Choice>>, Node<From<0, Choice>, From<1, Choice>>>;
#else
using Inner = Sum<Choice, Choice>;
#endif
[[maybe_unused]] constexpr FlopsProfiler<Prune<Input<Inner, Shape{3, 32, 32}>, 100_MFLOPs>> flops;
