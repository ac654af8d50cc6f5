# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A run that is killed again and again goes on with the trials that it would have had; Ctrl-C ends it cleanly; several
# processes share a store.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
make_tables
# The sum of what each decision has, times its place.
cat >score.sh <<'SH'
sleep 0.03
awk 'BEGIN { RS = "[,}]" } sub(/.*: */, "") { sum += $0 * ++place } END { printf "{\"accuracy\": %d}\n", sum }'
SH
run=(--evaluator command --space nasbench201 --command "sh score.sh" --max-trials 40 --seed 5 --quiet)

for strategy in evolution tpe rl; do
  "$program" "${run[@]}" --strategy $strategy --json whole.json >/dev/null
  kills=0
  RANDOM=11
  while [[ $kills -lt 4 ]]; do
    "$program" "${run[@]}" --strategy $strategy --store $strategy.db --json killed.json >/dev/null 2>err.txt &
    pid=$!
    while [[ ! -s $strategy.db ]] && kill -0 $pid 2>/dev/null; do sleep 0.05; done
    sleep 0.$((3 + RANDOM % 6))
    if ! kill -9 $pid 2>/dev/null; then wait $pid 2>/dev/null; break; fi
    kills=$((kills + 1))
    wait $pid 2>/dev/null || true
    [[ ! -s err.txt ]] || fail "after $kills kills: $(cat err.txt)"
  done
  [[ $kills -gt 0 ]] || fail "nothing was killed"
  "$program" "${run[@]}" --strategy $strategy --store $strategy.db --resume --json killed.json >/dev/null
  # A trial that was being evaluated at the kill was attempted more often.
  python3 - $kills <<'PYTHON'
import json
whole, killed = (json.load(open(f + ".json"))["trials"] for f in ("whole", "killed"))
assert [(t["architecture"], t["metrics"], t["state"]) for t in whole] == \
       [(t["architecture"], t["metrics"], t["state"]) for t in killed], "another run"
PYTHON
  echo "$strategy: killed $kills times"
done

# Ctrl-C: exit status 130, one line, and all that was done in the JSON and in the store.
status=0
"$program" "${run[@]}" --strategy random --max-trials 4000 --store stopped.db --json stopped.json >/dev/null 2>err.txt &
pid=$!
# Some trials are over when their records have outgrown an empty store's log.
while [[ ! -s stopped.db-wal || $(stat -c %s stopped.db-wal) -lt 100000 ]]; do
  sleep 0.1
  kill -0 $pid || fail "it ended before it was stopped: $(cat err.txt)"
done
kill -INT $pid
wait $pid || status=$?
[[ $status -eq 130 ]] || fail "Ctrl-C ended with $status: $(cat err.txt)"
grep -q "multi_trial: stopped; go on with --store stopped.db" err.txt || fail "Ctrl-C said: $(cat err.txt)"
done_before=$(grep -c '"state": "done"' stopped.json)
[[ $done_before -gt 2 ]] || fail "nothing was done before Ctrl-C"
"$program" "${run[@]}" --strategy random --max-trials $((done_before + 5)) --store stopped.db --json stopped.json >/dev/null
[[ $(grep -c '"state": "done"' stopped.json) -ge $((done_before + 5)) ]] || fail "it did not go on"

# Seconds as the limit.
begin=$SECONDS
"$program" "${run[@]}" --strategy random --max-trials 100000 --max-seconds 2 --json timed.json >/dev/null
[[ $((SECONDS - begin)) -lt 20 ]] || fail "--max-seconds 2 took $((SECONDS - begin)) s"

# Two processes at once.
for i in 1 2; do
  "$program" "${run[@]}" --strategy grid --workers 2 --max-trials 60 --store both.db --json both-$i.json >/dev/null 2>err-$i.txt &
done
wait
python3 - <<'PYTHON'
import json
for i in (1, 2):
    trials = json.load(open(f"both-{i}.json"))["trials"]
    assert len(trials) == 60 and len({json.dumps(t["architecture"]) for t in trials}) == 60
PYTHON
