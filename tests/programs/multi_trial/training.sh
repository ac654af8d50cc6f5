# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Networks that are really trained, and a supernet's, inside a budget of measured latency.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
tiny_data data
tiny=(--data mnist:data --images 0 --validation-images 40 --epochs 1 --supernet-epochs 1 --batch-size 20 --loaders 0
      --threads 1 --no-flip --latency-table table.csv --max-trials 3)

for evaluator in train supernet; do
  for run in first second; do
    "$program" "${tiny[@]}" --evaluator $evaluator --strategy random --json $run.json >out.txt 2>err.txt || fail "$(cat err.txt)"
  done
  cmp first.json second.json || fail "$evaluator: a seed did not repeat its run"
  grep -q "35 % of the range" out.txt || fail "the budget is not told: $(cat out.txt)"
  python3 - $evaluator <<'PYTHON'
import json, sys
out = open("out.txt").read()
budget = float(out.split("latency at most ")[1].split(" ms")[0])
r = json.load(open("first.json"))
assert len(r["trials"]) == 3
for t in r["trials"]:
    assert t["state"] == "done" and 0 <= t["metrics"]["accuracy"] <= 1 and t["metrics"]["latency"] <= budget, t
PYTHON
done
grep -q "supernet" err.txt || fail "no progress in the log"
refuses "no architecture has 0 ms to 1e-06 ms; nearest reachable: above" "${tiny[@]}" --latency-threshold 0.000001
refuses "nowhere" "${tiny[@]}" --data nowhere
sed 's/^# space: .*/# space: 0123456789abcdef/' table.csv >space.csv
refuses "space.csv: latency table: measured for space 0123456789abcdef" "${tiny[@]}" --predictor space.csv

# Scores of untrained networks.
for evaluator in synflow naswot; do
  for run in first second; do
    "$program" "${tiny[@]}" --evaluator $evaluator --strategy random --json $run.json --quiet >out.txt 2>err.txt ||
      fail "$evaluator: $(cat err.txt)"
  done
  cmp first.json second.json || fail "$evaluator: a seed did not repeat its run"
  python3 - $evaluator <<'PYTHON'
import json, sys
trials = json.load(open("first.json"))["trials"]
assert len(trials) == 3 and len({t["metrics"][sys.argv[1]] for t in trials if t["state"] == "done"}) > 1, trials
PYTHON
done

# Killed in the middle, also while the supernet is trained, a run goes on with the trials that it would have had.
done_trials() {
  python3 -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("SELECT COUNT(*) FROM hwnas_trials WHERE state = \"done\"").fetchone()[0])' "$1" 2>/dev/null || echo 0
}
for evaluator in train supernet; do
  run=("${tiny[@]}" --evaluator $evaluator --strategy random --max-trials 40 --quiet)
  [[ $evaluator == train ]] && run+=(--max-trials 6)
  "$program" "${run[@]}" --json whole.json >/dev/null
  "$program" "${run[@]}" --store $evaluator.db --json killed.json >/dev/null 2>err.txt &
  pid=$!
  until [[ $(done_trials $evaluator.db) -gt 0 ]]; do kill -0 $pid || fail "$evaluator ended: $(cat err.txt)"; sleep 0.01; done
  kill -9 $pid
  wait $pid 2>/dev/null && fail "$evaluator was over before it was killed"
  "$program" "${run[@]}" --store $evaluator.db --resume --json killed.json >/dev/null 2>err.txt || fail "$(cat err.txt)"
  python3 - $evaluator <<'PYTHON'
import json, sys
whole, killed = (json.load(open(f + ".json"))["trials"] for f in ("whole", "killed"))
assert [(t["architecture"], t["metrics"]) for t in whole] == [(t["architecture"], t["metrics"]) for t in killed], sys.argv[1]
PYTHON
done

# The table of any device of this space will do, and a limit of time fails a trial.
sed 's/^# cpu: .*/# cpu: another processor/' table.csv >device.csv
"$program" "${tiny[@]}" --predictor device.csv --json device.json --quiet >/dev/null
refuses "training ran into its limit" "${tiny[@]}" --trial-seconds 0.001

# Processes that join a search train as it does: its trials are those of a run alone.
for evaluator in train supernet; do
  run=("${tiny[@]}" --evaluator $evaluator --strategy random --max-trials 6)
  "$program" "${run[@]}" --json alone.json --quiet >/dev/null
  store=(--store joined-$evaluator.db)
  "$program" "${run[@]}" "${store[@]}" --workers 0 --ahead 6 --json joined.json --quiet >/dev/null 2>err.txt &
  search=$!
  until [[ -s joined-$evaluator.db ]]; do kill -0 $search || fail "the search: $(cat err.txt)"; sleep 0.1; done
  for i in 1 2; do "$program" "${run[@]}" "${store[@]}" --join --idle-seconds 20 >join$i.txt 2>&1 & joined[i]=$!; done
  wait $search || fail "the search: $(cat err.txt)"
  kill -TERM ${joined[*]}
  for i in 1 2; do wait ${joined[i]} || [[ $? -eq 130 ]] || fail "one that joined: $(cat join$i.txt)"; done
  python3 - <<'PYTHON'
import json, re
alone, joined = (json.load(open(f + ".json"))["trials"] for f in ("alone", "joined"))
assert [(t["architecture"], t["metrics"]) for t in alone] == [(t["architecture"], t["metrics"]) for t in joined]
recorded = [int(re.search(r"(\d+) trials recorded, 0 attempts failed", open(f"join{i}.txt").read())[1]) for i in (1, 2)]
assert sum(recorded) == 6, recorded
PYTHON
done
refuses "joined-train.db: holds trials of" "${tiny[@]}" --evaluator train --epochs 2 --store joined-train.db --join
refuses "there is no supernet 'elsewhere'" "${tiny[@]}" --evaluator supernet --supernet elsewhere --store joined-supernet.db --join
refuses "start the search first" "${tiny[@]}" --store nowhere.db --join
refuses "--join needs --store" "${tiny[@]}" --join
refuses "--json and --export are the search's" "${tiny[@]}" --store joined-train.db --join --json x.json
