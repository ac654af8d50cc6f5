# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A search that only coordinates, and workers that join it: one dies with a trial in its hands, one comes later. Every trial
# ends exactly once.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
worker=$(dirname "$program")/worker
if [[ ! -x $worker ]]; then echo "SKIP: the program worker is not built"; exit 0; fi
export TMPDIR=$PWD   # a worker that is killed leaves its command's file
cat >score.py <<'PYTHON'
import json, sys, time
a = json.load(sys.stdin)
time.sleep(0.02)
print(json.dumps({"accuracy": sum(v * (i + 1) for i, v in enumerate(a.values()))}))
PYTHON
query() { python3 -c 'import sqlite3, sys; [print(*row, sep="|") for row in sqlite3.connect("joined.db").execute(sys.argv[1])]' "$1"; }

"$program" --evaluator command --space nasbench201 --command false --strategy evolution --max-trials 60 --seed 5 --quiet \
  --workers 0 --ahead 6 --retries 3 --store joined.db --json joined.json >/dev/null 2>err.txt &
coordinator=$!
until [[ -s joined.db && $(query "SELECT COUNT(*) FROM hwnas_trials" 2>/dev/null) == 6 ]]; do
  sleep 0.05
  kill -0 $coordinator || fail "$(cat err.txt)"
done
sleep 0.3
[[ $(query "SELECT COUNT(*) FROM hwnas_trials WHERE state = 'queued'") == 6 ]] || fail "the coordinator evaluated"

join() { exec "$worker" --store joined.db --lease-seconds 3 --idle-seconds 60 "$@"; }
join --command 'touch held; exec sleep 60' --quiet &
victim=$!
until [[ -e held ]]; do sleep 0.05; done
workers=()
for i in 1 2; do join --command 'python3 score.py' >out$i & workers+=($!); done
kill -9 $victim
wait $victim || true
sleep 0.5
join --command 'python3 score.py' >out3 & workers+=($!)
wait $coordinator || fail "the coordinator: $(cat err.txt)"
kill -TERM "${workers[@]}"
for pid in "${workers[@]}"; do wait $pid || [[ $? -eq 143 ]] || fail "a worker ended badly"; done

[[ $(cat out? | awk '{ n += $1 } END { print n }') -eq 60 ]] || fail "results were recorded otherwise: $(cat out?)"
[[ $(query "PRAGMA integrity_check") == ok ]] || fail "the database"
query "SELECT reason FROM hwnas_failures" | grep -q "the lease of .*:$victim: expired without a result" || fail "no reason"
python3 - <<'PYTHON'
import json
trials = json.load(open("joined.json"))["trials"]
assert [t["id"] for t in trials] == list(range(60)) and all(t["state"] == "done" for t in trials)
for t in trials:
    assert t["metrics"] == {"accuracy": sum(v * (i + 1) for i, v in enumerate(t["architecture"].values()))}, t
assert sorted(t["attempts"] for t in trials) == [1] * 59 + [2], "only the dead worker's trial was taken again"
assert len({json.dumps(t["architecture"]) for t in trials}) == 60
PYTHON
echo "60 trials by three workers, one of four killed"
