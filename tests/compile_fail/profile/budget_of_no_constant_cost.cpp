// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: Prune must have a budget whose cost the type knows: Flops, Params or Bytes
// expect: budget_of_no_constant_cost
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/prune.hpp"

using namespace hwnas;

using Space = Input<LayerChoice<Conv3x3, Identity>, Shape{3, 32, 32}>;
#ifdef HWNAS_COMPILE_FAIL
[[maybe_unused]] constexpr FlopsProfiler<Prune<Space, 5.0_ms>> flops;
#else
[[maybe_unused]] constexpr FlopsProfiler<Prune<Space, 1_MiB>> flops;
#endif
