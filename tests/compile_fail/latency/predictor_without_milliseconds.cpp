// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a latency predictor must have a key type and predict(key) -> Result<Milliseconds>
#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/op/conv.hpp"

using namespace hwnas;

using Space = Input<Sequential<LayerChoice<Conv1x1, Conv3x3>>, Shape{3, 8, 8}>;
struct Guess {
  using key = OperatorKey;
#ifdef HWNAS_COMPILE_FAIL
  double predict(const key&) const { return 1; }
#else
  Result<Milliseconds> predict(const key&) const { return 1_ms; }
#endif
};
auto made() { return LatencyProfiler<Space, Guess>::make(Guess{}); }
