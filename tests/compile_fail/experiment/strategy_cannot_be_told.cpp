// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: an Experiment's strategy must have ask(rng) and tell(a, metrics)
#include "hwnas/experiment/experiment.hpp"
#include "hwnas/experiment/memory_store.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/search/random.hpp"

using namespace hwnas;

using Space = Input<Sequential<LayerChoice<Conv1x1, Conv3x3>>, Shape{3, 8, 8}>;
struct Deaf {
  using space = Space;
#ifdef HWNAS_COMPILE_FAIL
  std::optional<Architecture<Space>> ask(Rng&);
#else
  std::optional<Architecture<Space>> ask(Rng& rng) { return draw.ask(rng); }
  void tell(const Architecture<Space>&, const Metrics&) {}
  Random<Space> draw;
#endif
};
auto score(const Architecture<Space>&) { return 1.0; }
using Search = Experiment<Deaf, FunctionEvaluator<decltype(&score)>, MemoryStore<Space>>;
[[maybe_unused]] constexpr auto size = sizeof(Search);
