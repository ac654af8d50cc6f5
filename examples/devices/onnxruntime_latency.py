#!/usr/bin/env python3
# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
"""Latency of an ONNX file in ONNX Runtime on the CPU: prints milliseconds. A program for hwnas's device "command".

    scripts/run build_table --device "command:python3 examples/devices/onnxruntime_latency.py --threads {threads} {model}"

Needs the package onnxruntime (scripts/setup --onnxruntime, or pip install onnxruntime). Prints the library's version and the
processor as conditions of the measurement, then the smallest of the timed runs; --statistic median for the median.
"""
import argparse
import platform
import statistics
import sys
import time


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not greater than 0")
    return value


def options():
    parser = argparse.ArgumentParser(description="Latency of an ONNX file in ONNX Runtime on the CPU, in milliseconds.")
    parser.add_argument("model")
    parser.add_argument("--threads", type=positive, default=1)
    parser.add_argument("--batch", type=positive, default=1)
    parser.add_argument("--warmup", type=positive, default=3)
    parser.add_argument("--runs", type=positive, default=30)
    parser.add_argument("--statistic", choices=["minimum", "median"], default="minimum")
    return parser.parse_args()


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            names = [line.partition(": ")[2].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or "unknown"


def session_of(runtime, asked):
    how = runtime.SessionOptions()
    how.intra_op_num_threads = asked.threads
    how.inter_op_num_threads = 1
    how.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_ALL
    how.log_severity_level = 3
    return runtime.InferenceSession(asked.model, how, providers=["CPUExecutionProvider"])


def main():
    asked = options()
    try:
        import numpy
        import onnxruntime
    except ImportError as error:
        sys.exit(f"onnxruntime_latency: {error}; pip install onnxruntime")
    try:
        session = session_of(onnxruntime, asked)
    except Exception as error:  # ONNX Runtime's own exceptions have no common base
        sys.exit(f"onnxruntime_latency: {asked.model}: {str(error).splitlines()[0]}")
    random = numpy.random.default_rng(1)
    inputs = {}
    for tensor in session.get_inputs():
        shape = [size if isinstance(size, int) else asked.batch for size in tensor.shape]
        inputs[tensor.name] = random.standard_normal(shape, dtype=numpy.float32)
    times = []
    for run in range(asked.warmup + asked.runs):
        begin = time.perf_counter()
        session.run(None, inputs)
        if run >= asked.warmup:
            times.append(1000 * (time.perf_counter() - begin))
    print(f"condition library: onnxruntime {onnxruntime.__version__}")
    print(f"condition cpu: {processor()}")
    print(f"{min(times) if asked.statistic == 'minimum' else statistics.median(times):.6f}")


if __name__ == "__main__":
    main()
