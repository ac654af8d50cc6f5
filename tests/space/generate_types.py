#!/usr/bin/env python3
# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
"""Writes random_types.hpp: small random spaces for the comparison with brute force. Always the same ones.

Usage: tests/space/generate_types.py > tests/space/random_types.hpp
"""
import random

SPACES = 64
MOST = 1200  # upper bound of a space's architectures, so that brute force stays quick
LABELS = "abcdefgh"


class Part:
    """A node's spelling, an upper bound of its architectures, and whether it keeps the shape."""

    def __init__(self, text, count=1):
        self.text, self.count = text, count


class Generator:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.shared = {}  # label -> Part, to be met again anywhere

    def pick(self, *options):
        return self.r.choice(options)

    # ---- operators that keep the shape, whatever it is ------------------------------------------------------------
    def keeping(self):
        plain = ["Conv1x1", "Conv3x3", "Identity", "BatchNorm", "ReLU", "Zero", "MaxPool<>", "AvgPool<>", "MBConv<2>",
                 "DepthwiseSeparable<Kernel<3>>", "Conv<Kernel<3>, PreAct>", "SqueezeExcite<2, Divisor<1>>",
                 "Conv<Kernel<3>, Norm<None>>", "BasicBlock<>", "Bottleneck<2>", "ChannelShuffle<2>",
                 "ShuffleBlock<Kernel<3>>", "FBNetBlock<1, Groups<2>>", "MBConv<1, SqueezeExcite<2, Divisor<1>>>"]
        deciding = [("Conv<Kernel<1, 3>>", 2), ("MBConv<one_of<1, 2>>", 2), ("MBConv<one_of<1, 2>, Kernel<3, 5>>", 4),
                    ("MBConv<2, Kernel<3, 5>>", 2), ("Conv<Kernel<1, 3>, Dilation<1, 2>>", 4),
                    ("MaxPool<Kernel<3, 5>>", 2), ("Conv<Groups<1, 2, 4>>", 3)]
        if self.r.random() < 0.25:
            return Part(*self.r.choice(deciding))
        return Part(self.r.choice(plain))

    def shape_rule(self):
        """Options that every candidate of a choice has to share."""
        return self.pick("Stride<2>", "Out<4>", "Out<8>", "Stride<2>, Out<8>", "Out<4, 8>", "Stride<1, 2>")

    def changing(self, rule):
        count = 2 if "4, 8" in rule or "1, 2" in rule else 1
        base = self.pick("Conv<Kernel<3>, {}>", "Conv<Kernel<1>, {}>", "MBConv<2, {}>", "DepthwiseSeparable<{}>")
        return Part(base.format(rule), count)

    # ---- nodes ----------------------------------------------------------------------------------------------------
    def choice(self, depth, most):
        candidates, count = [], 0
        for _ in range(self.r.randint(2, 3)):
            candidate = self.keep(depth - 1, max(1, most // 3))
            candidates.append(candidate.text)
            count += candidate.count
        return Part(f"LayerChoice<{', '.join(candidates)}>", count)

    def named(self, depth, most):
        if self.shared and self.r.random() < 0.65:
            again = self.r.choice(sorted(self.shared))
            if self.shared[again].count <= most:
                return self.shared[again]
        label = next((l for l in LABELS if l not in self.shared), None)
        if label is None:
            return self.keeping()
        self.shared[label] = Part("", 10**9)  # taken while its own inside is made
        if self.r.random() < 0.7:
            inner = self.choice(depth - 1, most)
        else:
            inner = Part(*self.pick(("Conv<Kernel<1, 3>>", 2), ("MBConv<one_of<1, 2>, Kernel<3, 5>>", 4),
                                    ("Repeat<Conv1x1, 0, 2>", 3), ("MBConv<one_of<1, 2>>", 2)))
        part = Part(f'Named<"{label}", {inner.text}>', inner.count)
        self.shared[label] = part
        return part

    def repeat(self, depth, most):
        lowest, highest = self.pick((0, 1), (1, 2), (0, 2), (2, 2), (1, 3))
        block = self.keep(depth - 1, max(1, int(most ** (1 / highest) / 2)))
        count = sum(block.count ** d for d in range(lowest, highest + 1))
        return Part(f"Repeat<{block.text}, {lowest}, {highest}>", count)

    def cell(self, depth, most):
        nodes, count, edges = [], 1, 0
        total = self.r.randint(1, 3)
        for n in range(total):
            sources = sorted(self.r.sample(range(n + 1), self.r.randint(1, n + 1)) + ([n] if n else []))
            froms = []
            for s in sorted(set(sources)):
                edge = self.keep(depth - 1, 3 if count * 3 <= most and edges < 5 else 1)
                edges += 1
                count *= edge.count
                froms.append(f"From<{s}, {edge.text}>")
            nodes.append(f"Node<{', '.join(froms)}>")
        return Part(f"Cell<{', '.join(nodes)}>", count)

    def stack(self, most):
        cells, count = [], 1
        edge = self.pick("LayerChoice<Conv3x3, Identity>", "MaxPool<>", "Conv<Kernel<1, 3>>", "LayerChoice<Identity, Zero>")
        edge_count = 1 if edge.startswith("Max") else 2
        other = self.pick(edge, "Conv1x1")
        other_count = edge_count if other == edge else 1
        shared = self.r.random() < 0.5
        before = self.pick("", "", "Preprocess<Conv1x1, Identity>, ", "Preprocess<Identity, Conv1x1>, ")
        cell = f"Cell<Inputs<2>, {before}Node<InputChoice<2, {edge}, {other}>>, Node<InputChoice<2, {edge}, {other}>>>"
        per_cell = edge_count ** 2 * 3 * max(edge_count, other_count) ** 2
        for _ in range(2):
            cells.append(f'Named<"cell", {cell}>' if shared else cell)
            count *= per_cell if not (shared and len(cells) > 1) else 1
        return Part(f"CellStack<{', '.join(cells)}>", count)

    def keep(self, depth, most):
        """A node that keeps the shape."""
        if depth <= 0 or most <= 1:
            part = self.keeping()
            return part if part.count <= max(1, most) else Part("Conv1x1")
        kind = self.pick("op", "op", "choice", "choice", "named", "named", "named", "repeat", "residual", "sum", "sequence", "cell")
        if kind == "op":
            part = self.keeping()
        elif kind == "choice":
            part = self.choice(depth, most)
        elif kind == "named":
            part = self.named(depth, most)
        elif kind == "repeat":
            part = self.repeat(depth, most)
        elif kind == "cell":
            part = self.cell(depth, most)
        else:
            parts = [self.keep(depth - 1, max(1, int(most ** 0.5))) for _ in range(self.r.randint(1, 2) + (kind == "sum"))]
            count = 1
            for p in parts:
                count *= p.count
            name = {"residual": "Residual", "sum": "Sum", "sequence": "Sequential"}[kind]
            part = Part(f"{name}<{', '.join(p.text for p in parts)}>", count)
        return part if part.count <= most else Part("Conv3x3")

    def main_line(self, most):
        """A node that may change the shape."""
        kind = self.r.random()
        rule = self.shape_rule()
        if kind < 0.3:
            return self.changing(rule)
        if kind < 0.45:
            candidates = [self.changing(rule) for _ in range(2)]
            return Part(f"LayerChoice<{', '.join(c.text for c in candidates)}>", sum(c.count for c in candidates))
        if kind < 0.6:
            candidates = [self.changing(self.shape_rule()), self.changing(self.shape_rule()), self.keep(1, 3)]
            choice = f"LayerChoice<{', '.join(c.text for c in candidates)}>"
            if self.r.random() < 0.5 and "any" not in self.shared_any:
                self.shared_any.add("any")
                choice = f'Named<"any", {choice}>'
            return Part(f"AnyShape<{choice}>", sum(c.count for c in candidates))
        if kind < 0.75:
            return Part("Repeat<Conv<Kernel<3>, Stride<2>>, 0, 2>", 3)
        if kind < 0.9:
            return Part('Named<"w", Conv<Kernel<1>, Out<4, 8>>>', 2)  # widths met again
        return self.stack(max(1, most)) if most > 500 else self.keep(2, most)

    def space(self):
        self.shared_any = set()
        parts, most = ["Conv<Kernel<3>, Out<8>>"], MOST
        for _ in range(self.r.randint(2, 5)):
            part = self.main_line(most) if self.r.random() < 0.35 else self.keep(3, most)
            if part.count > most:
                continue
            most = most // part.count
            parts.append(part.text)
        if self.r.random() < 0.4:
            parts += ["GlobalAvgPool", "Flatten", "Linear<3>"]
        shapes = "Shape{3, 8, 8}, Shape{3, 12, 12}" if self.r.random() < 0.25 and most >= 2 else "Shape{4, 9, 9}"
        return f"Input<Sequential<{', '.join(parts)}>, {shapes}>"


def main():
    print("// SPDX-FileCopyrightText: The hwnas authors")
    print("// SPDX-License-Identifier: Apache-2.0")
    print("/// \\file  Random spaces, written by generate_types.py: do not edit.")
    print("// clang-format off")
    print("#pragma once\n")
    print('#include "hwnas/core.hpp"\n')
    print("namespace random_types {\n")
    print("using namespace hwnas;\n")
    for i in range(SPACES):
        print(f"using Space{i} = {Generator(i).space()};")
    print("\n}  // namespace random_types")


main()
