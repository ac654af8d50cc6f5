// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: Prune's budget must allow at least one architecture of the space
// expect: budget_allows_nothing
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/prune.hpp"

using namespace hwnas;

using Space = Input<LayerChoice<Conv3x3, Conv5x5>, Shape{3, 32, 32}>;
#ifdef HWNAS_COMPILE_FAIL
using Small = Prune<Space, 10_kFLOPs>;
#else
using Small = Prune<Space, 100_kFLOPs>;
#endif
[[maybe_unused]] constexpr FlopsProfiler<Small> flops;
