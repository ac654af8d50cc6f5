#!/usr/bin/env python3
# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
"""The peer's side of `scripts/run search curve`: NNI 3.0's Random with a FLOPs filter and an engine that does nothing.

Usage: benchmarks/search/peer/nni_filter.py [BUDGET_MFLOPS ...]     needs torch, nni==3.0 and what it asks for

For every budget on its ProxylessNAS space (default: met by about all, a half, a tenth and a hundredth of ours): how many
samples a second are drawn and filtered, and how many of them are accepted; each for at most 20 s or 200 accepted.
"""
import logging
import sys
import time
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import torch  # noqa: E402
from nni.nas.evaluator import FunctionalEvaluator  # noqa: E402
from nni.nas.execution import SequentialExecutionEngine  # noqa: E402
from nni.nas.execution.event import FinalMetricEvent, TrainingEndEvent  # noqa: E402
from nni.nas.hub.pytorch import ProxylessNAS  # noqa: E402
from nni.nas.profiler.pytorch.flops import FlopsProfiler  # noqa: E402
from nni.nas.space import ModelStatus, SimplifiedModelSpace  # noqa: E402
from nni.nas.strategy import Random  # noqa: E402
from nni.nas.strategy.middleware import Chain, Filter  # noqa: E402

ACCEPTED, SECONDS = 200, 20


class NullEngine(SequentialExecutionEngine):
    """Answers at once, so that what is measured is the strategy."""

    def _run_single_model(self, model):
        model.status = ModelStatus.Training
        self.dispatch_model_event(FinalMetricEvent(model, 0.5))
        self.dispatch_model_event(TrainingEndEvent(model, ModelStatus.Trained))


def measure(space, profiler, budget):
    counts = {"drawn": 0, "accepted": 0}
    begin = time.perf_counter()

    def inside(model):
        counts["drawn"] += 1
        accepted = profiler.profile(model.sample) <= budget
        counts["accepted"] += accepted
        # Out of time: what is let through only ends the run.
        return accepted or time.perf_counter() - begin > SECONDS

    model_space = SimplifiedModelSpace.from_model(space, FunctionalEvaluator(lambda model: 0.5))
    strategy = Chain(Random(seed=0), Filter(inside, patience=10**9, retain_history=False))
    engine = NullEngine(max_model_count=ACCEPTED)
    strategy.initialize(model_space, engine)
    strategy.run()
    elapsed = time.perf_counter() - begin
    return counts["drawn"] / elapsed, counts["accepted"] / elapsed


def main():
    torch.set_num_threads(1)
    budgets = [float(x) for x in sys.argv[1:]] or [607, 374, 324, 284]
    space = ProxylessNAS()
    profiler = FlopsProfiler(space, torch.randn(1, 3, 224, 224))
    print(f"{'budget':>16} {'drawn/s':>8} {'accepted/s':>10}")
    for budget in budgets:
        drawn, accepted = measure(space, profiler, budget * 1e6)
        print(f"{budget:>9.0f} MFLOPs {drawn:>8.0f} {accepted:>10.1f}", flush=True)


if __name__ == "__main__":
    main()
