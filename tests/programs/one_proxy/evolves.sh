# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# The search over the whole space: networks that no table lists, their latencies as the device would measure them.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"
cat >device.py <<'P'
import json, random, sys
def latency(arch):  # what the target takes: a sum over the choices
    return 3 + sum(0.1 if op == 8 else 1 + op / 4 + op % 4 * l / 10 for l, op in enumerate(map(int, arch.split("-"))))
if len(sys.argv) == 1:
    print(latency(json.load(sys.stdin)["arch"]))
P
python3 - <<'P'
import random, sys
sys.argv.append("")
from device import latency
random.seed(5)
with open("known.csv", "w") as known, open("few.csv", "w") as few:
    print("arch,a,b,c,target", file=known), print("arch,top1", file=few)
    for _ in range(700):
        ops = [random.randrange(9) for _ in range(22)]
        arch, other = "-".join(map(str, ops)), 5 + sum(op % 4 for op in ops)
        t = latency(arch)
        print(f"{arch},{other},{t + random.random():.4f},{other + 2 * t + random.random():.4f},{t:.6f}", file=known)
        print(f"{arch},{60 + random.random():.2f}", file=few)
P
small=(--space fbnet --samples 20 --search evolution --population 40 --generations 20)

"$program" "${small[@]}" --proxy known.csv --target target --json table.json >out
grep -q "found by evolution (20 generations of 40); no --accuracy: multiply-adds stand in for it" out
cut -d, -f1-4 known.csv >others.csv
"$program" "${small[@]}" --proxy others.csv --target-command "python3 device.py" --json device.json >out
grep -q "measured (ms)" out
python3 - <<'P'
import json, sys
sys.argv.append("")
from device import latency
listed = {line.split(",")[0] for line in open("known.csv")}
for name, key in (("table.json", "by_all_measurements_ms"), ("device.json", "measured_ms")):
    out = json.load(open(name))
    found = out["found"]
    assert len(found) >= 4 and not listed & {row["arch"] for row in found}, out
    assert out["measurements"] == 20, out
    for slow, fast in zip(found[1:], found):
        assert slow["budget_ms"] > fast["budget_ms"] and slow["multiply_adds_m"] >= fast["multiply_adds_m"], found
    for row in found:
        assert row["predicted_ms"] <= row["budget_ms"] + 1e-9, row
        assert abs(row[key] / latency(row["arch"]) - 1) < 0.01, (row, latency(row["arch"]))
        assert abs(row["predicted_ms"] / latency(row["arch"]) - 1) < 0.3, (row, latency(row["arch"]))
P

"$program" pairs --space fbnet --latencies known.csv --search evolution --population 20 --generations 10 --csv pairs.csv >out
grep -q "found by evolution (10 generations of 20; latencies by models linear in the choices)" out
[[ $(wc -l <pairs.csv) -eq 13 ]] # four devices
awk -F, 'NR > 1 && ($4 < 0 || $6 < 0) { exit 1 }' pairs.csv
# The same seed finds the same.
"$program" pairs --space fbnet --latencies known.csv --search evolution --population 20 --generations 10 --csv again.csv >/dev/null
cmp pairs.csv again.csv

# Images of several sizes: once-for-all's, whose latencies grow with the images' area.
python3 - <<'P'
import random
random.seed(9)
with open("ofa.csv", "w") as known:
    print("ks,e,d,r,a,b,target", file=known)
    for _ in range(900):
        ks, e = [random.choice((3, 5, 7)) for _ in range(20)], [random.choice((3, 4, 6)) for _ in range(20)]
        d, r = [random.choice((2, 3, 4)) for _ in range(5)], random.randrange(128, 225, 4)
        active = [4 * s + i for s in range(5) for i in range(d[s])]
        t = 2 + sum(0.1 + (r / 224) ** 2 * (ks[b] + e[b]) / 20 for b in active)
        name = ",".join("-".join(map(str, part)) for part in (ks, e, d, [r]))
        print(f"{name},{r / 10 + sum(d):.4f},{t + r / 50 + random.random():.4f},{t:.6f}", file=known)
P
"$program" --space ofa --proxy ofa.csv --target target --samples 20 --search evolution --population 20 --generations 20 --json ofa.json >out
python3 - <<'P'
import json
found = json.load(open("ofa.json"))["found"]
listed = {",".join(line.split(",")[:4]) for line in open("ofa.csv")}
assert len(found) >= 4 and not listed & {row["arch"] for row in found}, found
assert len({row["arch"].split(",")[3] for row in found}) > 1, "all images of one size"
for row in found:
    ks, e, d, (r,) = ([int(x) for x in part.split("-")] for part in row["arch"].split(","))
    active = [4 * s + i for s in range(5) for i in range(d[s])]
    t = 2 + sum(0.1 + (r / 224) ** 2 * (ks[b] + e[b]) / 20 for b in active)
    assert abs(row["by_all_measurements_ms"] / t - 1) < 0.01, (row, t)
P
"$program" pairs --space ofa --latencies ofa.csv --search evolution --population 10 --generations 5 --csv pairs.csv >out
[[ $(wc -l <pairs.csv) -eq 7 ]] || fail "not three devices' pairs: $(cat pairs.csv)"

fails "evolution needs the accuracy of every network of the space, and 700 have one" "${small[@]}" --proxy known.csv --target target --accuracy few.csv --accuracy-column top1
others=(--space fbnet --proxy others.csv --search evolution)
fails "evolution needs the accuracy of every network" "${others[@]}" --target-command "touch asked" --accuracy few.csv --accuracy-column top1
[[ ! -e asked ]] # the device is not bothered for a search that cannot be
fails "--population" --space fbnet --proxy known.csv --target target --population 1
fails "magic not in {exhaustive,evolution}" --space fbnet --proxy known.csv --target target --search magic
"$program" --help | grep -q "over the whole space"
echo "evolves beyond the listed networks"
