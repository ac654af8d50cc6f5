#!/usr/bin/env python3
# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
"""The peer's side of `scripts/run oneshot`: what a step of NNI 3.0's Proxyless costs on the same supernet.

Usage: benchmarks/oneshot/peer/nni_proxyless.py [PAIRS]      needs torch, nni==3.0 and what it asks for

The space is hwnas's zoo::ProxylessNasSpace<Shape{3, 64, 64}, 10>: 21 blocks, each one of six inverted residuals or, where
the shape stays, nothing; batch 32, one thread. After each of NNI's steps (one of the architecture, one of the weights), a
plain training step of a path drawn from the same space, in the same process; processor time; the first two pairs are left
out. There is no hardware term on this side: its expectation fails on a candidate that does nothing. Rows as in the
program's table.
"""
import logging
import statistics
import sys
import time
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import pytorch_lightning as lightning  # noqa: E402
import torch  # noqa: E402
from nni.nas.evaluator.pytorch import Classification, DataLoader  # noqa: E402
from nni.nas.experiment import NasExperiment  # noqa: E402
from nni.nas.hub.pytorch.proxylessnas import ConvBNReLU, DepthwiseSeparableConv, InvertedResidual  # noqa: E402
from nni.nas.nn.pytorch import LayerChoice, ModelSpace, MutableLinear  # noqa: E402
from nni.nas.strategy import Proxyless, RandomOneShot  # noqa: E402
from torch import nn  # noqa: E402
from torch.utils.data import TensorDataset  # noqa: E402

SIDE, BATCH, CLASSES = 64, 32, 10
WIDTHS, STRIDES, DEPTHS = [24, 40, 80, 96, 192, 320], [2, 2, 2, 1, 2, 1], [4, 4, 4, 4, 4, 1]
KINDS = [(expansion, kernel) for kernel in (3, 5, 7) for expansion in (3, 6)]


def places():
    """Channels before and after, and stride, of each block that decides."""
    before = 16
    for width, stride, depth in zip(WIDTHS, STRIDES, DEPTHS):
        for i in range(depth):
            yield before, width, stride if i == 0 else 1
            before = width


def candidates(before, after, stride):
    blocks = [InvertedResidual(before, after, expansion, kernel, stride) for expansion, kernel in KINDS]
    return blocks + [nn.Identity()] if stride == 1 and before == after else blocks


class Network(nn.Module):
    """One path: the index of each block's candidate."""

    def __init__(self, path):
        super().__init__()
        blocks = [candidates(*place)[i] for place, i in zip(places(), path)]
        self.body = nn.Sequential(ConvBNReLU(3, 32, stride=2), DepthwiseSeparableConv(32, 16, kernel_size=3), *blocks,
                                  ConvBNReLU(320, 1280, kernel_size=1), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                                  nn.Linear(1280, CLASSES))

    def forward(self, x):
        return self.body(x)


class Space(ModelSpace):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(ConvBNReLU(3, 32, stride=2), DepthwiseSeparableConv(32, 16, kernel_size=3))
        self.blocks = nn.Sequential(*[LayerChoice(candidates(*place), label=f"block{i}")
                                      for i, place in enumerate(places(), 1)])
        self.head = ConvBNReLU(320, 1280, kernel_size=1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = MutableLinear(1280, CLASSES)

    def forward(self, x):
        x = self.pool(self.head(self.blocks(self.stem(x))))
        return self.classifier(x.view(x.size(0), -1))


class Pairs(lightning.Callback):
    """Times NNI's steps, and a plain one after each."""

    def __init__(self, generator):
        self.generator, self.theirs, self.plain = generator, [], []

    def on_train_batch_start(self, *_):
        self.begin = time.process_time()

    def on_train_batch_end(self, *_):
        self.theirs.append(time.process_time() - self.begin)
        path = [int(torch.randint(len(candidates(*place)), (1,), generator=self.generator)) for place in places()]
        network = Network(path).train()
        optimiser = torch.optim.SGD(network.parameters(), 0.05, momentum=0.9, nesterov=True, weight_decay=4e-5)
        images, labels = torch.randn(BATCH, 3, SIDE, SIDE), torch.randint(0, CLASSES, (BATCH,))
        nn.functional.cross_entropy(network(images), labels).backward()  # its memory is there from now on
        begin = time.process_time()
        optimiser.zero_grad()
        nn.functional.cross_entropy(network(images), labels).backward()
        optimiser.step()
        self.plain.append(time.process_time() - begin)


def measure(name, strategy, space, pairs):
    data = TensorDataset(torch.randn(BATCH * (pairs + 2), 3, SIDE, SIDE), torch.randint(0, CLASSES, (BATCH * (pairs + 2),)))
    times = Pairs(torch.Generator().manual_seed(1))
    loader = DataLoader(data, batch_size=BATCH)
    evaluator = Classification(train_dataloaders=loader, val_dataloaders=loader, num_classes=CLASSES, max_epochs=1,
                               callbacks=[times], enable_progress_bar=False, enable_checkpointing=False, logger=False,
                               accelerator="cpu")
    NasExperiment(space, evaluator, strategy).run()
    theirs, plain = times.theirs[2:], times.plain[2:]
    ratio = statistics.median(theirs) / statistics.median(plain)
    print(f"{name:<58} {1e3 * statistics.median(theirs):>9.2f} {1e3 * statistics.median(plain):>9.2f}   {ratio:.3f}", flush=True)


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    torch.set_num_threads(1)
    torch.manual_seed(1)
    label = f"NNI 3.0, {SIDE} x {SIDE}, batch {BATCH}, "
    measure(label + "Proxyless's whole step / one path", Proxyless(), Space(), pairs)
    measure(label + "RandomOneShot's step / one path", RandomOneShot(), Space(), pairs)


if __name__ == "__main__":
    main()
