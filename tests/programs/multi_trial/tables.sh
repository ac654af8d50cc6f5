# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Search of tables: every strategy stays inside the budget, a seed repeats its trials, the JSON has the documented form.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
make_tables

for strategy in random grid evolution tpe rl nsga2 local asha; do
  for run in first second; do
    "$program" "${table[@]}" --latency-threshold 5 --strategy $strategy --max-trials 60 --seed 3 --json $run.json \
      --quiet >out.txt 2>err.txt || fail "$strategy: $(cat err.txt)"
  done
  cmp first.json second.json || fail "$strategy: a seed did not repeat its trials"
  python3 - $strategy <<'PYTHON'
import csv, json, sys
r = json.load(open("first.json"))
assert list(r) == ["trials", "best"], list(r)
# A policy that has settled has no more to try.
assert len(r["trials"]) == 60 or sys.argv[1] == "rl" and 20 < len(r["trials"]) < 60, len(r["trials"])
ops = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"]
latency = {row["arch"]: float(row["phone"]) for row in csv.DictReader(open("latency.csv"))}
accuracy = {row["arch"]: float(row["cifar10"]) for row in csv.DictReader(open("accuracy.csv"))}
for i, t in enumerate(r["trials"]):
    assert list(t) == ["id", "state", "attempts", "architecture", "metrics"], list(t)
    assert t["id"] == i and t["state"] == "done" and t["attempts"] == 1
    edges = ["1/from0", "2/from0", "2/from1", "3/from0", "3/from1", "3/from2"]
    o = [ops[t["architecture"]["cell/node" + e]] for e in edges]
    arch = f"|{o[0]}~0|+|{o[1]}~0|{o[2]}~1|+|{o[3]}~0|{o[4]}~1|{o[5]}~2|"
    assert t["metrics"] == {"accuracy": accuracy[arch], "latency": latency[arch]}, t
    assert t["metrics"]["latency"] <= 5
best = max(r["trials"], key=lambda t: (t["metrics"]["accuracy"], -t["id"]))
assert r["best"] == best, r["best"]
assert len({json.dumps(t["architecture"]) for t in r["trials"]}) == len(r["trials"]), "an architecture was tried twice"
PYTHON
done
"$program" "${table[@]}" --strategy random --max-trials 60 --seed 4 --json other.json --quiet >/dev/null
"$program" "${table[@]}" --strategy random --max-trials 60 --seed 3 --json first.json --quiet >/dev/null
! cmp -s first.json other.json || fail "another seed had the same trials"

# Exhaustive: as many trials as there are architectures inside, the best of them found, by any number of workers.
for workers in 1 3; do
  "$program" "${table[@]}" --latency-threshold 6.5 --strategy grid --workers $workers --json grid.json --export top.json \
    --top-k 3 >out.txt 2>err.txt
  python3 - <<'PYTHON'
import csv, json
latency = {row["arch"]: float(row["phone"]) for row in csv.DictReader(open("latency.csv"))}
inside = [float(row["cifar10"]) for row in csv.DictReader(open("accuracy.csv")) if latency[row["arch"]] <= 6.5]
r = json.load(open("grid.json"))
assert len(r["trials"]) == len(inside) and r["best"]["metrics"]["accuracy"] == max(inside)
top = json.load(open("top.json"))
assert [t["metrics"]["accuracy"] for t in top] == sorted(inside, reverse=True)[:3]
assert top[0]["architecture"] == r["best"]["architecture"]
PYTHON
done
grep -q "latency at most 6.5 ms; .* of the 625 networks" out.txt || fail "the budget is not told: $(cat out.txt)"
grep -q "grid" err.txt || fail "no progress in the log"

# Networks without a measurement on the device are left out.
"$program" --evaluator nasbench201 --accuracy accuracy.csv --accuracy-column other --latency latency.csv \
  --latency-column server --strategy grid --json some.json --quiet >/dev/null
python3 -c 'import json; t = json.load(open("some.json"))["trials"]; assert len(t) == 500 and all(x["state"] == "done" for x in t)'

"$program" --help >help.txt
for option in latency-threshold predictor strategy evaluator command accuracy latency latency-column max-trials max-seconds \
              workers ahead store seed json; do
  grep -q -- "--$option " help.txt || fail "--help lacks --$option"
done
