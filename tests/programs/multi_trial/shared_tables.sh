# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# NAS-Bench-201 with real accuracies and latencies, where they are: inside the budget, near the best there, in seconds.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
data=${HWNAS_SHARED:-}/data
if [[ ! -f $data/nasbench201_accuracy.csv ]]; then echo "SKIP: HWNAS_SHARED does not name the folder of measurements"; exit 0; fi

for strategy in random evolution tpe rl nsga2 local asha; do
  "$program" --evaluator nasbench201 --accuracy "$data/nasbench201_accuracy.csv" --latency "$data/latency/nasbench201_help.csv" \
    --latency-column pixel3 --latency-threshold 12 --strategy $strategy --max-trials 300 --json r.json --quiet >/dev/null
  python3 - "$data" $strategy <<'PYTHON'
import csv, json, sys
data = sys.argv[1]
latency = {row["arch"]: float(row["pixel3"]) for row in csv.DictReader(open(data + "/latency/nasbench201_help.csv"))}
best = max(float(row["cifar10"]) for row in csv.DictReader(open(data + "/nasbench201_accuracy.csv")) if latency[row["arch"]] <= 12)
r = json.load(open("r.json"))
assert (len(r["trials"]) == 300 or sys.argv[2] == "rl") and all(t["metrics"]["latency"] <= 12 for t in r["trials"])
assert best - 1 <= r["best"]["metrics"]["accuracy"] <= best, (sys.argv[2], r["best"]["metrics"], best)
PYTHON
done
