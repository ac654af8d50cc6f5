// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: an Experiment's store must be a TrialStore of the strategy's space; take MemoryStore<Space>
#include "hwnas/experiment/experiment.hpp"
#include "hwnas/experiment/memory_store.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/search/random.hpp"

using namespace hwnas;

using Space = Input<Sequential<LayerChoice<Conv1x1, Conv3x3>>, Shape{3, 8, 8}>;
using Other = Input<Sequential<LayerChoice<Conv1x1, Conv5x5>>, Shape{3, 8, 8}>;
#ifdef HWNAS_COMPILE_FAIL
using Store = MemoryStore<Other>;
#else
using Store = MemoryStore<Space>;
#endif
auto score(const Architecture<Space>&) { return 1.0; }
using Search = Experiment<Random<Space>, FunctionEvaluator<decltype(&score)>, Store>;
[[maybe_unused]] constexpr auto size = sizeof(Search);
