// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: an Experiment's evaluator must have evaluate(architecture, budget) -> Result<Metrics>
#include "hwnas/experiment/experiment.hpp"
#include "hwnas/experiment/memory_store.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/search/random.hpp"

using namespace hwnas;

using Space = Input<Sequential<LayerChoice<Conv1x1, Conv3x3>>, Shape{3, 8, 8}>;
struct Judge {
#ifdef HWNAS_COMPILE_FAIL
  double evaluate(const Architecture<Space>&, const Budget&);
#else
  Result<Metrics> evaluate(const Architecture<Space>&, const Budget&);
#endif
};
using Search = Experiment<Random<Space>, Judge, MemoryStore<Space>>;
[[maybe_unused]] constexpr auto size = sizeof(Search);
