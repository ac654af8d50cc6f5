// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Umbrella of multi-trial search: every strategy and middleware, and the exact answers to compare them with.
///        #include <hwnas/search.hpp>       // beside <hwnas/core.hpp>, which has the most common ones; 0.4 s more
///        Not here: oneshot/policy_based_rl.hpp (LibTorch).
#pragma once

#include "hwnas/profile/best_within.hpp"
#include "hwnas/profile/pareto_front.hpp"
#include "hwnas/profile/quality_table.hpp"

#include "hwnas/search/asha.hpp"
#include "hwnas/search/chain.hpp"
#include "hwnas/search/deduplication.hpp"
#include "hwnas/search/evolution.hpp"
#include "hwnas/search/failure_handler.hpp"
#include "hwnas/search/feasible.hpp"
#include "hwnas/search/filter.hpp"
#include "hwnas/search/grid.hpp"
#include "hwnas/search/latency_filter.hpp"
#include "hwnas/search/local.hpp"
#include "hwnas/search/median_stop.hpp"
#include "hwnas/search/multiple_evaluation.hpp"
#include "hwnas/search/nsga2.hpp"
#include "hwnas/search/random.hpp"
#include "hwnas/search/regularized_evolution.hpp"
#include "hwnas/search/sort.hpp"
#include "hwnas/search/tpe.hpp"
