#!/usr/bin/env python3
# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
"""The peer's formulas beside ours: AdaProxy as its notebook solves it, and by a general solver.

Usage: benchmarks/one_proxy/peer/formulas.py LATENCY.csv [SAMPLES] [SEEDS]        needs numpy

For every ordered pair of devices of a NAS-Bench-201 table: Spearman's rank correlation on all other architectures of
  proxy      the proxy's latencies as they are
  notebook   weights of the proxy by a plain pseudo-inverse: null directions keep weights of 1e8, so that the penalised
             correction is free and the result is least squares from scratch
  adaproxy   min over a, b, c of (1/n) ||X (w o (a + b)) + c - y||^2 + lambda ||b|| by proximal gradient steps, w by a
             rank-revealing solve, lambda by the rank correlation on 10 further samples (Lu et al. 2021)
"""
import csv
import re
import sys

import numpy as np

OPERATORS = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"]


def read(path):
    rows = list(csv.reader(open(path, newline="")))
    arch = rows[0].index("arch")
    cells = [[OPERATORS.index(token.split("~")[0]) for token in re.findall(r"[^|+]+", row[arch])] for row in rows[1:]]
    latency = np.array([[float(x) if x else np.nan for x in row[arch + 1:]] for row in rows[1:]])
    one_hot = np.concatenate([np.eye(5)[np.array(cells)[:, edge]] for edge in range(6)], axis=1)
    return rows[0][arch + 1:], np.c_[one_hot, np.ones(len(cells))], latency


def ranks(values):
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[inverse]


def spearman(a, b):
    return np.corrcoef(ranks(a), ranks(b))[0, 1]


def adaproxy(x, w, y, penalty, steps=3000):
    """Accelerated proximal gradient; returns a function of rows."""
    n, p = x.shape
    m = np.c_[x * w, x @ w, np.ones(n)]
    lipschitz = 2 / n * np.linalg.norm(m, 2) ** 2
    v = ahead = np.zeros(p + 2)
    momentum = 1.0
    for _ in range(steps):
        new = ahead - 2 / n / lipschitz * (m.T @ (m @ ahead - y))
        norm = np.linalg.norm(new[:p])
        new[:p] *= max(0.0, 1 - penalty / lipschitz / norm) if norm > 0 else 0.0
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead, v, momentum = new + (momentum - 1) / following * (new - v), new, following
    return lambda rows: np.c_[rows * w, rows @ w, np.ones(len(rows))] @ v


def one_pair(x, proxy, target, samples, seed):
    ok = np.flatnonzero(~np.isnan(proxy) & ~np.isnan(target))
    order = np.random.RandomState(seed).permutation(ok)
    train, held, rest = order[:samples], order[samples:samples + 10], order[samples + 10:]
    w = np.linalg.lstsq(x[ok], proxy[ok], rcond=1e-10)[0]
    u, s, vt = np.linalg.svd(x[train], full_matrices=False)
    inverse = np.where(s > 1e-10 * s[0], 1 / np.maximum(s, 1e-300), 0)
    notebook = x @ (vt.T @ (inverse * (u.T @ target[train])))
    m = x[train] * w
    largest = 2 / samples * np.linalg.norm(m.T @ (target[train] - target[train].mean()))
    fits = [adaproxy(x[train], w, target[train], largest * share)(x) for share in np.logspace(-4, 0, 9)]
    best = max(fits, key=lambda f: np.nan_to_num(spearman(f[held], target[held]), nan=-1))
    return [spearman(f[rest], target[rest]) for f in (proxy, notebook, best)]


def main():
    if not 2 <= len(sys.argv) <= 4:
        print(__doc__)
        return 2
    devices, x, latency = read(sys.argv[1])
    samples, seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 20, int(sys.argv[3]) if len(sys.argv) > 3 else 1
    scores = [one_pair(x, latency[:, p], latency[:, t], samples, seed)
              for p in range(len(devices)) for t in range(len(devices)) if p != t for seed in range(seeds)]
    for name, value in zip(("proxy", "notebook", "adaproxy"), np.mean(scores, axis=0)):
        print(f"{name:10s} {value:.3f}   ({samples} + 10 measurements, {len(scores)} runs)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
