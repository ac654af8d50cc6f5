// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Umbrella of everything that needs no LibTorch: spaces, profilers, predictors, searches.
///        #include <hwnas/core.hpp>
///        using namespace hwnas;
#pragma once

#include "hwnas/op/bottleneck.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/darts.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/fbnet.hpp"
#include "hwnas/op/leaf.hpp"
#include "hwnas/op/mbconv.hpp"
#include "hwnas/op/nasbench201.hpp"
#include "hwnas/op/shuffle_block.hpp"
#include "hwnas/op/squeeze_excite.hpp"

#include "hwnas/space/architecture.hpp"
#include "hwnas/space/compiled.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/space/decisions.hpp"
#include "hwnas/space/enumerate.hpp"

#include "hwnas/profile/cheapest.hpp"
#include "hwnas/profile/conditioned.hpp"
#include "hwnas/profile/constraints.hpp"
#include "hwnas/profile/count_within.hpp"
#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/profile/prune.hpp"

#include "hwnas/latency/command_predictor.hpp"
#include "hwnas/latency/confidence.hpp"
#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/latency/lookup_table.hpp"
#include "hwnas/latency/space_kernels.hpp"

#include "hwnas/search/chain.hpp"
#include "hwnas/search/deduplication.hpp"
#include "hwnas/search/evolution.hpp"
#include "hwnas/search/filter.hpp"
#include "hwnas/search/penalty_losses.hpp"
#include "hwnas/search/random.hpp"

#include "hwnas/experiment/experiment.hpp"
