# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Regret against a known optimum: never below zero, never rising, the same with any number of threads; bad input is refused.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"
python3 - <<'PYTHON'
import itertools
ops = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"]
gain, cost = [0, 2, 3, 5, 1], [1, 1, 3, 8, 2]
with open("accuracy.csv", "w") as a, open("latency.csv", "w") as l:
    a.write("arch_index,arch,cifar10\n")
    l.write("arch_index,arch,phone,server,broken\n")
    for i, e in enumerate(itertools.product(range(5), repeat=4)):
        o = [ops[k] for k in e]
        arch = f"|{o[0]}~0|+|{o[1]}~0|{o[2]}~1|+|{o[3]}~0|none~1|none~2|"
        a.write(f"{i},{arch},{50 + sum(gain[k] * (1 + j / 10) for j, k in enumerate(e)):.4f}\n")
        phone, server = sum(cost[k] for k in e), sum(1 + (k + j) % 3 for j, k in enumerate(e))
        l.write(f"{i},{arch},{phone + i / 1000},{server + i / 900},{'' if i == 7 else 5}\n")
PYTHON
tables=(--accuracy accuracy.csv --latency latency.csv)

small=("${tables[@]}" --trials 50 --seeds 1 --strategies random,local,tpe,nsga2,rl)
for threads in 1 3; do
  "$program" "${small[@]}" --threads $threads --json $threads.json >$threads.txt 2>err.txt || fail "$(cat err.txt)"
done
cmp 1.json 3.json || fail "the number of threads changed the figures"
cmp 1.txt 3.txt || fail "the number of threads changed the tables"
grep -q "both searched and scored" 1.txt || fail "$(cat 1.txt)"
python3 - <<'PYTHON'
import csv, json
r = json.load(open("1.json"))
accuracy = {row["arch"]: float(row["cifar10"]) for row in csv.DictReader(open("accuracy.csv"))}
latency = list(csv.DictReader(open("latency.csv")))
assert {s["device"] for s in r["searches"]} == {"phone", "server"}, "a device without a value for each network was taken"
assert len([s for s in r["searches"] if s["strategy"] == "tpe"]) == 20
assert {s["met_by"] for s in r["searches"] if s["strategy"] == "rl"} == {0.01, 0.1, 0.5}
for s in r["searches"]:
    inside = [accuracy[row["arch"]] for row in latency if float(row[s["device"]]) <= s["budget_ms"]]
    assert len(inside) == s["networks"] and max(inside) == s["optimum"], s
    assert abs(len(inside) / 625 - s["met_by"]) < 0.002, s
    curve = s["regret"]
    assert len(curve) == 50 and all(x >= y >= 0 for x, y in zip(curve, curve[1:])), s
    assert 0 <= s["hypervolume"] <= 1 + 1e-9
    if s["strategy"] in ("random", "local") and s["networks"] <= 50: assert curve[-1] < 1e-9, s   # nothing twice
PYTHON

fails "none.csv: cannot be read" --accuracy accuracy.csv --latency none.csv
fails "there is no column 'tablet'" "${tables[@]}" --devices tablet
fails "magic" "${tables[@]}" --strategies magic
fails "--trials" "${tables[@]}" --trials 0
echo "regret is what enumeration says"
