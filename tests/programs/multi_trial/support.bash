# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# What the tests of multi_trial share.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"

# make_tables: a small NAS-Bench-201 of our own: 625 architectures (the last two edges are none) whose accuracy and
# latency are sums over their edges; accuracy.csv and latency.csv.
make_tables() {
  python3 - <<'PYTHON'
import itertools
ops = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"]
gain, cost = [0, 2, 3, 5, 1], [1, 1, 3, 8, 2]
with open("accuracy.csv", "w") as a, open("latency.csv", "w") as l:
    a.write("arch_index,arch,cifar10,other\n")
    l.write("arch,phone,server\n")
    for i, e in enumerate(itertools.product(range(5), repeat=4)):
        o = [ops[k] for k in e]
        arch = f"|{o[0]}~0|+|{o[1]}~0|{o[2]}~1|+|{o[3]}~0|none~1|none~2|"
        a.write(f"{i},{arch},{50 + sum(gain[k] * (1 + j / 10) for j, k in enumerate(e)):.4f},{i}\n")
        l.write(f"{arch},{sum(cost[k] for k in e) / 2:.4f},{'' if i % 5 == 0 else 7}\n")
PYTHON
}

# A search of these tables.
table=(--evaluator nasbench201 --accuracy accuracy.csv --latency latency.csv --latency-column phone)
